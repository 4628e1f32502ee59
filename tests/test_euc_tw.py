"""EUC-TW's table: what it holds, that it can be gone through both ways, and that it is what iconv says."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.euc_tw import _known, decode, encode
from tests.samples import TRADITIONAL_ARTICLE


def has_iconv() -> bool:
    return (
        bool(shutil.which("iconv"))
        and not subprocess.run(
            ["iconv", "-f", "EUC-TW", "-t", "UTF-8"], input=b"", capture_output=True, check=False
        ).returncode
    )


def test_all_hanzi_of_big5_are_there() -> None:
    letters = set(_known().values())
    assert len(_known()) == 5831 * 2 + 7650
    big5 = {bytes((lead, trail)).decode("big5", "ignore") for lead in range(0xA4, 0xC7) for trail in range(0x40, 0xFF)}
    assert {letter for letter in big5 if "一" <= letter <= "龥"} - letters == {"彝"}  # CNS 11643 has 彞


@pytest.mark.parametrize(
    ("code", "letter"),
    [("a1a2", "，"), ("c4a1", "一"), ("c4a3", "丁"), ("8ea2a1a1", "乂"), ("8ea1c4a1", "一"), ("a4a1", "０")],
)
def test_codes_of_the_standard(code: str, letter: str) -> None:
    assert decode(bytes.fromhex(code)) == letter


def test_a_text_goes_both_ways() -> None:
    assert decode(encode(TRADITIONAL_ARTICLE)) == TRADITIONAL_ARTICLE


@given(st.binary())
def test_no_byte_is_lost(data: bytes) -> None:
    text = decode(data)
    if b"\x8e\xa1" not in data:  # plane 1 has two forms
        assert encode(text) == data


def test_what_it_does_not_hold_is_said() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode("发")


@pytest.mark.skipif(not has_iconv(), reason="needs an iconv that knows EUC-TW")
def test_the_table_is_what_iconv_says() -> None:
    codes = list(_known())
    said = subprocess.run(
        ["iconv", "-f", "EUC-TW", "-t", "UTF-8"], input=b"\n".join(codes), capture_output=True, check=True
    ).stdout.decode()
    assert said.split("\n") == [_known()[code] for code in codes]
