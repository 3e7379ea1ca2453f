"""Calls to a real server, and to addresses that must not be called."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mikomi.core import calls, clock
from mikomi.integrations.webhooks import client
from mikomi.integrations.webhooks.client import CallFailedError, post
from mikomi.integrations.webhooks.tests.conftest import Receiver, handler_for


def reason(url: str, *, allow_private: bool = True, seconds: float = 0.5) -> str:
    with pytest.raises(CallFailedError) as error:
        post(url, {}, b"{}", allow_private=allow_private, seconds=seconds)
    return error.value.reason


def test_the_body_arrives_and_the_answer_comes_back(receiver: Receiver) -> None:
    receiver.status, receiver.body = 200, "  受け取り\n ました ".encode()
    receiver.headers = {"Retry-After": "7"}
    reply = post(receiver.url + "?a=1&b=%20", {"webhook-id": "evt_1"}, b"{}", allow_private=True)
    assert (reply.status, reply.retry_after, reply.excerpt) == (200, "7", "受け取り ました")
    headers, body = receiver.received[0]
    assert body == b"{}"
    assert headers["webhook-id"] == "evt_1"
    assert headers["host"] == receiver.url.split("/")[2]
    assert receiver.paths == ["/hook?a=1&b=%20"]


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    assert post(receiver.url, {}, b"{}", allow_private=True).status == 302
    assert len(receiver.received) == 1


def test_a_giant_answer_is_read_only_in_part(receiver: Receiver) -> None:
    receiver.status, receiver.body = 200, b"x" * 5_000_000
    assert len(post(receiver.url, {}, b"{}", allow_private=True).excerpt) == client.EXCERPT


def test_a_slow_answer_is_given_up(receiver: Receiver) -> None:
    receiver.seconds = 1.5
    assert reason(receiver.url, seconds=0.2) == "timeout"


def test_one_that_drips_byte_by_byte_as_well(receiver: Receiver) -> None:
    receiver.drip = True
    started = clock.monotonic()
    assert reason(receiver.url, seconds=0.3) == "timeout"
    assert clock.monotonic() - started < 2


def test_private_addresses_are_not_called(receiver: Receiver) -> None:
    assert reason(receiver.url, allow_private=False) == "forbidden"
    assert receiver.received == []


def test_a_name_with_one_private_address_among_public_ones_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def both(*_arguments: object, **_names: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "169.254.169.254")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    assert reason("https://rebinding.example/", allow_private=False) == "forbidden"


def test_what_is_connected_to_is_what_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is asked for once only: a second, different answer could lead anywhere."""
    port = int(receiver.url.split(":")[2].split("/")[0])
    asked: list[str] = []
    really = socket.getaddrinfo

    def answer(host: str, *arguments: object, **names: object) -> object:
        if host != "shop.example":
            return really(host, *arguments, **names)  # type: ignore[arg-type]
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert post(f"http://shop.example:{port}/", {}, b"{}", allow_private=True).status == 204
    assert asked == ["shop.example"]
    assert receiver.received[0][0]["host"] == f"shop.example:{port}"


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert reason(f"http://127.0.0.1:{port}/") == "connection"
    assert reason("http://does-not-exist.invalid/") == "no_address"


@pytest.mark.parametrize("nonsense", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b""])
def test_a_server_that_speaks_something_else(nonsense: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            link, _address = server.accept()
            link.recv(1000)
            link.sendall(nonsense)
            link.close()

        thread = threading.Thread(target=serve)
        thread.start()
        assert reason(f"http://127.0.0.1:{server.getsockname()[1]}/") in ("protocol", "connection")
        thread.join()


@pytest.fixture
def tls_url(tmp_path: Path) -> Iterator[str]:
    """A TLS server with a certificate of its own; the file lies at tmp_path/cert.pem."""
    _make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(Receiver()))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2090))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def test_a_certificate_nobody_vouches_for_is_refused(tls_url: str) -> None:
    assert reason(tls_url, seconds=5) == "tls"


def test_a_trusted_certificate_is_taken(
    tls_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    monkeypatch.setattr(calls, "_tls", lambda: trusting)
    assert post(tls_url, {}, b"{}", allow_private=True).status == 204
