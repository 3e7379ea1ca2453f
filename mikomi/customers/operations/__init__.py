"""Writes about customers, one module per family of verbs."""

from mikomi.customers.operations.identify import UnknownSourceError, identify, identify_many

__all__ = ["UnknownSourceError", "identify", "identify_many"]
