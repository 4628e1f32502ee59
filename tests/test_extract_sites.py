"""Overrides by host: what they choose, and what of a file cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.cleaning import clean_record
from cleaner.errors import InputError, RuleError
from cleaner.extract import extract, sites
from cleaner.pipeline import Cleaner
from cleaner.sources import Record
from tests.samples import CLOSE, LEAD, MIDDLE

PAGE = (
    f"<html><body><div id=a><p>{LEAD}</p><p>{MIDDLE}</p><p>{MIDDLE[::-1]}</p></div>"
    f"<div id=b><p class=x>{CLOSE}</p><p class=ad>看这里</p></div><h5 class=who>褚山月</h5></body></html>"
)


def site_file(folder: Path, content: str, name: str = "s.toml") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, content: str) -> None:
    loaded = sites.load([site_file(folder, content)])
    monkeypatch.setattr(sites, "shipped", lambda: loaded)


@pytest.mark.parametrize("content", ["#b", "//div[@id='b']"])
def test_a_site_says_where_its_text_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    use(
        monkeypatch,
        tmp_path,
        f'hosts = ["b.example"]\ncontent = ["#gone", "{content}"]\ndrop = [".ad"]\nauthor = [".who"]\nkind = "thread"',
    )
    page = extract(PAGE, url="https://www.b.example/1")
    assert page.about
    assert (page.text, page.about.author, page.about.kind) == (CLOSE, "褚山月", "thread")
    why = {edit.old.strip(): edit.why for edit in page.edits}
    assert why["看这里"] == "not chosen by the site file, in div#b > p.ad"
    assert why[LEAD].startswith("not chosen by the site file")
    assert not any(edit.is_doubtful for edit in page.edits)
    assert extract(PAGE, host="b.example").text == CLOSE


def test_prose_that_folds_in_what_a_site_names_stays_and_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, tmp_path, 'hosts = ["b.example"]\ncontent = ["#b"]')
    folded = "末班船开走以后，渡口的灯还要亮上半个时辰。老船工说，总有人会晚来一步。"
    fold = f'<div style="display:none"><p>{folded}</p><p>点我</p></div>'
    page = extract(PAGE.replace("<p class=ad>", f"{fold}<p class=ad>"), host="b.example")
    assert page.text == f"{CLOSE}\n{folded}\n看这里"
    assert [edit.old for edit in page.edits if edit.is_flag] == [folded]


def test_pages_of_other_hosts_and_without_the_element_are_read_as_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, tmp_path, 'hosts = ["b.example"]\ncontent = ["#gone"]')
    assert LEAD in extract(PAGE, url="https://b.example/1").text
    assert extract(PAGE, url="https://b.example/1") == extract(PAGE, url="https://c.example/1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("hosts = [", "no TOML"),
        ('content = ["#a"]', "hosts must be a list"),
        ('hosts = ["a.example"]', "says nothing"),
        ('hosts = ["a.example"]\nbody = ["#a"]', "unknown key 'body'"),
        ('hosts = ["a.example"]\ncontent = "#a"', "content must be a list"),
        ('hosts = ["a.example"]\ncontent = ["#a["]', "cannot be read"),
        ('hosts = ["a.example"]\ncontent = ["//a["]', "cannot be read"),
        ('hosts = ["a.example"]\ncontent = ["#a"]\nkind = "blog"', "kind is 'blog'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(RuleError, match=said) as error:
        sites.load([site_file(tmp_path, content)])
    assert "s.toml" in str(error.value)


def test_a_host_has_one_file(tmp_path: Path) -> None:
    content = 'hosts = ["a.example"]\ncontent = ["#a"]'
    with pytest.raises(RuleError, match=r"a\.example has a file already"):
        sites.load([site_file(tmp_path, content), site_file(tmp_path, content, "t.toml")])


def test_an_xpath_that_fails_on_a_page_says_which(tmp_path: Path) -> None:
    known = sites.load([site_file(tmp_path, 'hosts = ["b.example"]\ncontent = ["//div[foo()]"]')])
    with pytest.raises(InputError, match=r"b\.example: content: //div\[foo\(\)\]: Unregistered function"):
        extract(PAGE, host="b.example", known=known)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"s\.toml: No such file"):
        sites.load([tmp_path / "s.toml"])


def test_a_file_of_ones_own_comes_before_the_shipped_ones(tmp_path: Path) -> None:
    path = site_file(tmp_path, 'hosts = ["mp.weixin.qq.com", "b.example"]\ncontent = ["#b"]\ndrop = [".ad"]')
    cleaner = Cleaner(site_files=[path])
    assert cleaner.sites.keys() == sites.shipped().keys() | {"b.example"}
    for host in ("mp.weixin.qq.com", "b.example"):
        record = Record("a", 1, f"https://{host}/1", PAGE, is_page=True)
        assert clean_record(record, cleaner).text == CLOSE


def test_shipped_sites_load() -> None:
    assert sites.shipped()
