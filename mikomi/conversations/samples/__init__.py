"""Realistic conversations of a shop, for the sample business and for benchmarks."""

from mikomi.conversations.samples.dialogues import SampleCustomer, SampleStaff, conversations

__all__ = ["SampleCustomer", "SampleStaff", "conversations"]
