"""The API: versioned by its address, described by OpenAPI at `/api/v1/openapi.json` and `/api/v1/docs`."""

from __future__ import annotations

from ninja import NinjaAPI

from mikomi import __version__
from mikomi.api import problems
from mikomi.api.auth import Token

api = NinjaAPI(
    title="Mikomi",
    version="1",
    description=f"Everything that the pages of Mikomi {__version__} do, for programs. Errors are problem+json.",
    auth=Token(),
    urls_namespace="api-v1",
    docs_url=None,
)
problems.install(api)
