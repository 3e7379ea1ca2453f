"""Mikomi: manage what your customers expect, and keep it."""

__version__ = "0.1.0"
