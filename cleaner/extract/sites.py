"""What a host's pages look like, where a rule says so: `rules/sites/*.toml`. Next: `cleaner.extract`.

A file names hosts and, as CSS selectors or XPath (which begins with `/`, `.` or `(`), the elements that hold the main
content and those to leave out of it. It says for one host what no feature tells; what it doesn't name is found as on
any other page, and so is everything if its `content` isn't there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from lxml import etree
from lxml.cssselect import CSSSelector, SelectorError

from cleaner.errors import InputError, RuleError
from cleaner.rules import shipped_folder

SiteKind = Literal["article", "thread", "list"]
_SELECTORS: Final = ("content", "drop", "title", "date", "author", "source")
_KEYS: Final = frozenset(("hosts", "about", "kind", *_SELECTORS))


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a host's pages; `selectors` by what they find: `content`, `drop`, or a field."""

    hosts: tuple[str, ...]
    kind: SiteKind | None
    selectors: Mapping[str, tuple[etree.XPath, ...]]

    def find(self, root: etree._Element, what: str) -> list[etree._Element]:
        """The elements of a page that the first selector for `what` finds which finds any.

        Raises `InputError` for an XPath that calls what isn't there, which shows only on the page that it meets.
        """
        for selector in self.selectors.get(what, ()):
            try:
                found = selector(root)
            except etree.XPathError as error:
                raise InputError(f"the site file of {self.hosts[0]}: {what}: {selector.path}: {error}") from error
            if isinstance(found, list) and (elements := [each for each in found if isinstance(each, etree._Element)]):
                return elements
        return []


Sites = Mapping[str, Site]  # by host


def load(paths: Iterable[Path]) -> Sites:
    """The sites of the given files; raises `RuleError` for what cannot be used."""
    sites: dict[str, Site] = {}
    for path in paths:
        site = _read(path)
        for host in site.hosts:
            if host in sites:
                raise RuleError(f"{path}: {host} has a file already; put both into one")
            sites[host] = site
    return sites


@cache
def shipped() -> Sites:
    """The sites that come with the package."""
    return load(sorted((shipped_folder() / "sites").glob("*.toml")))


def site_of(host: str, sites: Sites) -> Site | None:
    """The site of a host, or of the host it is part of: `news.example.com` is of `example.com`."""
    parts = host.lower().split(".")
    names = (".".join(parts[at:]) for at in range(len(parts) - 1))
    return next((sites[name] for name in names if name in sites), None)


def _read(path: Path) -> Site:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror}; name a site file that can be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: is no TOML: {error}") from error
    if unknown := sorted(content.keys() - _KEYS):
        raise RuleError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    hosts, kind = content.get("hosts"), content.get("kind")
    if not _are_words(hosts) or not hosts:
        raise RuleError(f"{path}: hosts must be a list of host names, as in hosts = ['example.com']")
    if kind is not None and kind not in get_args(SiteKind):
        raise RuleError(f"{path}: kind is {kind!r}; it must be one of {', '.join(get_args(SiteKind))}")
    selectors: dict[str, tuple[etree.XPath, ...]] = {
        what: _selectors(path, what, content[what]) for what in _SELECTORS if what in content
    }
    if not selectors:
        raise RuleError(f"{path}: says nothing of its hosts; give one of {', '.join(_SELECTORS)}")
    return Site(tuple(host.lower() for host in hosts), kind, selectors)


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def _selectors(path: Path, what: str, written: Any) -> tuple[etree.XPath, ...]:
    if not _are_words(written):
        raise RuleError(f"{path}: {what} must be a list of CSS selectors or XPaths")
    return tuple(_selector(path, what, text) for text in written)


def _selector(path: Path, what: str, text: str) -> etree.XPath:
    try:
        is_path = text.startswith(("/", "./", ".//", "("))
        selector: etree.XPath = etree.XPath(text) if is_path else CSSSelector(text, translator="html")
    except (etree.XPathError, SelectorError) as error:
        raise RuleError(f"{path}: {what}: {text!r} cannot be read as XPath or CSS: {error}") from error
    return selector


def chosen(
    elements: Sequence[etree._Element], dropped: Sequence[etree._Element], boxes: Sequence[etree._Element]
) -> list[bool]:
    """For each box whether it lies in one of `elements` and in none of `dropped`."""
    inside, outside = set(elements), set(dropped)
    held: dict[etree._Element, bool] = {}
    return [_is_held(box, inside, outside, held) for box in boxes]


def _is_held(
    box: etree._Element, inside: set[etree._Element], outside: set[etree._Element], held: dict[etree._Element, bool]
) -> bool:
    element: etree._Element | None = box
    way: list[etree._Element] = []
    while element is not None and element not in held and element not in inside and element not in outside:
        way.append(element)
        element = element.getparent()
    found = element is not None and (element in inside or held.get(element, False)) and element not in outside
    held.update((each, found) for each in way)
    return found
