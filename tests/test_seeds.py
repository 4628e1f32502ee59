"""The five seeds: what goes, what stays, and that the committed reports are what cleaning them says."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from cleaner.document import Document
from cleaner.pipeline import Cleaner
from cleaner.run import clean_files
from tests.conftest import ROOT

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
DIGESTS = {
    "000_d130d89d4b027735.txt": "61601d13e4acfcd346bddc529128ab00048402e650bd69eb6fd2c1e340bf8bd9",
    "001_9b00ffa692fd869e.txt": "5e20a237db806a477f2db3f33e7da9d7fca8f0eee6498b4a7ac84bdbb2540402",
    "002_cc229362e59457d6.txt": "ea94b365665a66e1c86396a1bc85d4464d77f779bee3e83d1f81229442615ec3",
    "003_daebafe0c6cee557.txt": "0fad86c229a429381c1e34142741e880abb3a399c2d7785eef98574158bac75a",
    "004_44b2adcac121026c.txt": "5b9c8ccf3036c79741886e1b794f39cd07bf4a22c87769fbdbf09f43f09c4484",
}
VERSIONS = re.compile(rb'^"versions": .*\n', re.MULTILINE)


def cleaned(cleaner: Cleaner, number: str) -> Document:
    path = next(path for path in SEEDS if path.name.startswith(number))
    return cleaner.clean(path.read_bytes().decode("utf-8"), name=path.name)


def removed(document: Document) -> list[str]:
    """What was removed, without blanks, in text order."""
    return ["".join(edit.old.split()) for edit in document.edits if edit.old and not edit.new]


def kept_by_hand(document: Document, *gone: str) -> str:
    """The source without the given texts and all blanks: what must be left."""
    text = "".join(document.source.split())
    for part in gone:
        assert part in text
        text = text.replace(part, "", 1)
    return text


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_is_as_it_came(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == DIGESTS[path.name]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_is_rebuilt_and_settled(path: Path, cleaner: Cleaner) -> None:
    source = path.read_bytes().decode("utf-8")
    document = cleaner.clean(source)
    assert document.rebuilt() == source
    assert cleaner.clean(document.text).text == document.text


def test_second_copy_of_the_article_goes(cleaner: Cleaner) -> None:
    document = cleaned(cleaner, "000")
    lines = document.source.split("\n")
    assert squeezed(document.text) == squeezed("\n".join(lines[:12]))
    copies = [edit for edit in document.edits if edit.rule == "repeats/paragraph"]
    assert [edit.old.strip() for edit in copies] == lines[12:]
    for edit, number in zip(copies, range(2, 7), strict=True):
        assert f"repeats paragraph {number}," in edit.why
    assert len(document.edits) == len(copies)


def test_print_button_goes_and_holes_are_flagged(cleaner: Cleaner) -> None:
    document = cleaned(cleaner, "001")
    assert squeezed(document.text) == kept_by_hand(document)[: -len("打印")]
    holes = [edit.start for edit in document.edits if edit.rule == "holes/lost" and edit.is_flag]
    assert [document.text[place - 3 : place + 3] for place in holes] == ["技創新?融合", "千帆競?潮平"]


def test_share_widget_goes_and_small_semicolons_become_full_width(cleaner: Cleaner) -> None:
    document = cleaned(cleaner, "002")
    assert squeezed(document.text) == kept_by_hand(document, "分享讓更多人看到-評論-關注").replace("﹔", "；")


def test_article_ends_before_the_app_prompt(cleaner: Cleaner) -> None:
    document = cleaned(cleaner, "003")
    article, shell = document.source.split("直接打开", 1)
    assert squeezed(document.text) == squeezed(article)
    reasons = {squeezed(edit.old): edit for edit in document.edits}
    stitched = next(edit for text, edit in reasons.items() if text.startswith("11月17日译名发布"))
    assert stitched.rule == "structure/spam-shell"
    assert "国产剧情" in stitched.why or "发布时间" in stitched.why
    assert squeezed(shell).startswith("<kbddate-time")


def test_readings_and_captions_go_and_sheared_runs_are_mended_or_flagged(cleaner: Cleaner) -> None:
    document = cleaned(cleaner, "004")
    captions = ["2025長三角產業創新發展大會在杭州市錢塘區舉行。王剛攝", "大會現場揭牌成立“生物醫藥創新聯盟”。王剛攝"]
    without_readings = re.sub(r"(?<=[㐀-鿿])\([^()a-zA-Z]*[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)", "", document.source)
    expected = squeezed(without_readings)
    for caption in captions:
        assert caption in expected
        expected = expected.replace(caption, "", 1)
    expected = expected.replace("字?jǐn)⑹隆⑵放拼蛟炫c國際", "字敘事、品牌打造與國際")
    guess = next(edit for edit in document.edits if edit.rule == "shear/guess")
    assert guess.old.startswith("?lián)铰废")
    assert "先行使命" in guess.new  # of 擔探路先行使命,在科技創 what vanished without trace is a guess
    assert squeezed(document.text) == expected.replace("勇" + guess.old, "勇" + guess.new)
    assert "(WOYLC)" in document.text
    assert "(環境、社會和治理)" in document.text


def test_reports_are_what_cleaning_the_seeds_says(tmp_path: Path, cleaner: Cleaner) -> None:
    clean_files([ROOT / "seeds"], tmp_path, cleaner)
    made, kept = written_in(tmp_path), written_in(ROOT / "reports")
    assert made.keys() == kept.keys()
    assert [name for name in made if made[name] != kept[name]] == []


def written_in(folder: Path) -> dict[str, bytes]:
    """The files of a run; without its speed, and the versions it was made by, which change though nothing else does."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".cleaner" not in path.parts)
    paths = [path for path in found if path.name not in ("speed.json", "speed.js")]
    return {path.relative_to(folder).as_posix(): VERSIONS.sub(b"", path.read_bytes()) for path in paths}


def test_the_demo_ends_by_naming_the_page_of_its_run() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndemo:")[2].partition("\n\n")[0].splitlines()
    said = subprocess.run(["sh", "-c", recipe[-1].strip().lstrip("@")], capture_output=True, check=True, text=True)
    assert "open reports/index.html in a browser" in said.stdout.splitlines()[-1]
    assert (ROOT / "reports" / "index.html").exists()
    assert "cleaner clean seeds -o reports" in recipe[-2]
