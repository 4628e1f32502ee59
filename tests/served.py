"""A run under review, on a port of this machine, and questions to it as a browser or anybody else asks them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from cleaner.reviewing import Door, Review, listening, new_token, server_of
from cleaner.sinks import Place


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def review(self) -> dict[str, Any]:
        """What a page was told of its edits."""
        found = re.search('<script type="application/json" id="review-data">(.*?)</script>', self.text, re.DOTALL)
        assert found
        told: dict[str, Any] = json.loads(found[1])
        return told

    @property
    def marks(self) -> list[str]:
        """The marks of the edits of a page, layer by layer."""
        return [mark for layer in self.review["marks"] for mark in layer]


@dataclass(frozen=True)
class Served:
    """A server, and its door."""

    review: Review
    door: Door

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.door.port}"

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Ask for a path as it is; a header that is None is left out."""
        connection = HTTPConnection("127.0.0.1", self.door.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": f"127.0.0.1:{self.door.port}", **(headers or {})}
            if body is not None:
                given.setdefault("Content-Length", str(len(body)))
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            found = connection.getresponse()
            return Answer(found.status, {key.lower(): value for key, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def get(self, path: str, **options: Any) -> Answer:
        """Ask for what has an address below the token."""
        return self.ask(f"/{self.door.token}/{path}", **options)

    def post(self, path: str, told: object, **headers: str | None) -> Answer:
        """Tell a document's page a verdict, as the page itself does; `headers` differ from those."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        own: dict[str, str | None] = {"Content-Type": "application/json", "Origin": self.origin}
        own |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        return self.ask(f"/{self.door.token}/{path}", method="POST", body=body, headers=own)


@contextmanager
def served(folder: Place) -> Iterator[Served]:
    """A server of a run while the block runs."""
    review, door = Review(folder), Door(listening(0), new_token())
    server = server_of(review, door)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door.socket]}, daemon=True)
    thread.start()
    try:
        yield Served(review, door)
    finally:
        server.should_exit = True
        thread.join(30)
