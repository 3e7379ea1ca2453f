"""The site and the facts of the app's own tests."""

from mikomi.facts.tests.conftest import cup, phone, site, watch, write

__all__ = ["cup", "phone", "site", "watch", "write"]
