"""Which encoding bytes are read in, that nothing is lost on the way, and which bytes are refused."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner.decode import Decoded, decode, encode
from cleaner.errors import InputError
from tests.samples import ARTICLE, LEAD, TRADITIONAL_ARTICLE
from tests.strategies import encodable_texts

BYTE_ORDER_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


JAPANESE = "今朝は早く起きて、駅前の小さな喫茶店で温かいコーヒーを飲んだ。\n窓の外では子どもたちが走っている。\n"
KOREAN = "오늘 아침에는 일찍 일어나서 동네 공원을 천천히 걸었다.\n나뭇잎 사이로 햇살이 들어왔다.\n"
FRENCH = "Le café du marché a rouvert hier après de longs travaux ; déjà l'aube.\n"
WRITTEN = [
    (ARTICLE, "utf-8"), (ARTICLE, "gb18030"), (TRADITIONAL_ARTICLE, "cp950"), (TRADITIONAL_ARTICLE, "gb18030"),
    (JAPANESE, "euc_jp"), (JAPANESE, "cp932"), (KOREAN, "cp949"), (FRENCH, "cp1252"),
]  # fmt: skip


ESCAPED = "".join(map(chr, range(0xDC00, 0xDD00)))


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
        (TRADITIONAL_ARTICLE, "big5", "cp950"),
        (TRADITIONAL_ARTICLE + "喺嗰度嘅嘢", "big5hkscs", "big5hkscs"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (JAPANESE, "shift_jis", "cp932"),
        (KOREAN, "euc_kr", "cp949"),
        (KOREAN + "똠방각하", "cp949", "cp949"),
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
        ("big5", "big5", "cp950"),
        ("shift_jis", "shift_jis", "cp932"),
        ("windows-1251", "cp1251", "cp1251"),
        ("x-sjis", "cp932", "cp932"),
        ("ks_c_5601-1987", "euc_kr", "cp949"),
        ("iso-8859-1", "cp1252", "cp1252"),
    ],
)
def test_a_declared_encoding_is_used_by_its_real_name(declared: str, written: str, read: str) -> None:
    text = page(declared, {"cp1252": "“é”", "cp1251": "Тихая улица", "euc_kr": "우리 동네"}.get(written, "一人山水"))
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


@pytest.mark.parametrize("label", ["utf-8", "gb2312", "big5", "euc-jp", "shift_jis", "euc-kr", "iso-8859-1", "koi8-r"])
@pytest.mark.parametrize(("text", "name"), WRITTEN)
def test_a_page_that_names_the_wrong_encoding_is_read_rightly(text: str, name: str, label: str) -> None:
    by_page, by_header = decode(page(label, text).encode(name)), decode(text.encode(name), declared=label)
    assert (by_page.text, by_page.lossless) == (page(label, text), True)
    assert by_header.text == text


def test_the_evidence_tells_of_a_declaration_that_was_not_followed() -> None:
    assert decode(page("big5").encode("gb18030")).evidence.endswith("though declared as big5")
    by_header = decode(ARTICLE.encode("gb18030"), declared="big5")
    assert by_header.evidence.endswith("though declared as big5 by the header")


@pytest.mark.parametrize("declared", ["text/html; charset=GBK", 'text/html;charset="gbk"', "gbk", " GBK "])
def test_a_header_may_be_the_name_or_the_whole_content_type(declared: str) -> None:
    assert decode(ARTICLE.encode("gbk"), declared=declared).evidence == "declared as gbk by the header"


@pytest.mark.parametrize("declared", ["text/html", "text/html; charset=", "x-klingon", "\0", "base64", "utf-7"])
def test_a_header_that_names_no_encoding_of_text_is_passed_over(declared: str) -> None:
    assert decode(ARTICLE.encode("gbk"), declared=declared).text == ARTICLE


def test_a_header_and_a_page_that_disagree_are_both_asked() -> None:
    data = page("gbk").encode("gb18030")
    assert decode(data, declared="big5").evidence == "declared as gbk"
    assert decode(data, declared="gb2312").evidence == "declared as gb2312 by the header"


def test_a_declaration_decides_where_the_text_is_too_short_to_tell() -> None:
    data = "山水".encode("euc_jp")
    assert decode(data, declared="euc-jp").text == "山水"
    assert decode("山水".encode("gbk"), declared="gbk").text == "山水"


def test_a_short_text_that_may_be_two_things_says_so() -> None:
    assert decode(b"\xb0\xa1\xa1\xa3").evidence.endswith("but another encoding is as likely")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Тихая улица спит под снегом, и только фонари горят до утра.", "cp1251"),
        ("Тихая улица спит под снегом, и только фонари горят до утра.", "koi8-r"),
        ("Η ήσυχη οδός κοιμάται κάτω από το χιόνι και μόνο τα φανάρια ανάβουν.", "cp1253"),
        ("הרחוב השקט ישן מתחת לשלג ורק הפנסים דולקים עד הבוקר", "cp1255"),
        ("ถนนเงียบหลับใหลใต้หิมะมีเพียงโคมไฟส่องสว่าง", "tis-620"),
    ],
)
def test_other_alphabets_are_read_if_declared_and_not_taken_for_hanzi(text: str, name: str) -> None:
    data = text.encode(name)
    assert decode(data, declared=name).text == text
    if name != "tis-620":  # too much like other encodings
        assert decode(data).evidence in ("single bytes", "nothing else fits")
    assert encode(decode(data).text, decode(data).encoding) == data


def test_a_few_characters_are_not_taken_for_utf_8_by_chance() -> None:
    data = "一只".encode("gbk")
    assert data.decode("utf-8") == "\u04bb\u05bb"
    assert decode(data, declared="gb2312").text == "一只"
    assert decode("café crème".encode()).evidence == "valid UTF-8"


def test_a_mark_of_utf_8_before_another_encoding_is_not_believed() -> None:
    decoded = decode(codecs.BOM_UTF8 + ("\n" + ARTICLE).encode("gb18030"))
    assert decoded.text.endswith(ARTICLE)


# cut at a byte


@pytest.mark.parametrize(("text", "name"), WRITTEN)
def test_a_text_cut_anywhere_at_its_end_is_read_but_for_one_character(text: str, name: str) -> None:
    data = text.encode(name)
    for end in range(len(data) - 12, len(data)):
        decoded = decode(data[:end])
        assert text.startswith(decoded.text.rstrip(ESCAPED))
        assert encode(decoded.text, decoded.encoding) == data[:end]


@pytest.mark.parametrize(("text", "name"), [(text, name) for text, name in WRITTEN if name not in ("cp1252", "utf-8")])
def test_a_text_that_begins_within_a_character_is_read_but_for_that_one(text: str, name: str) -> None:
    data = text.encode(name)[1:]
    decoded = decode(data)
    assert decoded.text[-len(text) + 1 :] == text[1:]
    assert (encode(decoded.text, decoded.encoding), decoded.lossless) == (data, True)


# UTF-16 and UTF-32 without a mark


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ARTICLE, TRADITIONAL_ARTICLE, JAPANESE, KOREAN, FRENCH, page("utf-8"), LEAD])
def test_wide_encodings_are_told_without_a_mark(name: str, text: str) -> None:
    data = text.encode(name)
    decoded = decode(data)
    assert (decoded.text, decoded.encoding, decoded.lossless) == (text, name, True)
    assert decoded.evidence == f"reads well as {name[:6].upper()} without a mark"
    for skipped in range(1, int(name[4:6]) // 8 if text != FRENCH else 1):  # Latin reads the same in both orders
        cut = decode(data[skipped:])
        assert (cut.text[-len(text) + 1 :], cut.encoding, cut.lossless) == (text[1:], name, True)
        assert encode(cut.text, cut.encoding) == data[skipped:]


def test_utf_16_that_begins_with_much_ascii_is_told_in_its_order() -> None:
    text = "var a = 1;\n" * 60 + ARTICLE
    for name in ("utf-16-le", "utf-16-be"):
        decoded = decode(text.encode(name)[1:])
        assert (decoded.encoding, decoded.text[1:]) == (name, text[1:])


@pytest.mark.parametrize("run", ["  ", "--", "==", "00", "\n\n", "\t\t", "ab", "**", "__", "//"])
def test_runs_of_one_letter_are_not_taken_for_utf_16(run: str) -> None:
    text = run * 300 + LEAD
    assert decode(text.encode("gb18030")).text == text


# EUC-TW


def test_euc_tw_is_told_and_read() -> None:
    data = encode(TRADITIONAL_ARTICLE, "euc-tw")
    decoded = decode(data)
    assert (decoded.text, decoded.encoding) == (TRADITIONAL_ARTICLE, "euc-tw")
    assert (encode(decoded.text, "euc-tw"), decoded.lossless) == (data, True)


def test_hanzi_of_euc_tw_that_have_no_code_in_big5_stay_as_bytes() -> None:
    data = encode(TRADITIONAL_ARTICLE, "euc-tw") + b"\x8e\xa3\xa1\xa1" + encode("山", "euc-tw")
    decoded = decode(data)
    assert (decoded.text, decoded.lossless) == (TRADITIONAL_ARTICLE + "\udc8e\udca3\udca1\udca1山", True)
    assert encode(decoded.text, "euc-tw") == data


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


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@given(text=encodable_texts(), rest=st.binary(max_size=5))
def test_bytes_left_over_in_a_wide_encoding_are_kept(name: str, text: str, rest: bytes) -> None:
    assume(not text.startswith("\0"))
    data = BYTE_ORDER_MARKS[name] + text.encode(name) + rest
    decoded = decode(data)
    assert decoded.text[1:].startswith(text)
    assert (encode(decoded.text, decoded.encoding) == data) is decoded.lossless


def test_half_a_wide_character_is_kept() -> None:
    data = codecs.BOM_UTF16_LE + "山水".encode("utf-16-le") + b"\x71"
    decoded = decode(data)
    assert (decoded.text[-3:], decoded.lossless) == ("山水\udc71", True)
    assert encode(decoded.text, decoded.encoding) == data


def test_half_a_surrogate_pair_in_utf_16_is_kept_byte_by_byte() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + b"\x71\x5c\x3d\xd8\x34\x6c")
    assert (decoded.text[1:], decoded.lossless) == ("山\udc3d\udcd8水", True)


@pytest.mark.parametrize(
    ("text", "name"),
    [(ARTICLE, "gb18030"), (TRADITIONAL_ARTICLE, "cp950"), (JAPANESE, "euc_jp"), (KOREAN, "cp949")],
)
def test_bytes_that_are_no_text_stay_in_any_encoding(text: str, name: str) -> None:
    data = text.encode(name).replace(b"\n", b"\xff\n") + b"\xff\xff"
    decoded = decode(data)
    assert (decoded.text.replace("\udcff", ""), decoded.lossless) == (text, True)
    assert encode(decoded.text, decoded.encoding) == data


def test_a_character_with_two_codes_is_read_and_said_to_be_lost() -> None:
    decoded = decode(TRADITIONAL_ARTICLE.encode("big5") + b"\xa2\xcc")
    assert (decoded.text, decoded.encoding) == (TRADITIONAL_ARTICLE + "十", "cp950")
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


def test_a_few_bytes_with_a_nul_are_refused_with_advice() -> None:
    with pytest.raises(InputError, match="byte-order mark if it is UTF-16"):
        decode("山水a".encode("utf-16-le"))


def test_one_nul_is_enough_to_be_binary() -> None:
    with pytest.raises(InputError, match="no text: 1 of the first"):
        decode(ARTICLE.encode() + b"\x00")


def test_a_few_stray_controls_are_text() -> None:
    text = ARTICLE + "\x01\x0c\x1b\x08"
    assert decode(text.encode()).text == text


def test_an_empty_input_is_an_empty_text() -> None:
    assert decode(b"") == Decoded("", "utf-8", "valid UTF-8", lossless=True)
