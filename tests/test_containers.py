"""Runs over containers: what goes out, that accounts balance over records, and that no record is lost in silence."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fastwarc.warc
import fsspec
import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.dedup import Policy
from cleaner.report import Summary
from cleaner.run import AcrossFiles, clean_files
from cleaner.sources import Columns, Passed, Record, Source, Unread, records, rows
from tests.boxes import PACK, arc, crawled, json_lines, sheet, table, table_rows, tarred, zipped
from tests.prose import edited, prose
from tests.samples import LEAD, cleaner_with

CLEANER = cleaner_with()
DIRTY = f"{LEAD}&nbsp;<b>灯</b>还亮着。\n"
CLEAN = f"{LEAD} 灯还亮着。\n"
PAGE = f"<nav>首页</nav><p>{LEAD}</p>"
ALONE = AcrossFiles(duplicates=Policy("off"))
DROPPING = AcrossFiles()


def run(
    tmp_path: Path, files: dict[str, bytes], across: AcrossFiles = ALONE, columns: Columns | None = None
) -> Summary:
    """The account of a run over files in `tmp_path / "in"`, which must balance, and tell what the rows tell."""
    for name, data in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    summary = clean_files([tmp_path / "in"], tmp_path / "out", CLEANER, across=across)
    facts = summary.facts()
    accounts = facts["accounts"]
    assert accounts["in"] == accounts["written"] + accounts["dropped"] + accounts["failed"]
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8")) == facts
    outside = [path.name for path in tmp_path.iterdir() if path.name not in ("in", "out")]
    assert outside == []
    assert [path for path in (tmp_path / "out").rglob("*") if path.suffix == ".part"] == []
    return summary


def reports(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in rows(path)]


def outcomes(path: Path) -> list[str]:
    return [report["outcome"] for report in reports(path)]


def found(path: Path, columns: Columns | None = None) -> list[Record | Unread | Passed]:
    return list(records(Source(path, path.name), columns or Columns()))


def texts(items: Iterable[Record | Unread | Passed]) -> list[Any]:
    return [item.content for item in items if isinstance(item, Record)]


# what goes out


@pytest.mark.parametrize("codec", PACK)
def test_json_lines_go_out_as_they_came_but_for_their_texts(tmp_path: Path, codec: str) -> None:
    line = '{"n": 1.10, "text" : %s, "id": "a", "big": 12345678901234567890123, "text2": "x&nbsp;y"}\n'
    data = (line % json.dumps(DIRTY)).encode() + b"\n" + json_lines([{"id": 7, "text": "安静。"}])
    run(tmp_path, {f"a.jsonl{codec}": PACK[codec](data)})
    written = Source(tmp_path / "out" / "text" / f"a.jsonl{codec}", f"a.jsonl{codec}").read().decode()
    first, second = written.splitlines(keepends=True)
    assert first == line % json.dumps(CLEAN, ensure_ascii=False)
    assert json.loads(second) == {"id": 7, "text": "安静。"}
    rows_ = reports(tmp_path / "out" / "reports" / f"a.jsonl{codec}")
    assert [(row["name"], row["record"], row["id"]) for row in rows_] == [
        (f"a.jsonl{codec}/a", 1, "a"),
        (f"a.jsonl{codec}/7", 3, "7"),
    ]
    assert [row["outcome"] for row in rows_] == ["cleaned", "unchanged"]


@pytest.mark.parametrize("codec", PACK)
def test_a_packed_text_goes_out_packed(tmp_path: Path, codec: str) -> None:
    summary = run(
        tmp_path, {f"a.txt{codec}": PACK[codec](DIRTY.encode()), f"b.html{codec}": PACK[codec](PAGE.encode())}
    )
    assert summary.facts()["accounts"]["written"] == 2
    out = tmp_path / "out" / "text"
    assert Source(out / f"a.txt{codec}", f"a.txt{codec}").read().decode() == CLEAN
    assert Source(out / f"b.html.txt{codec}", f"b.html.txt{codec}").read().decode() == LEAD


@pytest.mark.parametrize(("delimiter", "encoding", "name"), [(",", "utf-8", "a.csv"), ("\t", "gb18030", "a.tsv")])
def test_a_csv_keeps_its_other_columns(tmp_path: Path, delimiter: str, encoding: str, name: str) -> None:
    rows_ = [
        {"url": "http://a/1", "content": DIRTY, "note": 'a,b\n"c"'},
        {"url": "http://a/2", "content": "二&nbsp;行\n", "note": ""},
    ]
    run(tmp_path, {name: sheet(rows_, delimiter=delimiter, encoding=encoding)})
    with (tmp_path / "out" / "text" / name).open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file, delimiter=delimiter))
    assert written == [{**rows_[0], "content": CLEAN}, {**rows_[1], "content": "二 行\n"}]
    told = reports(tmp_path / "out" / "reports" / f"{name}.jsonl")
    assert [row["name"] for row in told] == [f"{name}/http://a/1", f"{name}/http://a/2"]


def test_rows_of_a_csv_whose_head_is_ascii_are_decoded(tmp_path: Path) -> None:
    rows_: list[dict[str, Any]] = [{"id": n, "text": "x" * 50} for n in range(2_000)]
    rows_.append({"id": "z", "text": DIRTY})
    run(tmp_path, {"a.csv": sheet(rows_, encoding="gb18030")})
    (*_, last) = found(tmp_path / "out" / "text" / "a.csv")
    assert isinstance(last, Record)
    assert last.content == CLEAN


def test_parquet_goes_out_as_parquet_of_the_same_schema(tmp_path: Path) -> None:
    rows_ = [{"id": n, "tags": {"a": [n]}, "text": DIRTY, "score": n / 4} for n in range(600)]
    run(tmp_path, {"a.parquet": table(rows_, compression="zstd")})
    path = tmp_path / "out" / "text" / "a.parquet"
    assert table_rows(path) == [{**row, "text": CLEAN} for row in rows_]
    before, after = (pyarrow.parquet.ParquetFile(place) for place in (tmp_path / "in" / "a.parquet", path))
    assert after.schema_arrow.equals(before.schema_arrow)
    assert after.metadata.row_group(0).column(0).compression == "ZSTD"
    told = tmp_path / "out" / "reports" / "a.parquet"
    assert [(row["record"], row["id"], row["outcome"]) for row in table_rows(told)] == [
        (n + 1, str(n), "cleaned") for n in range(600)
    ]
    assert json.loads(table_rows(told)[5]["report"])["rules"]["entities/entity"]["edits"] == 1


def test_a_column_of_pages_is_extracted(tmp_path: Path) -> None:
    run(
        tmp_path, {"a.jsonl": json_lines([{"id": 1, "html": PAGE}]), "b.parquet": table([{"html": PAGE.encode("gbk")}])}
    )
    assert json.loads((tmp_path / "out" / "text" / "a.jsonl").read_text("utf-8")) == {"id": 1, "html": LEAD}
    assert table_rows(tmp_path / "out" / "text" / "b.parquet") == [{"html": LEAD}]


def test_a_warc_goes_out_as_a_warc_of_plain_text(tmp_path: Path) -> None:
    crawl = [
        crawled("http://a/notes", b"software: x", of="warcinfo"),
        crawled("http://a/1", PAGE.encode("gbk"), media="text/html; charset=gbk"),
        crawled("http://a/2", b"\x89PNG", media="image/png"),
        crawled("http://a/3", DIRTY.encode(), media="text/plain"),
        crawled("http://a/4", DIRTY.encode(), of="conversion"),
    ]
    summary = run(tmp_path, {"a.warc.gz": b"".join(map(gzip.compress, crawl))})
    assert summary.facts()["accounts"] == {"in": 3, "written": 3, "dropped": 0, "failed": 0}
    assert summary.facts()["containers"][0]["passed"] == 2
    with (tmp_path / "out" / "text" / "a.warc.gz").open("rb") as file:
        written = [
            (item.headers["WARC-Target-URI"], item.headers.get("WARC-Refers-To"), item.reader.read().decode())
            for item in fastwarc.warc.ArchiveIterator(file, record_types=fastwarc.warc.WarcRecordType.conversion)
        ]
    assert written == [
        ("http://a/1", "<urn:x:http://a/1:response>", LEAD),
        ("http://a/3", "<urn:x:http://a/3:response>", CLEAN),
        ("http://a/4", None, CLEAN),
    ]
    assert outcomes(tmp_path / "out" / "reports" / "a.warc.jsonl.gz") == ["cleaned"] * 3


def test_an_arc_goes_out_as_a_warc(tmp_path: Path) -> None:
    run(tmp_path, {"a.arc.gz": gzip.compress(arc({"http://a/1": PAGE.encode(), "http://a/2": b"<p>" + LEAD.encode()}))})
    written = found(tmp_path / "out" / "text" / "a.arc.warc.gz")
    assert [(item.id, item.content.decode()) for item in written if isinstance(item, Record)] == [  # type: ignore[union-attr]
        ("http://a/1", LEAD),
        ("http://a/2", LEAD),
    ]


MEMBERS = {"山/a.txt": DIRTY.encode(), "b.html": PAGE.encode(), "c.txt.gz": gzip.compress(DIRTY.encode()), ".d": b"x"}
WRITTEN = {"山/a.txt": CLEAN, "b.html.txt": LEAD, "c.txt": CLEAN}


def test_a_zip_goes_out_as_a_zip(tmp_path: Path) -> None:
    run(tmp_path, {"a.zip": zipped(MEMBERS)})
    with zipfile.ZipFile(tmp_path / "out" / "text" / "a.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == WRITTEN
        assert archive.getinfo("山/a.txt").date_time == (2024, 5, 6, 7, 8, 10)


@pytest.mark.parametrize("name", ["a.tar", "a.tar.xz", "a.tgz"])
def test_a_tar_goes_out_as_a_tar(tmp_path: Path, name: str) -> None:
    pack = {"a.tar": "", "a.tar.xz": ".xz", "a.tgz": ".gz"}[name]
    summary = run(tmp_path, {name: PACK[pack](tarred(MEMBERS, {"link": "/etc/passwd"}))})
    assert summary.facts()["containers"][0]["passed"] == 2
    with tarfile.open(tmp_path / "out" / "text" / name) as archive:
        written = {member.name: archive.extractfile(member) for member in archive}
        assert {key: file.read().decode() for key, file in written.items() if file} == WRITTEN


def test_names_of_a_zip_in_a_legacy_encoding_are_read(tmp_path: Path) -> None:
    data = zipped({"AABBCCDDEEFF.txt": DIRTY.encode()}).replace(b"AABBCCDDEEFF", "旧书铺的灯光".encode("gb18030"))
    run(tmp_path, {"a.zip": data})
    assert zipfile.ZipFile(tmp_path / "out" / "text" / "a.zip").namelist() == ["旧书铺的灯光.txt"]


def test_columns_are_named_or_guessed(tmp_path: Path) -> None:
    rows_ = [{"Title": "x", "Body": "正文。", "raw": "生的。", "URL": "http://a", "key": 3}]
    for name, data in {"a.jsonl": json_lines(rows_), "a.csv": sheet(rows_), "a.parquet": table(rows_)}.items():
        (tmp_path / name).write_bytes(data)
        (guessed,) = found(tmp_path / name)
        assert isinstance(guessed, Record)
        assert (guessed.content, guessed.id) == ("正文。", "http://a")
        (named,) = found(tmp_path / name, Columns("raw", "key"))
        assert isinstance(named, Record)
        assert (named.content, named.id, named.name) == ("生的。", "3", f"{name}/3")
        (missing,) = found(tmp_path / name, Columns("gone"))
        assert isinstance(missing, Unread)
        assert "'gone'; name the" in missing.reason
        assert "Body" in missing.reason


# near-duplicates


def forms(pairs: list[tuple[str, str]]) -> dict[str, bytes]:
    """One container of each kind with the same records."""
    rows_ = [{"id": name, "text": text} for name, text in pairs]
    members = {f"{name}.txt": text.encode() for name, text in pairs}
    return {
        "a.jsonl.zst": PACK[".zst"](json_lines(rows_)),
        "a.csv": sheet(rows_),
        "a.parquet": table(rows_),
        "a.warc.gz": b"".join(gzip.compress(crawled(name, text.encode(), of="conversion")) for name, text in pairs),
        "a.zip": zipped(members),
        "a.tar.bz2": PACK[".bz2"](tarred(members)),
    }


FORMS = list(forms([("a", "x")]))


@pytest.mark.parametrize("name", FORMS)
def test_what_is_dropped_leaves_its_container_and_its_row_says_why(tmp_path: Path, name: str) -> None:
    near = edited(prose(1), 0.01)
    data = forms([("a", prose(1)), ("b", prose(2) + "&nbsp;x\n"), ("c", near), ("d", prose(3))])[name]
    summary = run(tmp_path, {name: data}, DROPPING)
    assert summary.facts()["accounts"] == {"in": 4, "written": 3, "dropped": 1, "failed": 0}
    assert summary.facts()["containers"][0]["outcomes"] == {"cleaned": 1, "dropped": 1, "unchanged": 2}
    (told,) = (tmp_path / "out" / "reports").iterdir()
    (text,) = (tmp_path / "out" / "text").iterdir()
    assert text.name == name
    assert outcomes(told) == ["unchanged", "cleaned", "dropped", "unchanged"]
    assert "which stays" in reports(told)[2]["layers"][-1][0]["why"]
    written = [item.content for item in found(text) if isinstance(item, Record)]
    said = [item if isinstance(item, str) else item.decode() for item in written]
    assert said == [prose(1), prose(2) + " x\n", prose(3)]
    (drop,) = summary.facts()["dropped"]
    assert drop["name"].startswith(f"{name}/c")
    (pair,) = map(json.loads, (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8").splitlines())
    assert pair["a"].startswith(f"{name}/a")


def test_records_and_files_are_compared_with_each_other(tmp_path: Path) -> None:
    files = {
        "a.txt": prose(1).encode(),
        "b.jsonl": json_lines([{"id": 1, "text": prose(1)}, {"id": 2, "text": prose(2)}]),
        "c.parquet": table([{"id": 1, "text": prose(2)}]),
    }
    summary = run(tmp_path, files, DROPPING)
    assert [drop["name"] for drop in summary.facts()["dropped"]] == ["b.jsonl/1", "c.parquet/1"]
    assert not (tmp_path / "out" / "text" / "c.parquet").exists()
    assert outcomes(tmp_path / "out" / "reports" / "c.parquet") == ["dropped"]
    again = run(tmp_path, files, DROPPING)
    assert again.facts() == summary.facts()


def test_the_account_of_containers_counts_the_edits_of_their_rows(tmp_path: Path) -> None:
    shared = prose(50, 5)
    rows_ = [{"id": n, "text": f"{prose(60 + n)}&nbsp;\n{shared}"} for n in range(3)]
    summary = run(tmp_path, {"a.jsonl": json_lines(rows_), "b.csv": sheet(rows_)}, DROPPING)
    told = [*reports(tmp_path / "out" / "reports" / "a.jsonl"), *reports(tmp_path / "out" / "reports" / "b.csv.jsonl")]
    facts = summary.facts()
    for rule, counts in facts["rules"].items():
        of_rule = [row["rules"][rule] for row in told if rule in row["rules"]]
        assert counts == {**{key: sum(each[key] for each in of_rule) for key in of_rule[0]}, "files": len(of_rule)}
    for key, number in facts["characters"].items():
        assert number == sum(row["characters"][key] for row in told)
        assert number == sum(sums["characters"][key] for sums in facts["containers"])
    assert "duplicates/paragraph" in facts["rules"]


def test_only_some_of_many_failures_are_listed_and_all_counted(tmp_path: Path) -> None:
    summary = run(tmp_path, {"a.jsonl": b"no json\n" * 500 + json_lines([{"text": DIRTY}])})
    facts = summary.facts()
    assert facts["accounts"] == {"in": 501, "written": 1, "dropped": 0, "failed": 500}
    assert len(facts["failures"]) == 100
    assert outcomes(tmp_path / "out" / "reports" / "a.jsonl").count("failed") == 500


@pytest.mark.parametrize("name", FORMS)
def test_two_runs_write_the_same_bytes(tmp_path: Path, name: str) -> None:
    data = forms([("a", DIRTY), ("b", prose(1)), ("c", prose(1))])[name]
    results = []
    for place in ("one", "two"):
        run(tmp_path / place, {name: data}, DROPPING)
        out = tmp_path / place / "out"
        results.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert results[0] == results[1]


# undo


@pytest.mark.parametrize("name", FORMS)
def test_every_record_is_undone(tmp_path: Path, name: str) -> None:
    pairs = [("a", DIRTY), ("b", prose(1) + "&nbsp;\n"), ("c", prose(1))]
    run(tmp_path, {name: forms(pairs)[name]}, DROPPING)
    (told,) = (tmp_path / "out" / "reports").iterdir()
    for number, (called, text) in enumerate(pairs, 1):
        suffix = ".txt" if name.startswith(("a.zip", "a.tar")) else ""
        for record in (f"{called}{suffix}", f":{number}"):
            words = ["undo", str(tmp_path / "out" / "text" / name), str(told), "--record", record]
            assert CliRunner().invoke(app, words).stdout_bytes == text.encode()
    result = CliRunner().invoke(app, ["undo", str(tmp_path / "out" / "text" / name), str(told), "--record", "gone"])
    assert (result.exit_code, "tells of no record 'gone'" in result.stderr) == (1, True)


def test_a_page_of_a_crawl_is_undone_to_its_extracted_text(tmp_path: Path) -> None:
    run(tmp_path, {"a.warc": crawled("http://a/1", f"<p>{DIRTY}</p>".encode("gbk"), media="text/html; charset=gbk")})
    out = tmp_path / "out"
    words = ["undo", str(out / "text" / "a.warc"), str(out / "reports" / "a.warc.jsonl"), "--record", "http://a/1"]
    assert LEAD in CliRunner().invoke(app, words).stdout_bytes.decode()


# addresses


def test_an_address_is_read_as_a_file_is(tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    system.pipe("/box/a.jsonl.gz", gzip.compress(json_lines([{"id": 1, "text": DIRTY}])))
    system.pipe("/box/deep/b.txt", DIRTY.encode())
    system.pipe("/box/c.parquet", table([{"text": DIRTY}]))
    summary = clean_files(["memory://box"], tmp_path / "out", CLEANER, across=ALONE)
    assert summary.facts()["accounts"] == {"in": 3, "written": 3, "dropped": 0, "failed": 0}
    assert (tmp_path / "out" / "text" / "deep" / "b.txt").read_text("utf-8") == CLEAN
    assert table_rows(tmp_path / "out" / "text" / "c.parquet") == [{"text": CLEAN}]
    summary = clean_files(["memory://box/*.gz"], tmp_path / "one", CLEANER, across=ALONE)
    assert summary.facts()["accounts"]["written"] == 1
    assert (tmp_path / "one" / "text" / "a.jsonl.gz").exists()


@pytest.mark.parametrize(
    ("address", "says"), [("memory://gone/a.jsonl", "No such file"), ("nosuch://a/b.txt", "nosuch")]
)
def test_an_address_that_cannot_be_read_is_told(tmp_path: Path, address: str, says: str) -> None:
    (failure,) = clean_files([address], tmp_path / "out", CLEANER).failures
    assert says in failure.reason


def test_whatever_a_service_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "open", refuse)
    (failure,) = clean_files(["memory://box/a.txt"], tmp_path / "out", CLEANER).failures
    assert failure.reason == "RuntimeError: no credentials; check the address and what it asks for"


# what is missing


@pytest.mark.parametrize(
    ("package", "name", "extra"),
    [
        ("pyarrow", "a.parquet", "parquet"),
        ("fastwarc.warc", "a.warc.gz", "warc"),
        ("zstandard", "a.jsonl.zst", "zstd"),
        ("lz4.frame", "a.jsonl.lz4", "lz4"),
    ],
)
def test_a_package_that_is_not_there_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str, extra: str
) -> None:
    data = {**forms([("a", DIRTY)]), "a.jsonl.lz4": PACK[".lz4"](json_lines([{"text": DIRTY}]))}
    monkeypatch.setitem(__import__("sys").modules, package, None)
    summary = run(tmp_path, {name: data[name], "good.txt": DIRTY.encode()})
    (failure,) = summary.failures
    assert f"pip install 'webtext-cleaner[{extra}]'" in failure.reason
    assert (tmp_path / "out" / "text" / "good.txt").read_text("utf-8") == CLEAN


def test_templates_are_counted_over_records(tmp_path: Path) -> None:
    share = "点击这里加入本站读者群交流"
    rows_ = [{"url": f"http://h.example/{n}", "text": f"{prose(n)}\n{share}\n"} for n in range(6)]
    summary = run(tmp_path, {"a.jsonl": json_lines(rows_)}, AcrossFiles(templates=3, duplicates=Policy("off")))
    written = [json.loads(line)["text"] for line in io.StringIO((tmp_path / "out/text/a.jsonl").read_text("utf-8"))]
    assert summary.facts()["settings"]["templates"] == "3"
    assert not any(share in text for text in written)


@pytest.mark.parametrize("address", ["http://name:secret@127.0.0.1:9/x.html?key=hidden", "memory://gone/x.html"])
def test_an_address_that_cannot_be_reached_is_named(tmp_path: Path, address: str) -> None:
    (failure,) = clean_files([address], tmp_path / "out", CLEANER).failures
    shown = address.partition("?")[0].replace("name:secret@", "")
    assert failure.reason.startswith(f"No such file or folder at {shown}, or it cannot be reached")
    assert "secret" not in failure.reason
    assert "hidden" not in failure.reason


# many failures


def test_of_many_failures_of_a_container_only_some_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lines = json_lines([{"text": DIRTY}] * 50)
    files = {"a.jsonl": lines, "b.jsonl": lines}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    caplog.set_level("INFO", "cleaner")
    clean_files([tmp_path / name for name in files], tmp_path / "out", CLEANER, across=ALONE, columns=Columns("gone"))
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == 42
    assert told[20] == "a.jsonl: more records fail; its report rows tell which and why"
    assert sum("no text in a field 'gone'" in record.getMessage() for record in caplog.records) == 100
