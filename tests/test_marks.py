"""What people are shown for characters that show nothing, or that move what is shown."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given

from cleaner.marks import Unseen, line, marked, parts
from tests.strategies import texts

# Format characters that are drawn: signs that stand before Arabic and Syriac numbers, joiners of hieroglyphs.
DRAWN = {
    *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440),
}  # fmt: skip
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_every_character_that_shows_nothing_has_a_mark_of_its_own() -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    points = [point for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) in hidden]
    unmarked = {point for point in points if marked(chr(point)) == chr(point)}
    assert unmarked - DRAWN == {ord("\t"), ord("\n")}
    marks = [marked(chr(point)) for point in points if point not in unmarked]
    assert len(set(marks)) == len(marks)


def test_nothing_that_shows_something_has_a_mark() -> None:
    shown = {"Lu", "Ll", "Lt", "Lm", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "Zs"}
    letters = "".join(chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) in shown)
    assert marked(letters) == letters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\N{RIGHT-TO-LEFT OVERRIDE}b", "a⟦RLO⟧b"),
        ("\x1b]0;x\x07", "⟦ESC⟧]0;x⟦BEL⟧"),
        ("\x9b2J", "⟦CSI⟧2J"),
        ("山\N{ZERO WIDTH SPACE}水\N{ZERO WIDTH NO-BREAK SPACE}", "山⟦ZWSP⟧水⟦BOM⟧"),
        ("\U000e0041", "⟦TAG A⟧"),
        ("a\ue000\udcff\U000e0fff", "a⟦U+E000⟧⟦U+DCFF⟧⟦U+E0FFF⟧"),
        ("\N{HANGUL FILLER}\N{BRAILLE PATTERN BLANK}", "⟦U+3164⟧⟦U+2800⟧"),
        ("a\rb\N{LINE SEPARATOR}\x85", "a⟦CR⟧b⟦LS⟧⟦NEL⟧"),
    ],
)
def test_a_mark_names_its_character(text: str, shown: str) -> None:
    assert marked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "一家\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\N{ZERO WIDTH JOINER}\N{GIRL}",
        "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16} 1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}",
        "葛\N{VARIATION SELECTOR-17}城 葛\N{VARIATION SELECTOR-1}",
        "\N{WAVING BLACK FLAG}\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "山\r\n水\t\N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}\n",
    ],
)
def test_what_does_visible_work_is_left_alone(text: str) -> None:
    assert marked(text) == text


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("a\N{ZERO WIDTH JOINER}b", 1),
        ("山\N{ZERO WIDTH JOINER}\N{MAN}", 1),
        ("葛\N{VARIATION SELECTOR-17}\N{VARIATION SELECTOR-18}\N{VARIATION SELECTOR-19}", 2),
        ("a\N{VARIATION SELECTOR-16}", 1),
        ("\N{WAVING BLACK FLAG}\U000e0041\U000e007f", 2),
        ("\N{MAN}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH JOINER}\N{MAN}", 2),
        ("\N{LEFT-TO-RIGHT ISOLATE}\N{ZERO WIDTH JOINER}\N{LEFT-TO-RIGHT ISOLATE}", 3),
    ],
)
def test_the_same_characters_elsewhere_have_marks(text: str, marks: int) -> None:
    assert sum(isinstance(part, Unseen) for part in parts(text)) == marks


@given(texts())
def test_the_text_is_told_from_its_parts(text: str) -> None:
    shown = list(parts(text))
    assert all(shown)
    back = "".join(part if isinstance(part, str) else chr(int(part.title.split()[0][2:], 16)) for part in shown)
    assert back == text


@given(texts())
def test_what_is_printed_is_one_line_that_commands_nothing(text: str) -> None:
    shown = line(text)
    assert not set(shown) & set(BIDI)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    shown.encode()
    assert line(shown) == shown
