"""Reads about customers. A query that a surface calls takes the actor."""

from mikomi.customers.queries.display import Display, display, display_ids

__all__ = ["Display", "display", "display_ids"]
