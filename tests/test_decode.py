"""Which encoding bytes are read in, that nothing is lost on the way, and which bytes are refused."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner.decode import Decoded, decode, encode
from cleaner.errors import InputError
from tests.samples import ARTICLE, TRADITIONAL_ARTICLE
from tests.strategies import encodable_texts

BYTE_ORDER_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def page(charset: str, text: str = ARTICLE) -> str:
    return f'<html><head><meta charset="{charset}"></head><body>{text}</body></html>'


# encodings


@pytest.mark.parametrize("encoding", BYTE_ORDER_MARKS)
@given(text=encodable_texts())
def test_a_byte_order_mark_decides_and_stays_in_the_text(encoding: str, text: str) -> None:
    assume(not text.startswith("\0"))  # a UTF-16 mark and a NUL are a UTF-32 mark
    data = BYTE_ORDER_MARKS[encoding] + text.encode(encoding)
    bom = "\N{ZERO WIDTH NO-BREAK SPACE}"
    assert decode(data) == Decoded(bom + text, encoding, "byte-order mark", lossless=True)
    assert encode(bom + text, encoding) == data


@given(encodable_texts())
def test_utf_8_is_read_as_it_is(text: str) -> None:
    assume("\0" not in text)
    data = (ARTICLE + text).encode()
    assert decode(data) == Decoded(ARTICLE + text, "utf-8", "valid UTF-8", lossless=True)


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        (ARTICLE, "gb2312", "gb18030"),
        (ARTICLE, "gbk", "gb18030"),
        (ARTICLE + "㐀𠀀", "gb18030", "gb18030"),
        (TRADITIONAL_ARTICLE, "gb18030", "gb18030"),
        (TRADITIONAL_ARTICLE, "big5", "big5hkscs"),
        ("Zürich, Düsseldorf", "cp1252", "cp1252"),
    ],
)
def test_undeclared_encodings_are_told_by_their_everyday_characters(text: str, written: str, read: str) -> None:
    decoded = decode(text.encode(written))
    assert (decoded.text, decoded.encoding, decoded.lossless) == (text, read, True)
    assert encode(decoded.text, decoded.encoding) == text.encode(written)


@pytest.mark.parametrize(
    ("declared", "written", "read"),
    [
        ("gb2312", "gbk", "gb18030"),
        ("GBK", "gbk", "gb18030"),
        ("big5", "big5", "big5hkscs"),
        ("shift_jis", "shift_jis", "shift_jis"),
        ("iso-8859-1", "cp1252", "cp1252"),
    ],
)
def test_a_declared_encoding_is_used_by_its_real_name(declared: str, written: str, read: str) -> None:
    text = page(declared, "“é”" if written == "cp1252" else "一人山水")
    decoded = decode(text.encode(written))
    assert (decoded.text, decoded.encoding, decoded.evidence) == (text, read, f"declared as {declared.lower()}")


@pytest.mark.parametrize("declared", ["utf-8", "x-klingon", "base64", "", "gb18030 big5"])
def test_a_declaration_that_does_not_hold_is_passed_over(declared: str) -> None:
    decoded = decode(page(declared).encode("gb18030"))
    assert (decoded.text, decoded.encoding) == (page(declared), "gb18030")


def test_valid_utf_8_is_believed_before_a_declaration() -> None:
    assert decode(page("gbk").encode()).encoding == "utf-8"


def test_an_encoding_that_shows_only_after_a_long_ascii_head_is_told() -> None:
    text = "var a = 1;\n" * 1000 + ARTICLE
    assert decode(text.encode("gb18030")).text == text


def test_a_declaration_of_utf_16_that_is_read_byte_by_byte_is_not_believed() -> None:
    assert decode(f'<meta charset="utf-16">{ARTICLE}'.encode("gb18030")).encoding == "gb18030"


# losing nothing


def test_broken_utf_8_keeps_each_bad_byte_as_a_surrogate() -> None:
    data = "山水".encode() + b"\xff\x80" + "人".encode()
    assert decode(data) == Decoded("山水\udcff\udc80人", "utf-8", "mostly valid UTF-8", lossless=True)
    assert encode("山水\udcff\udc80人", "utf-8") == data


def test_a_character_cut_in_two_at_the_end_does_not_change_the_encoding() -> None:
    data = ARTICLE.encode()[:-2]
    decoded = decode(data)
    assert (decoded.encoding, decoded.text[: len(ARTICLE) - 2]) == ("utf-8", ARTICLE[:-2])
    assert encode(decoded.text, "utf-8") == data


def test_half_a_wide_character_is_lost_and_said_to_be() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + "山水".encode("utf-16-le") + b"\x00")
    assert not decoded.lossless
    assert decoded.text.endswith("山水\N{REPLACEMENT CHARACTER}")


def test_a_character_with_two_codes_is_read_and_said_to_be_lost() -> None:
    decoded = decode(TRADITIONAL_ARTICLE.encode("big5") + b"\xa2\xcc")
    assert (decoded.text, decoded.encoding) == (TRADITIONAL_ARTICLE + "十", "big5hkscs")
    assert not decoded.lossless


@given(st.binary() | st.binary().map(codecs.BOM_UTF16_LE.__add__) | encodable_texts().map(str.encode))
def test_what_is_called_lossless_gives_the_bytes_again(data: bytes) -> None:
    try:
        decoded = decode(data)
    except InputError:
        return
    assert (encode(decoded.text, decoded.encoding) == data) is decoded.lossless


@given(st.sampled_from(sorted({*aliases, *aliases.values()})), st.binary(min_size=1))
def test_no_declared_codec_stops_the_decoding(declared: str, data: bytes) -> None:
    head = page(declared, "").encode() + b"\xff"
    body = bytes(byte for byte in data if byte >= 0x20)
    decoded = decode(head + body)
    if decoded.lossless:
        assert encode(decoded.text, decoded.encoding) == head + body


# refusing


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"%PDF-1.7\n\x00\x01", "a PDF file"),
        (b"PK\x03\x04\x14\x00", "a ZIP file"),
        (b"\x1f\x8b\x08\x00", "gzip data"),
        (b"\x01\x02\x03\x04", "begins with 01 02 03 04"),
    ],
)
def test_binary_data_is_refused_by_its_name_with_advice(data: bytes, kind: str) -> None:
    with pytest.raises(InputError, match=rf"no text: \d+ of the first {len(data)} bytes .*\({kind}\); give text"):
        decode(data)


def test_utf_16_without_a_mark_is_refused_with_advice() -> None:
    with pytest.raises(InputError, match="byte-order mark if it is UTF-16"):
        decode("abc\n山水".encode("utf-16-le"))


def test_one_nul_is_enough_to_be_binary() -> None:
    with pytest.raises(InputError, match="no text: 1 of the first"):
        decode(ARTICLE.encode() + b"\x00")


def test_a_few_stray_controls_are_text() -> None:
    text = ARTICLE + "\x01\x0c\x1b\x08"
    assert decode(text.encode()).text == text


def test_an_empty_input_is_an_empty_text() -> None:
    assert decode(b"") == Decoded("", "utf-8", "valid UTF-8", lossless=True)
