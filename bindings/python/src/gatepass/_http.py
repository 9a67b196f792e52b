"""The HTTP client: one request in, one answer out. What to send, retries and paging are the engine's."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ._errors import GatepassError, missing

if TYPE_CHECKING:
    import httpx

# Largest answer that is read. A page of 100 objects has well under a megabyte.
_BODY_MAX = 64 << 20
_REGION = re.compile(r"[a-z0-9-]+")


class Secret:
    """A token: in one line of visible ASCII, and never shown."""

    __slots__ = ("_text",)

    def __init__(self, text: str | None) -> None:
        place = "the token"
        if text is None:
            text, place = os.environ.get("KONNECT_TOKEN"), "KONNECT_TOKEN"
        if text is None:
            raise GatepassError("there is no token; set KONNECT_TOKEN, or give `token`", code="token_missing")
        text = text.strip()
        if not text:
            raise GatepassError(f"{place} is empty; put the token there", code="token_missing")
        if not text.isascii() or not text.isprintable() or " " in text:
            message = f"{place} has a character that no HTTP header can carry; give the bare token"
            raise GatepassError(message, code="token_odd")
        self._text = text

    def expose(self) -> str:
        """The token itself."""
        return self._text

    def hidden_in(self, text: str) -> str:
        """A text without the token, should a server have repeated it."""
        return text.replace(self._text, "…")

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> Any:
        raise TypeError("a token is not written anywhere")


def base_url(given: str | None, region: str | None) -> tuple[str, bool]:
    """What is before `/v2` and `/v3`, and whether it is on this machine: https, or http on this machine.

    Raises:
        GatepassError: If it is no such URL.
    """
    if given is None:
        if region is None or not _REGION.fullmatch(region):
            raise GatepassError("say which region, such as `eu`", code="region_missing")
        return f"https://{region}.api.konghq.com", False

    def refused(message: str) -> GatepassError:
        return GatepassError(message, code="base_url_invalid")

    try:
        parts = urlsplit(given)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises if it is none
    except ValueError as error:
        raise refused("this is no URL; write for example `https://eu.api.konghq.com`") from error
    loopback = host == "localhost"
    try:
        loopback = loopback or ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    if not host or parts.scheme not in ("https", "http"):
        raise refused("this is no URL; write for example `https://eu.api.konghq.com`")
    if parts.scheme == "http" and not loopback:
        raise refused("a token goes over https only; write `https://…` (http is for this machine's own addresses)")
    if "@" in parts.netloc or parts.query or parts.fragment or "?" in given or "#" in given:
        raise refused("a base URL has no user, password, query or fragment")
    path = parts.path.rstrip("/")
    if path.rsplit("/", 1)[-1] in ("v2", "v3"):
        raise refused("leave out the version; it is chosen with `api`")
    return f"{parts.scheme}://{parts.netloc}{path}", loopback


class Client:
    """A client of one API with one token. Connections are kept; threads may share it."""

    def __init__(self, base: str, *, loopback: bool, token: Secret, timeout: float, client: httpx.Client | None) -> None:
        try:
            import httpx
        except ImportError as error:
            missing("httpx", "konnect", error)
        self._httpx = httpx
        self._base = base
        self._token = token
        self._timeout = timeout
        self._own = client is None
        # This machine is not reached through a proxy, whatever the environment says.
        self._client = client or httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not loopback)

    def close(self) -> None:
        """Closes its connections, if they are its own."""
        if self._own:
            self._client.close()

    def send(self, request: dict[str, Any]) -> dict[str, Any]:
        """Sends a request; what became of it, as the engine takes it."""
        try:
            return self._sent(request)
        except self._httpx.TimeoutException as error:
            return self._failure("timeout", error)
        except (self._httpx.NetworkError, self._httpx.RemoteProtocolError, self._httpx.DecodingError) as error:
            certificate = _caused_by(error, ssl.SSLCertVerificationError)
            return self._failure("certificate" if certificate else "connection", error)
        except self._httpx.HTTPError as error:
            return self._failure("other", error)

    def _sent(self, request: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "authorization": f"Bearer {self._token.expose()}",
            "accept": "application/json, application/problem+json",
            "user-agent": "gatepass-python/0.1.0",
        }
        content = request["body"]
        if content is not None:
            headers["content-type"] = "application/json"
        with self._client.stream(
            request["method"],
            self._base + request["path"],
            content=content,
            headers=headers,
            timeout=self._timeout,
            # A redirect would carry the token elsewhere: its answer is taken as it is.
            follow_redirects=False,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _BODY_MAX:
                    return {"failure": {"kind": "other", "message": f"the answer has more than {_BODY_MAX >> 20} MB"}}
            wanted = ("content-type", "retry-after")
            kept = {name: response.headers[name] for name in wanted if name in response.headers}
            text = body.decode(errors="replace")
            if not 200 <= response.status_code < 300:
                # What is shown to people; a server may repeat what it was sent.
                text = self._token.hidden_in(text)
            return {"status": response.status_code, "headers": kept, "body": text}

    def _failure(self, kind: str, error: Exception) -> dict[str, Any]:
        message = str(error) or type(error).__name__
        return {"failure": {"kind": kind, "message": self._token.hidden_in(message)}}


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False
