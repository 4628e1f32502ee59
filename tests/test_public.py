"""The public face: names and signatures that users hold on to."""

from __future__ import annotations

import inspect

import pytest

import cleaner


def test_these_names_are_public() -> None:
    assert cleaner.__all__ == ["Cleaner", "CleanerError", "Document", "Edit", "__version__", "clean"]
    assert all(hasattr(cleaner, name) for name in cleaner.__all__)


def test_the_version_is_one() -> None:
    assert all(part.isdigit() for part in cleaner.__version__.split("."))


@pytest.mark.parametrize(
    ("callable_", "signature"),
    [
        (cleaner.clean, "(text: 'str') -> 'Document'"),
        (
            cleaner.Cleaner,
            "(*, script: 'Script' = 'keep', punctuation: 'Punctuation' = 'keep', "
            "rule_files: 'Sequence[Path | str]' = (), site_files: 'Sequence[Path | str]' = (), "
            "drop: 'Sequence[str]' = (), templates: 'Counts | None' = None) -> 'None'",
        ),
        (
            cleaner.Cleaner.clean,
            "(self, text: 'str', *, name: 'str' = '', encoding: 'str' = '', lossless: 'bool' = True, "
            "groups: 'Sequence[str]' = ()) -> 'Document'",
        ),
        (
            cleaner.Cleaner.finished,
            "(self, document: 'Document', *, groups: 'Sequence[str]' = ()) -> 'Document'",
        ),
        (cleaner.Cleaner.repaired, "(self, text: 'str', *, name: 'str' = '') -> 'Document'"),
        (cleaner.Cleaner.knowing, "(self, templates: 'Counts') -> 'Cleaner'"),
        (cleaner.templates.Counts, "(least: 'int' = 3, *, limit: 'int' = 4000000) -> 'None'"),
        (cleaner.templates.Counts.add, "(self, view: 'View', groups: 'Iterable[str]') -> 'None'"),
        (cleaner.templates.groups_of, "(name: 'str', text: 'str') -> 'tuple[str, ...]'"),
        (
            cleaner.Edit,
            "(start: 'int', old: 'str', new: 'str', rule: 'str', why: 'str', confidence: 'float' = 1.0, "
            "matched: 'Matched | None' = None) -> None",
        ),
        (
            cleaner.Document,
            "(name: 'str', source: 'str', text: 'str', layers: 'tuple[Layer, ...]' = (), encoding: 'str' = '', "
            "lossless: 'bool' = True, about: 'About | None' = None) -> None",
        ),
        (
            cleaner.Document.of,
            "(text: 'str', *, name: 'str' = '', encoding: 'str' = '', lossless: 'bool' = True) -> 'Document'",
        ),
        (cleaner.Document.revised, "(self, proposals: 'Iterable[Edit]') -> 'Document'"),
        (cleaner.Document.rebuilt, "(self) -> 'str'"),
        (cleaner.Document.origins, "(self) -> 'Iterator[Origin]'"),
    ],
    ids=lambda value: getattr(value, "__qualname__", "is"),
)
def test_a_public_signature_is_pinned(callable_: object, signature: str) -> None:
    assert str(inspect.signature(callable_)) == signature  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["StaleEditError", "RuleError", "ConditionError", "InputError", "OutputError", "ReportError", "AbsentError"],
)
def test_every_error_raised_on_purpose_is_a_cleaner_error(name: str) -> None:
    assert issubclass(getattr(cleaner.errors, name), cleaner.CleanerError)
