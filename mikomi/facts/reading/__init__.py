"""Bytes that were fetched, made into a document: HTML pages, tables, JSON, sitemaps."""

from __future__ import annotations

from mikomi.facts.reading.feeds import json_document, table_document
from mikomi.facts.reading.html import Page, html_page
from mikomi.facts.reading.sitemaps import sitemap_addresses

__all__ = ["Page", "html_page", "json_document", "sitemap_addresses", "table_document"]
