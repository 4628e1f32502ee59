"""A run under review: who gets in, what is shown, what is saved, and what happens when the run changes meanwhile."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any, Final
from urllib.parse import unquote, urljoin
from urllib.request import urlopen

import pytest
from selectolax.lexbor import LexborHTMLParser

import cleaner
from cleaner import verdicts
from cleaner.document import Document
from cleaner.errors import AbsentError
from cleaner.finished import FinishedRun, Told
from cleaner.pipeline import Cleaner
from cleaner.report import facts, to_json
from cleaner.reviewing import CONVERSIONS, Review, serving
from cleaner.reviewing.doubting import places_of
from cleaner.reviewing.judging import Sheet, page_of
from cleaner.reviewing.pages import home_page, sheet_page
from cleaner.run import clean_files
from cleaner.sinks import Output, place_of, safe_name
from cleaner.verdicts import LONGEST_NOTE, Verdict, verdicts_at, write_verdicts
from tests.hostile import FRAGMENTS, hostile_document
from tests.samples import ARTICLE, story
from tests.schemas import faults, schemas
from tests.served import Answer, Served, served

SHARE: Final = "分享让更多人看到\n"
DIRTY: Final = f"{ARTICLE}&nbsp;<b>灯</b>\n{SHARE}"
ODD: Final = '<img src=x onerror="1">%2e#?.txt'


def pages_of(folder: Path) -> Path:
    """A folder with files and a container of records of every fate."""
    pages = folder / "pages"
    (pages / "sub").mkdir(parents=True)
    (pages / "a.txt").write_text(DIRTY, "utf-8")
    (pages / "sub" / "b.txt").write_text(f"{story(1)}\n{SHARE}", "utf-8")
    (pages / "c.txt").write_bytes(b"\x7fELF" + bytes(range(256)))
    (pages / "plain.txt").write_text(story(2), "utf-8")
    (pages / ODD).write_text(f"{story(3)}\n{SHARE}", "utf-8")
    rows = [
        {"id": "x", "text": f"{story(4)}\n{SHARE}"},
        {"id": "none", "text": None},
        {"id": "bad", "text": 7},
        {"id": "plain", "text": story(5)},
        {"id": "\ud800<b>", "text": f"{story(6)}\n{SHARE}&nbsp;灯\n"},
        {"id": "copy", "text": f"{story(4)}\n{SHARE}"},
    ]
    (pages / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return pages


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, cleaner: Cleaner) -> Path:
    folder = tmp_path_factory.mktemp("review")
    clean_files([pages_of(folder), folder / "absent.txt"], folder / "out", cleaner)
    return folder / "out"


@pytest.fixture(scope="module")
def reading(finished: Path) -> Iterator[Served]:
    """A server for questions that change nothing."""
    with served(finished) as server:
        yield server


@pytest.fixture(scope="module")
def own_run(finished: Path) -> Path:
    """A run that is judged."""
    return Path(shutil.copytree(finished, finished.parent / "judged"))


@pytest.fixture(scope="module")
def own_server(own_run: Path) -> Iterator[Served]:
    with served(own_run) as server:
        yield server


@pytest.fixture
def run(own_run: Path) -> Path:
    """A run that nobody judged yet."""
    (own_run / "verdicts.jsonl").unlink(missing_ok=True)
    return own_run


@pytest.fixture
def judging(own_server: Served, run: Path) -> Served:
    """A server of that run."""
    return own_server


@pytest.fixture
def run_to_change(finished: Path, tmp_path: Path) -> Path:
    """A run of one's own, with what it was made of beside it."""
    return Path(shutil.copytree(finished, tmp_path / "out"))


@pytest.fixture
def changing(run_to_change: Path) -> Iterator[Served]:
    with served(run_to_change) as server:
        yield server


def saved(folder: Path) -> list[Any]:
    """The lines of the file of verdicts."""
    path = folder / "verdicts.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []


# who gets in


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/TOKENx", "/TOKENx/", "/%00/", "/x/TOKEN/", "//TOKEN/", "/TOKE/"]
)
def test_without_the_token_everything_is_forbidden(reading: Served, method: str, path: str) -> None:
    token = reading.door.token
    asked = path.replace("TOKEN", token).replace("TOKE/", f"{token[:-1]}/")
    answer = reading.ask(asked, method=method, headers={"Origin": reading.origin})
    assert answer.status == 403
    assert b"cleaner review" in answer.body or method == "HEAD"
    assert token not in str(answer.headers)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_server_has_a_token_of_its_own_that_nobody_can_guess(reading: Served, run: Path) -> None:
    with served(run) as other:
        assert other.door.token != reading.door.token
        assert other.get("").status == 200
        assert other.ask(f"/{reading.door.token}/").status == 403
    assert len(reading.door.token) >= 43  # letters for 32 bytes


def test_it_listens_on_this_machine_alone(reading: Served) -> None:
    assert reading.door.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:PORT", 200), ("localhost:PORT", 200), ("LOCALHOST:PORT", 200),
        ("evil.example:PORT", 403), ("evil.example", 403), ("127.0.0.1", 403), ("127.0.0.1:1", 403),
        ("localhost.evil.example:PORT", 403), ("", 403), ("127.0.0.1:PORT,evil.example", 403),
    ],
)  # fmt: skip
def test_only_its_own_names_are_answered(reading: Served, host: str, status: int) -> None:
    assert reading.get("", headers={"Host": host.replace("PORT", str(reading.door.port))}).status == status


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1:PORT", "http://127.0.0.1"])
def test_a_verdict_from_a_page_of_another_site_is_refused(judging: Served, run: Path, origin: str | None) -> None:
    page = "reports/a.html"
    told = {"edit": judging.get(page).marks[0], "verdict": "wrong"}
    answer = judging.post(page, told, origin=origin and origin.replace("PORT", str(judging.door.port)))
    assert (answer.status, saved(run)) == (403, [])


def test_what_a_form_of_another_site_can_send_is_refused(judging: Served, run: Path) -> None:
    page = "reports/a.html"
    told = {"edit": judging.get(page).marks[0], "verdict": "wrong"}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        assert judging.post(page, told, content_type=kind).status == 415
    assert saved(run) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 200), ("reports/a.html", 200), ("reports/a.json", 200), ("index.html", 200), ("reports/c.html", 200),
        ("containers/0/", 200), ("containers/0/0.html", 200), ("none", 404), ("next", 303),
        ("reports/a.html?said", 200),
    ],
)  # fmt: skip
def test_every_answer_tells_browsers_to_be_strict(reading: Served, path: str, status: int) -> None:
    answer = reading.get(path)
    assert answer.status == status
    told = answer.headers
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["cache-control"] == "no-store"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in told
    assert "set-cookie" not in told
    policy = told["content-security-policy"].split("; ")
    assert {"default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} <= set(policy)
    if path.endswith("a.html"):
        assert "connect-src 'self'" in policy
        assert "unsafe" not in told["content-security-policy"]
        meta = LexborHTMLParser(answer.text).css_first("meta[http-equiv]")
        assert meta
        assert meta.attributes["content"] == "; ".join(policy[:-1])


@pytest.mark.parametrize(
    "path",
    [
        "../summary.json", "..%2fsummary.json", "%2e%2e/%2e%2e/etc/passwd", "reports/../../secret.txt", "secret.txt",
        "reports/..%2f..%2fsecret.json", "reports/%00.html", "/etc/passwd", "%2fetc%2fpasswd", ".cleaner/running",
        "text/a.txt", "reports/", "reports", "table/../secret.js", "table/%2e%2e%2fsecret.js", "index.html/",
        "containers/9/0.html", "containers/0/99.html", "containers/0/-1.html", "containers/0/00.html", "containers/9/",
        "containers/99999999999999999999/0.html", "reports/none.html", "reports/d.html", "%ff%fe",
        "reports/absent.json",
        "\\..\\secret.txt", "file:///etc/passwd", "http://127.0.0.1:9/",
    ],
)  # fmt: skip
def test_nothing_but_the_pages_of_the_run_is_there(reading: Served, finished: Path, path: str) -> None:
    for name in ("secret.txt", "secret.json", "secret.js"):
        (finished / name).write_text("SECRET", "utf-8")
        (finished.parent / name).write_text("SECRET", "utf-8")
    answer = reading.get(path)
    assert answer.status == 404
    assert "SECRET" not in answer.text
    assert "root:" not in answer.text


# what is shown


def test_files_of_the_run_go_out_as_they_are(reading: Served, finished: Path) -> None:
    for name, kind in {
        "index.html": "text/html",
        "table/part-00001.js": "text/javascript",
        "summary.json": "application/json",
    }.items():
        answer = reading.get(name)
        assert answer.body == (finished / name).read_bytes()
        assert answer.headers["content-type"].startswith(kind)


def test_all_links_of_the_pages_lead_somewhere(reading: Served) -> None:
    waiting, found = [""], {""}
    while waiting:
        page = waiting.pop()
        answer = reading.get(page)
        assert answer.status in (200, 303), page
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            links = [link.attributes["href"] or "" for link in LexborHTMLParser(answer.text).css("a[href]")]
            targets = {urljoin(f"/{page}", link).partition("#")[0].removeprefix("/") for link in links}
            waiting += targets - found
            found |= targets
    assert {"reports/a.html", "reports/sub/b.html", "containers/0/", "containers/0/0.html", "index.html"} <= found
    assert any(unquote(page) == page_of(ODD) for page in found)


def test_a_page_shows_its_document_and_can_be_judged(reading: Served) -> None:
    answer = reading.get("reports/a.html")
    told = answer.review
    assert told["edits"] == len(answer.marks) > 2
    assert (told["judged"], told["total"], told["said"]) == (0, 0, {})
    assert SHARE.strip() in answer.text
    assert LexborHTMLParser(answer.text).css_first("#review button[data-verdict=right]")


def test_records_have_pages_though_the_run_wrote_none(reading: Served) -> None:
    listed = LexborHTMLParser(reading.get("containers/0/").text).css("tr a")
    assert [link.text() for link in listed][:1] != []
    assert {link.text() for link in listed} == {
        "d.jsonl/x", "d.jsonl/none", "d.jsonl/bad", "d.jsonl/plain", "d.jsonl/⟦U+D800⟧<b>", "d.jsonl/copy"
    }  # fmt: skip
    by_name = {link.text(): f"containers/0/{link.attributes['href']}" for link in listed}
    pages = {name: reading.get(address.replace("containers/0/../../", "")) for name, address in by_name.items()}
    assert len(pages["d.jsonl/x"].marks) > 0
    assert SHARE.strip() in pages["d.jsonl/x"].text
    assert pages["d.jsonl/copy"].review["edits"] > 0  # it was dropped
    assert "Not cleaned" in pages["d.jsonl/bad"].text
    assert pages["d.jsonl/none"].status == 200


def test_where_all_are_records_no_files_are_offered(tmp_path: Path, cleaner: Cleaner) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "x", "text": story(1)}) + "\n", "utf-8")
    clean_files([tmp_path / "a.jsonl"], tmp_path / "out", cleaner)
    shown = LexborHTMLParser(home_page(Review(tmp_path / "out")).html)
    assert shown.body
    assert "0 files" not in shown.body.text()
    assert [link.attributes["href"] for link in shown.css("main a")] == ["next", "index.html", "containers/0/"]


def test_the_page_of_what_failed_says_why(reading: Served) -> None:
    assert "Not cleaned" in reading.get("reports/c.html").text
    assert reading.get("reports/absent.html").status == 200


def test_a_hostile_text_is_text(run: Path) -> None:
    text = "\n".join(FRAGMENTS)
    document = hostile_document(text)
    told = Told(document.name, "", to_json(facts(document)), document.text.encode("utf-8", "surrogatepass"))
    verdict = Verdict(document.name, text, (0, 1), text, text, text, is_right=False, note=text)
    lost, said = {"0" * 32: verdict}, {"1" * 32: verdict}
    page = sheet_page(
        Sheet(told, document, ["1" * 32] * len(document.edits), said, lost, 2, 0, [None] * len(document.edits)),
        address=f"reports/{safe_name(text)}.html",
        top="../",
    )
    tree = LexborHTMLParser(page.html)
    kinds = [script.attributes.get("type") for script in tree.css("script")]
    assert kinds.count("application/json") == 1
    assert len(kinds) == 1 + len(re.findall("sha256-", page.policy.partition("script-src")[2]))
    assert not tree.css("img, iframe, object, embed, svg, math, link, base, form, video, audio")
    assert not [node for node in tree.css("*") if any(name.startswith("on") for name in node.attributes)]
    assert all(
        not (link.attributes["href"] or "").startswith(("javascript", "data", "//", "http"))
        for link in tree.css("a[href]")
    )
    data = tree.css_first("#review-data")
    assert data is not None
    assert json.loads(data.text())["said"]["1" * 32]["note"] == text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.html


# what is saved


def judge(server: Served, page: str, number: int, verdict: str | None, note: str = "") -> Answer:
    mark = server.get(page).marks[number]
    return server.post(page, {"edit": mark, "verdict": verdict, "note": note})


def test_a_verdict_is_saved_at_once_and_the_last_word_wins(judging: Served, run: Path) -> None:
    page = "reports/a.html"
    told = judge(judging, page, 1, "wrong", "不\u2028对\ud800").json
    mark = judging.get(page).marks[1]
    assert told["said"] == {mark: {"verdict": "wrong", "note": "不\u2028对\ud800"}} == judging.get(page).review["said"]
    (line,) = saved(run)
    assert (line["name"], line["verdict"]) == ("a.txt", "wrong")
    assert line["old"] in line["context"]
    assert faults("verdict", line) == []
    assert judge(judging, page, 1, "right").json["said"] == {mark: {"verdict": "right", "note": ""}}
    assert [line["verdict"] for line in saved(run)] == ["right"]
    assert judge(judging, page, 1, None).json["judged"] == 0
    assert saved(run) == []


def test_verdicts_are_told_by_what_they_are_on(judging: Served, run: Path) -> None:
    pages = ("reports/sub/b.html", "containers/0/4.html", "reports/a.html", "containers/0/5.html")
    for page in pages:
        assert judge(judging, page, 0, "right").status == 200
    assert [line["name"] for line in saved(run)] == sorted(["a.txt", "d.jsonl/\ud800<b>", "d.jsonl/copy", "sub/b.txt"])
    documents = {told.name: told.document() for told in FinishedRun.at(run).told() if told.has_document}
    for verdict in verdicts_at(Output(run)).values():
        document = documents[verdict.name]
        assert verdict.key in {verdicts.key_of(document, *origin) for origin in document.origins()}
    assert [judging.get(page).review["total"] for page in pages] == [4] * 4


def test_counts_and_the_next_document_follow_what_was_said(judging: Served) -> None:
    seen = []
    page = judging.get("next").headers["location"]
    while not page.endswith("?done"):
        address = page.removeprefix(f"/{judging.door.token}/")
        seen.append(address)
        marks = judging.get(address).marks
        for mark in marks:
            assert judging.get("next").headers["location"] == page  # it has more edits to be judged
            told = judging.post(address, {"edit": mark, "verdict": "right"}).json
        assert (told["judged"], told["edits"]) == (len(marks), len(marks))
        page = judging.get(f"next?after={address}").headers["location"]
    assert len(seen) == len(set(seen))
    assert {"reports/a.html", "reports/sub/b.html", "containers/0/0.html", "containers/0/4.html"} <= set(seen)
    assert "reports/plain.html" not in seen
    assert "Every edit is judged" in judging.get("?done").text


def test_the_most_suspicious_come_first_as_in_the_table_of_the_run(tmp_path: Path, cleaner: Cleaner) -> None:
    (tmp_path / "a.txt").write_text(f"{story(1)}\n{SHARE}", "utf-8")
    (tmp_path / "b.txt").write_text(f"桥。\n{SHARE * 9}", "utf-8")
    rows = [{"id": "a", "text": f"{story(2)}\n{SHARE}"}, {"id": "b", "text": f"灯。\n{SHARE * 9}"}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    clean_files([tmp_path / name for name in ("a.txt", "b.txt", "c.jsonl")], tmp_path / "out", cleaner)
    review = Review(tmp_path / "out")
    addresses = ["reports/b.html", "reports/a.html", "containers/0/1.html", "containers/0/0.html"]
    assert [review.next_after(address) for address in ("", *addresses)] == [*addresses, addresses[0]]
    for part in (tmp_path / "out" / "table").glob("part-*"):
        part.write_text("no table", "utf-8")
    assert Review(tmp_path / "out").next_after() == "reports/a.html"


def test_a_document_that_was_passed_over_comes_again_last(judging: Served) -> None:
    first = page = judging.get("next").headers["location"]
    seen: list[str] = []
    while page != first or not seen:
        assert len(seen) < 20
        seen.append(page)
        page = judging.get(f"next?after={page.removeprefix(f'/{judging.door.token}/')}").headers["location"]
    assert len(seen) == len(set(seen)) > 4


@pytest.fixture
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets others come between reading verdicts and writing them."""
    read = verdicts.verdicts_at

    def slow(output: Output) -> Any:
        found = read(output)
        sleep(0.02)
        return found

    monkeypatch.setattr(verdicts, "verdicts_at", slow)


@pytest.mark.usefixtures("slow_reading")
def test_many_tabs_and_two_servers_at_once_lose_nothing(judging: Served, run: Path) -> None:
    page = "reports/a.html"
    marks = judging.get(page).marks
    with served(run) as other, ThreadPoolExecutor(8) as tabs:
        asked = [(server, mark) for mark in marks for server in (judging, other)]
        told = list(tabs.map(lambda each: each[0].post(page, {"edit": each[1], "verdict": "wrong"}).status, asked))
    assert set(told) == {200}
    assert len(saved(run)) == len(marks)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"\xff", 400), (b"[]", 400), (b"null", 400), (b"7" * 9000, 400), (b"[" * 30000, 400),
        ({}, 400), ({"edit": "MARK"}, 400), ({"edit": "MARK", "verdict": "maybe"}, 400),
        ({"edit": "MARK", "verdict": True}, 400), ({"edit": [["MARK"]], "verdict": "right"}, 400),
        ({"edit": "MARK", "verdict": "right", "note": 7}, 400), ({"edit": "MARK", "verdict": "right", "by": "x"}, 400),
        ({"edit": "MARK", "verdict": "right", "note": "字" * (LONGEST_NOTE + 1)}, 422),
        ({"edit": "0" * 32, "verdict": "right"}, 409), ({"edit": "", "verdict": "right"}, 409),
        (b" " * 40_000, 413), (b" " * 9_000_000, 413),
    ],
)  # fmt: skip
def test_what_is_no_verdict_is_refused(judging: Served, run: Path, body: object, status: int) -> None:
    page = "reports/a.html"
    if isinstance(body, dict) and "MARK" in str(body):
        body = json.loads(json.dumps(body).replace("MARK", judging.get(page).marks[0]))
    try:
        answer = judging.post(page, body)
    except (BrokenPipeError, ConnectionResetError):  # it doesn't read on
        assert status == 413
    else:
        assert answer.status == status
        assert answer.json["error"]
    assert saved(run) == []
    assert judge(judging, page, 0, "right").status == 200


def test_a_note_of_full_length_is_taken_however_it_is_spelled(judging: Served) -> None:
    told = judge(judging, "reports/a.html", 0, "wrong", "\N{GRINNING FACE}" * LONGEST_NOTE)
    assert told.status == 200


@pytest.mark.parametrize(
    "path", ["reports/none.html", "reports/c.html", "index.html", "", "next", "containers/0/2.html"]
)
def test_what_has_no_edits_cannot_be_judged(judging: Served, path: str) -> None:
    assert judging.post(path, {"edit": "0" * 32, "verdict": "right"}).status in (404, 405)


def test_no_page_is_asked_for_by_other_ways(judging: Served) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        headers = {"Origin": judging.origin}
        assert judging.get("reports/a.html", method=method, headers=headers).status == 405


# what changes meanwhile


def test_a_verdict_on_an_edit_that_is_gone_is_refused(changing: Served, run_to_change: Path, cleaner: Cleaner) -> None:
    page = "reports/a.html"
    marks = changing.get(page).marks
    assert judge(changing, page, len(marks) - 1, "right").status == 200
    before = saved(run_to_change)
    pages = pages_of(run_to_change.parent)
    (pages / "a.txt").write_text(f"序。\n{ARTICLE}&nbsp;灯\n", "utf-8")
    clean_files([pages], run_to_change, cleaner)
    answer = changing.post(page, {"edit": marks[0], "verdict": "wrong"})
    assert answer.status == 409
    assert "cleaned again" in answer.json["error"]
    assert "load the page again" in answer.json["error"]
    assert saved(run_to_change) == before
    shown = changing.get(page)
    assert "Verdicts on edits that are gone" in shown.text
    assert not set(shown.marks) & set(marks)
    (lost,) = re.findall('data-lost="([0-9a-f]+)"', shown.text)
    assert changing.post(page, {"edit": lost, "verdict": None}).status == 200
    assert saved(run_to_change) == []


def test_while_a_run_goes_on_nothing_is_shown_or_saved(changing: Served, run_to_change: Path) -> None:
    page = "reports/a.html"
    mark = changing.get(page).marks[0]
    changing.post(page, {"edit": mark, "verdict": "right"})
    before, summary = saved(run_to_change), (run_to_change / "summary.json").read_bytes()
    (run_to_change / "summary.json").unlink()
    assert changing.get(page).status == changing.get("").status == 409
    refused = changing.post(page, {"edit": mark, "verdict": "wrong"})
    assert refused.status == 409
    assert refused.json["error"].startswith("not saved: ")
    assert saved(run_to_change) == before
    (run_to_change / "summary.json").write_bytes(summary)
    assert changing.post(page, {"edit": mark, "verdict": "wrong"}).status == 200


def test_a_container_that_was_cleaned_again_is_read_again(
    changing: Served, run_to_change: Path, cleaner: Cleaner
) -> None:
    assert changing.get("containers/0/5.html").status == 200
    pages = pages_of(run_to_change.parent)
    (pages / "d.jsonl").write_text(json.dumps({"id": "new", "text": f"{story(9)}\n{SHARE}"}) + "\n", "utf-8")
    clean_files([pages], run_to_change, cleaner)
    assert changing.get("containers/0/5.html").status == 404
    assert "d.jsonl/new" in changing.get("containers/0/0.html").text


def test_a_full_disk_is_told_and_nothing_is_lost(
    judging: Served, run: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = "reports/a.html"
    judge(judging, page, 0, "right")
    before = saved(run)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "verdicts.jsonl")

    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "write", full)
        answer = judge(judging, page, 1, "wrong", "这是正文")
    assert answer.status == 500
    assert answer.json["error"].startswith("not saved: verdicts.jsonl: No space left on device")
    assert saved(run) == before
    assert judging.get(page).review["judged"] == 1
    assert judge(judging, page, 1, "wrong", "这是正文").json["judged"] == 2
    assert caplog.text == ""  # it is no fault of the program


def test_a_file_of_verdicts_that_cannot_be_understood_is_left_alone(judging: Served, run: Path) -> None:
    judge(judging, "reports/a.html", 0, "right")
    path = run / "verdicts.jsonl"
    spoilt = path.read_bytes() + b'{"verdict": "mine"}\n'
    mark = judging.get("reports/a.html").marks[0]
    path.write_bytes(spoilt)
    assert "line 2 is no verdict" in judging.get("reports/a.html").text
    answer = judging.post("reports/a.html", {"edit": mark, "verdict": "wrong"})
    assert (answer.status, path.read_bytes()) == (409, spoilt)


def test_a_report_that_was_changed_is_not_judged(changing: Served, run_to_change: Path) -> None:
    mark = changing.get("reports/a.html").marks[0]
    (run_to_change / "text" / "a.txt").write_text("别的。\n", "utf-8")
    assert "the text is not the one" in changing.get("reports/a.html").text
    assert changing.post("reports/a.html", {"edit": mark, "verdict": "right"}).status == 409
    assert changing.get("reports/sub/b.html").status == 200


# verdicts in their file


def test_the_schema_takes_what_the_reader_takes(tmp_path: Path) -> None:
    good = Verdict("a", "b/c", (0, 1), "甲", "", "甲乙\n", is_right=True, note="")
    write_verdicts(Output(tmp_path), [good])
    (line,) = saved(tmp_path)
    assert faults("verdict", line) == []
    assert set(schemas()["verdict"]["properties"]) == set(line)
    spoilt = [{**line, "by": "x"}, {**line, "verdict": "maybe"}, {**line, "source": [0]}, {**line, "source": [0.5, 1]}]
    spoilt += [{**line, "source": [-1, 1]}, {**line, "old": None}, {key: line[key] for key in line if key != "context"}]
    for wrong in spoilt:
        assert faults("verdict", wrong)
        (tmp_path / "verdicts.jsonl").write_text(json.dumps(wrong) + "\n", "utf-8")
        with pytest.raises(cleaner.CleanerError, match="line 1 is no verdict"):
            verdicts_at(Output(tmp_path))


def test_a_document_is_done_when_all_that_its_page_shows_is_judged(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review(run)
    told = review.told("reports/a.html")
    assert told is not None
    monkeypatch.setattr("cleaner.reviewing.doubting.MOST_EDITS", len(review.sheet(told).marks) - 1)
    sheet = review.sheet(told)
    shown = [mark for mark, place in zip(sheet.marks, sheet.places, strict=True) if place is not None]
    assert len(shown) == len(sheet.marks) - 1
    for mark in shown:
        assert not review.sheet(told).count.is_all
        review.judge(told, mark, is_right=True)
    assert review.sheet(told).count.is_all


def test_equal_edits_of_two_documents_have_marks_of_their_own() -> None:
    edit = cleaner.Edit(0, "甲", "", "b/c", "")
    keys = [verdicts.key_of(Document.of("甲", name=name), 0, 1, edit) for name in ("a", "b", "a,")]
    assert len({verdicts.mark_of(key) for key in keys}) == 3


# what to judge, and in which order


def test_what_may_be_wrong_or_costs_most_comes_first() -> None:
    long, longer = "今天天气很好我们去河边看桥", "今天天气很好我们去河边看桥，桥上有灯也有人。"
    edits = [
        cleaner.Edit(0, "首页", "", "a/a", ""),
        cleaner.Edit(2, long, "", "a/a", ""),
        cleaner.Edit(20, longer, "", "a/a", ""),
        cleaner.Edit(60, "灯", "灯", "a/flag", "", 0.4),
        cleaner.Edit(70, "灯", "燈", "script/hant", ""),
        cleaner.Edit(80, "桥", "乔", "a/b", "", 0.8),
        cleaner.Edit(90, "桥", "乔", "a/b", "", 0.6),
    ]
    text = list("。" * 100)
    for edit in edits:
        text[edit.start : edit.end] = edit.old
    document = Document.of("".join(text)).revised(edits)
    assert places_of(document, without=CONVERSIONS) == [5, 4, 3, 2, None, 1, 0]
    assert places_of(document) == [5, 4, 3, 2, 6, 1, 0]


def test_conversions_that_were_asked_for_need_no_judging(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{story(1)}\n{SHARE}", "utf-8")
    rows = [{"id": "x", "text": story(2)}, {"id": "y", "text": f"{story(3)}\n{SHARE}"}]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "c.txt").write_text(f"{story(4)}她说这里没有灯。\n", "utf-8")
    clean_files([tmp_path / name for name in ("a.txt", "b.jsonl", "c.txt")], tmp_path / "out", Cleaner(script="hant"))
    review, strict = Review(tmp_path / "out"), Review(tmp_path / "out", without=frozenset())
    told = review.told("reports/a.html")
    assert told
    sheet = review.sheet(told)
    assert 0 < sheet.count.edits < len(sheet.marks) == strict.sheet(told).count.edits
    pages = ["reports/a.html", "reports/c.html", "containers/0/0.html", "containers/0/1.html"]
    assert {review.next_after(each) for each in ("", *pages)} == {pages[0], pages[3]}
    assert {strict.next_after(each) for each in ("", *pages)} == set(pages)
    assert "edits of script are left out: conversions that were asked for" in home_page(review).html
    assert "left out" not in home_page(strict).html


def test_many_edits_are_judged_and_taken_back_at_once(judging: Served, run: Path) -> None:
    page = "reports/a.html"
    marks = judging.get(page).marks
    assert judging.post(page, {"edit": marks[1:], "verdict": "right"}).json["judged"] == len(marks) - 1
    assert judging.post(page, {"edit": [*marks, "0" * 32], "verdict": "wrong"}).status == 409
    assert {line["verdict"] for line in saved(run)} == {"right"}
    assert judging.post(page, {"edit": marks[1:], "verdict": None}).json["judged"] == 0
    assert saved(run) == []


def test_verdicts_on_edits_that_are_gone_are_counted_apart(judging: Served, run: Path) -> None:
    for page in ("reports/a.html", "reports/sub/b.html", "containers/0/0.html"):
        assert judge(judging, page, 0, "right").status == 200
    known = verdicts_at(Output(run))
    (key,) = (key for key in known if key[0] == "a.txt")
    gone = [known[key]._replace(old="別的"), known[key]._replace(name="absent"), known[key]._replace(name="d.jsonl/no")]
    write_verdicts(Output(run), [*known.values(), *gone])
    told = judging.get("reports/a.html").review
    assert (told["total"], told["gone"]) == (6, 3)
    assert "3 right, 0 wrong, and 3 verdicts on edits that this run doesn't make" in judging.get("").text.replace(
        "&#39;", "'"
    )
    assert home_page(Review(run)).html.count("and 2 verdicts on edits") == 1  # it read no container yet


# the command


def command(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cleaner", "review", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_ended(run: Path, by: signal.Signals) -> None:
    process = command(str(run))
    try:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(3)]
        found = re.search(r"open (http://127\.0\.0\.1:\d+/[\w-]{43}/)$", told[1])
        assert found, told
        with urlopen(found[1], timeout=30) as page:
            assert "Review" in page.read().decode()
        process.send_signal(by)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert "nothing was judged" in out


def test_a_browser_is_started_without_telling_others_the_token(
    reading: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open_new_tab", opened.append)
    folder = tmp_path / "door"
    folder.mkdir(0o700)
    serving._show(folder, reading.door)
    (address,) = opened
    assert address.startswith("file://")
    assert reading.door.token not in address
    assert f'href="{reading.door.address}"' in Path(unquote(address.removeprefix("file://"))).read_text("utf-8")


def test_without_its_package_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cleaner.reviewing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(AbsentError, match=r"needs the package uvicorn; .*webtext-cleaner\[review\]"):
        __import__("cleaner.reviewing")


def test_a_review_lies_wherever_a_run_does(finished: Path, tmp_path: Path) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.put(str(finished), "/reviewed", recursive=True)
    review = Review(place_of("memory://reviewed"))
    told = review.told("reports/a.html")
    assert told
    sheet = review.judge(told, review.sheet(told).marks[0], is_right=False)
    assert sheet.count.judged == 1
    assert b'"wrong"' in memory.cat_file("/reviewed/verdicts.jsonl")
    assert review.records(0)
