"""A local stand-in for a provider of mail: consent page, token endpoint with PKCE, and whose token is whose.

It follows RFC 6749 and 7636 as Microsoft and Google do; no request leaves this machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers import HOST

CLIENT_ID, CLIENT_SECRET = "mikomi-test", "shop's-secret"


@dataclass
class Provider:
    """A running provider. Change `behaviour` while it runs: good · refuse (the person says no) · revoked · broken."""

    port: int = 0
    behaviour: str = "good"
    lifetime: int = 3600
    rotates: bool = True
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    calls: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def settings(self) -> dict[str, Any]:
        """The fields of `ProviderSettings` that name it."""
        return {
            "kind": "other", "name": "見本メール", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "authorize_url": f"{self.url}/authorize", "token_url": f"{self.url}/token", "scopes": "mail offline",
        }  # fmt: skip

    def consent(self, url: str) -> dict[str, str]:
        """What a person does at the consent page: the query with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        if self.behaviour == "refuse":
            return {"error": "access_denied", "state": asked["state"]}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def withdraw(self) -> None:
        """The person takes the consent back: no token is worth anything any more."""
        self.access.clear()
        self.refresh.clear()

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        self.calls.append(form)
        if self.behaviour == "broken":
            return 503, {"error": "temporarily_unavailable"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        address = (
            self._of_code(form) if form["grant_type"] == "authorization_code" else self._of_refresh(form)
        )
        if not address:
            return 400, {
                "error": "invalid_grant",
                "error_description": "the grant was revoked or is not known",
            }
        access, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.access[access] = address
        answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime}
        if self.rotates or form["grant_type"] == "authorization_code":
            self.refresh[refresh] = address
            answer["refresh_token"] = refresh
        return 200, answer

    def _of_code(self, form: dict[str, str]) -> str:
        asked = self.codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return ""
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        good = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        return asked["login_hint"] if good else ""

    def _of_refresh(self, form: dict[str, str]) -> str:
        token = form["refresh_token"]
        return self.refresh.pop(token, "") if self.rotates else self.refresh.get(token, "")


@contextmanager
def provider() -> Iterator[Provider]:
    """A running provider on a free port."""
    state = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Dovecot asks whose token it is; a browser is sent back with a code."""
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                back = f"{query['redirect_uri']}?{urlencode(state.consent(self.path))}"
                self.send_response(302)
                self.send_header("Location", back)
                self.end_headers()
                return
            address = state.access.get(query.get("access_token", ""))
            self._answer(200, {"active": "true", "email": address}) if address else self._answer(401, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*state.token(form))

        def _answer(self, status: int, value: dict[str, Any]) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    state.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
