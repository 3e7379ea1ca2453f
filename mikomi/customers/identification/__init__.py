"""Recognising people on arrival: what is known of them, what is decided, how it is written; each in bulk."""
