"""Lets in who knows the token, from pages of this server alone, and tells browsers to be as strict. Next: `serving`.

The token stands in every address, and in no cookie: a browser would send a cookie to whatever listens on another port
of this machine, be it another user's, and to this server whoever asked for it. An address is known to who was given
it, and a page of another site can neither guess it nor read it here; pages send no referrer. It means nothing once the
server has ended.

Who has the token may still be a page of another site that the reviewer opened on a name which leads to this machine
(DNS rebinding), so the server answers to its own names alone, and takes verdicts from its own pages alone.
"""

from __future__ import annotations

from secrets import compare_digest
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES: Final = ("127.0.0.1", "localhost")  # of this machine, in addresses
_READING: Final = frozenset({"GET", "HEAD"})
_POLICY: Final = "content-security-policy"
# What holds of every answer; pages say by a policy of their own what they may do.
_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}
FRAMED: Final = "frame-ancestors 'none'"  # which counts in a header alone
_NOTHING: Final = f"default-src 'none'; base-uri 'none'; form-action 'none'; {FRAMED}"


class Guard:
    """Passes on what comes with the token, and for this server; all else is forbidden, whatever it asks for."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(f"{name}:{port}" for name in NAMES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        strict = _strict(send)
        reason = self._refusal(scope)
        if reason:
            await PlainTextResponse(f"{reason}\n", 403)(scope, receive, strict)
            return
        await self._app({**scope, "root_path": f"/{self._token}"}, receive, strict)

    def _refusal(self, scope: Scope) -> str:
        """Why a request is refused, or ""."""
        if scope["type"] != "http":
            return "no such thing here"
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "this server has another name; open the address that `cleaner review` printed"
        given = scope["path"].split("/")[1] if "/" in scope["path"] else ""
        if not compare_digest(given.encode("utf-8", "replace"), self._token.encode()):
            return "open the address that `cleaner review` printed, with all of its letters"
        if scope["method"] not in _READING and headers.getlist("origin") != [f"http://{hosts[0]}"]:
            return "only pages of this server may change anything"
        return ""


def _strict(send: Send) -> Send:
    """Sends an answer with the headers that all have."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_ALWAYS)
            headers.setdefault(_POLICY, _NOTHING)
        await send(message)

    return sent


def policy_header(policy: str) -> dict[str, str]:
    """The header that repeats the policy of a page, which nobody may frame."""
    return {_POLICY: f"{policy}; {FRAMED}"}
