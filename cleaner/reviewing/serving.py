"""Answers what browsers ask for while a run is reviewed, on a port of this machine alone.

Files of the run go out as they are, and only those: the rest of its folder may be anybody's. Reports are made when
they are asked for, of what is there then. Next: the command, in `cli.reviewing`.
"""

from __future__ import annotations

import json
import re
import socket
import webbrowser
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cleaner.errors import BusyError, CleanerError
from cleaner.reviewing.guarding import NAMES, Guard, policy_header
from cleaner.reviewing.judging import Review
from cleaner.reviewing.pages import (
    Page,
    door_page,
    failed_page,
    home_page,
    message_page,
    records_page,
    sheet_page,
    state_of,
)
from cleaner.sinks import Place, passing, read, write
from cleaner.verdicts import LONGEST_NOTE

_BITS: Final = 32  # bytes of the token: more than anybody can try
_LARGEST: Final = 32 << 10  # bytes of a verdict: a note of that length, all of it escaped, and the rest
_FILES: Final = re.compile(
    r"index\.html|summary\.json|speed\.json|duplicates\.jsonl|verdicts\.jsonl|table/(?:part-[0-9]{5,}|speed)\.js"
)
_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "jsonl": "text/plain; charset=utf-8",  # which browsers show
}
# The page of the run names its own scripts and styles by their hashes, and loads its table from beside it.
_OF_FILES: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
_NO_VERDICT: Final = (
    "not saved: a verdict is an object with `edit` (one, or a list), `verdict` (right, wrong, or null to take it back) "
    "and perhaps `note`; load the page again"
)
_GRACE: Final = 3  # seconds for what is under way when the server is ended


def new_token() -> str:
    """A token that nobody can guess, for one server."""
    return token_urlsafe(_BITS)


def listening(port: int) -> socket.socket:
    """A socket on a port of this machine, of any if that is 0; raises OSError if it is taken."""
    return socket.create_server((NAMES[0], port))


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server listens, and the token that opens it."""

    socket: socket.socket
    token: str

    @property
    def port(self) -> int:
        """The number of its port."""
        return int(self.socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Where the review begins."""
        return f"http://{NAMES[0]}:{self.port}/{self.token}/"


def serve(review: Review, door: Door, *, opens: bool = False) -> None:
    """Serve a review until it is interrupted: raises KeyboardInterrupt then. `opens` shows it in a browser, too."""
    with passing() as place:
        if opens:
            _show(place, door)
        server_of(review, door).run(sockets=[door.socket])


def server_of(review: Review, door: Door) -> uvicorn.Server:
    """The server of a review; it logs no addresses, for the token stands in them."""
    config = uvicorn.Config(
        application(review, door),
        access_log=False,
        http="h11",
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="error",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _show(place: Place, door: Door) -> None:
    """Start a browser with a file that leads on, which only its owner can read: commands show to all their words."""
    page = place / "review.html"
    write(page, door_page(door.address))
    webbrowser.open_new_tab(Path(str(page)).as_uri())


def application(review: Review, door: Door) -> Guard:
    """All that a server answers."""
    own = _Answers(review)
    routes = [
        Route("/", own.home),
        Route("/next", own.next),
        Route("/containers/{container:int}/", own.records),
        Route("/{address:path}", own.judge, methods=["POST"]),
        Route("/{address:path}", own.page),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Response]] = {
        HTTPException: _refused,
        CleanerError: _failed,
        OSError: _failed,
        Exception: _failed,
    }
    return Guard(Starlette(routes=routes, exception_handlers=handlers), door.token, door.port)


class _Answers:
    """What is answered to which question about one review."""

    def __init__(self, review: Review) -> None:
        self._review = review

    def home(self, request: Request) -> Response:
        return _html(home_page(self._review, is_done="done" in request.query_params))

    def next(self, request: Request) -> Response:
        """Lead on to the next document with edits that nobody judged."""
        found = self._review.next_after(request.query_params.get("after", ""))
        return RedirectResponse(f"{request.scope['root_path']}/{quote(found) if found else '?done'}", 303)

    def records(self, request: Request) -> Response:
        container = request.path_params["container"]
        records = self._review.records(container)
        if records is None:
            raise HTTPException(404)
        said = Counter(key[0] for key in self._review.verdicts())
        wanted = request.query_params.get("page", "1")
        page = int(wanted) if re.fullmatch("[0-9]{1,9}", wanted) else 1
        return _html(records_page(self._review.shown(), container, records, said=said, page=page))

    def page(self, request: Request) -> Response:
        """A report, what was said of its edits, or a file of the run."""
        address = request.path_params["address"]
        told = self._review.told(address)
        if told is None:
            return self._file(address)
        if not told.has_document:
            return _html(failed_page(told.name, str(told.facts["reason"]), top=_top(request)))
        sheet = self._review.sheet(told)
        if "said" in request.query_params:
            return _json(state_of(sheet))
        return _html(sheet_page(sheet, address=address, top=_top(request)))

    async def judge(self, request: Request) -> Response:
        """Save, or take back, what was said of edits."""
        asked = _asked(await _body(request))
        address = request.path_params["address"]
        return await run_in_threadpool(self._judge, address, *asked)

    def _judge(self, address: str, marks: list[str], verdict: str | None, note: str) -> Response:
        told = self._review.told(address)
        if told is None or not told.has_document:
            raise HTTPException(404)
        if verdict is None:
            return _json(state_of(self._review.withdraw(told, *marks)))
        return _json(state_of(self._review.judge(told, *marks, is_right=verdict == "right", note=note)))

    def _file(self, address: str) -> Response:
        """A file of the run, as it is."""
        place = self._place(address)
        try:
            content = read(place) if place else None
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            content = None
        if content is None:
            raise HTTPException(404)
        kind = _KINDS[address.rpartition(".")[2]]
        return Response(content, headers={"content-type": kind, **policy_header(_OF_FILES)})

    def _place(self, address: str) -> Place | None:
        """Where a file of the run is: what the page of the run shows and loads, and the JSON report on a file."""
        output = self._review.output
        if _FILES.fullmatch(address):
            return output.folder / address
        page = f"{address.removesuffix('.json')}.html"
        name = self._review.shown().files.get(page) if address.endswith(".json") else None
        return None if name is None else output.report(name, "json")


async def _body(request: Request) -> bytes:
    """What was sent, if it may be a verdict."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "send a verdict as application/json")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                raise HTTPException(413, f"a verdict takes {_LARGEST:,} bytes at most", {"connection": "close"})
    except ClientDisconnect:
        raise HTTPException(400, "only a part of the verdict came") from None
    return bytes(body)


def _asked(body: bytes) -> tuple[list[str], str | None, str]:
    """The marks of one edit or many, the verdict or None to take it back, and the note, from what was sent."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, _NO_VERDICT) from error
    if not isinstance(told, dict) or not {"edit", "verdict"} <= told.keys() <= {"edit", "verdict", "note"}:
        raise HTTPException(400, _NO_VERDICT)
    edit, verdict, note = told["edit"], told["verdict"], told.get("note", "")
    marks = edit if isinstance(edit, list) else [edit]
    if (
        not all(isinstance(mark, str) for mark in marks)
        or verdict not in ("right", "wrong", None)
        or not isinstance(note, str)
    ):
        raise HTTPException(400, _NO_VERDICT)
    if len(note) > LONGEST_NOTE:
        raise HTTPException(422, f"not saved: the note has {len(note):,} characters; shorten it to {LONGEST_NOTE:,}")
    return marks, verdict, note


def _top(request: Request) -> str:
    """The way up from a page to where the review begins."""
    return "../" * str(request.path_params["address"]).count("/")


def _html(page: Page, status: int = 200) -> Response:
    return HTMLResponse(page.html, status, policy_header(page.policy))


def _json(told: dict[str, Any], status: int = 200) -> Response:
    """JSON in ASCII, for notes may hold what no UTF-8 can."""
    return Response(json.dumps(told), status, media_type="application/json")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    nothing = "nothing is there; it may have been cleaned again under another name"
    return _told(request, error.status_code, nothing if error.status_code == 404 else error.detail, error.headers)


def _failed(request: Request, error: Exception) -> Response:
    """What is said if something goes wrong here: nobody's verdict may seem to be saved that isn't."""
    unsaved = "" if request.method in ("GET", "HEAD") else "not saved: "
    if isinstance(error, OSError):
        cause = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
        return _told(request, 500, f"{unsaved}{cause}; make room or mend that, and try again")
    if isinstance(error, CleanerError):
        return _told(request, 503 if isinstance(error, BusyError) else 409, f"{unsaved}{error}")
    return _told(request, 500, f"{unsaved}{type(error).__name__}: {error}")


def _told(request: Request, status: int, told: str, headers: Any = None) -> Response:
    """A sentence, for people who look at a page or for a page that told what they said."""
    if request.method in ("GET", "HEAD"):
        address = str(request.path_params.get("address", ""))
        answer = _html(message_page("This cannot be shown", told, top="../" * address.count("/")), status)
    else:
        answer = _json({"error": told}, status)
    answer.headers.update(headers or {})
    return answer
