"""Segments: saved conditions over registered fields, compiled to one query."""
