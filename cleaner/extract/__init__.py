"""HTML page → the text of its main content, its fields, and what was left out. Next: `units`, which cuts it into lines.

In turn: `parsing` makes a tree in linear time whatever the page does, `blocks` cuts it into lines and boxes, `features`
and `boxes` describe both, `choosing` takes one box and leaves furniture in it out, `metadata` reads the fields,
`sites` knows some hosts better, and `rendering` writes text and reasons. `whole` reads a page without choosing.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from lxml import etree

from cleaner.extract import sites
from cleaner.extract.blocks import blocks_of
from cleaner.extract.choosing import Choice, choose
from cleaner.extract.features import View
from cleaner.extract.kinds import Kind, is_list
from cleaner.extract.metadata import Facts, Head, facts_of, head_of
from cleaner.extract.parsing import tree_of
from cleaner.extract.rendering import LeftOut, left_out, rendered
from cleaner.extract.whole import whole_text

__all__ = ["LeftOut", "Page", "extract", "whole_text"]


class Page(NamedTuple):
    """What an HTML page says: the text of its main content, a line for each block, and fields, "" where unknown.

    `date` is ISO 8601, as far as the page tells it. `kind` is what the page is. `left_out` holds every other block
    that a reader sees, and those that are hidden from one, in document order.
    """

    text: str
    title: str = ""
    date: str = ""
    author: str = ""
    source: str = ""
    kind: Kind = "empty"
    left_out: tuple[LeftOut, ...] = ()


def extract(page: str, *, url: str = "", host: str = "") -> Page:
    """The main content of an HTML page; `url`, or `host` alone, if known, tell sites and threads.

    Without either, the address that the page gives itself counts. What a reader never sees (scripts, styles, frames)
    is neither in the text nor among what was left out. Where no box has any prose, the page is still read: its best
    box is the text. Never raises, takes time and memory linear in the page.
    """
    root = tree_of(page)
    if root is None:
        return Page("")
    head, blocks = head_of(root), blocks_of(root)
    if not blocks.texts:
        return Page("", title=head.title)
    view = View(blocks, head)
    address = url or (f"https://{host}/" if host else head.address)
    site = sites.site_of(_host(address), sites.shipped())
    choice = _of_site(view, site, root) or choose(view, address, is_thread=_known_thread(site))
    facts = _facts(view, head, site, root)
    return Page(
        rendered(view.blocks, choice.kept),
        *facts,
        kind=(site and site.kind) or _kind(view, choice),
        left_out=tuple(left_out(view, choice)),
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _known_thread(site: sites.Site | None) -> bool | None:
    return None if site is None or site.kind is None else site.kind == "thread"


def _of_site(view: View, site: sites.Site | None, root: etree._Element) -> Choice | None:
    """What the site's selectors choose, or None if they find no text."""
    content = site.find(root, "content") if site else []
    if not site or not content:
        return None
    elements = view.blocks.stream.elements
    held = sites.chosen(content, site.find(root, "drop"), [elements[number] for number in view.blocks.boxes])
    kept = tuple(place for place, box in enumerate(view.blocks.inside) if held[box] and not view.closed[place])
    return Choice(kept[0], kept[-1] + 1, kept, site.kind == "thread") if kept else None


def _facts(view: View, head: Head, site: sites.Site | None, root: etree._Element) -> Facts:
    facts = facts_of(head, view.blocks.texts, view.head)
    told = {name: site.find(root, name) for name in Facts._fields} if site else {}
    texts = {name: " ".join("".join(map(str, found[0].itertext())).split()) for name, found in told.items() if found}
    return facts._replace(**{name: text for name, text in texts.items() if text})


def _kind(view: View, choice: Choice) -> Kind:
    kept = np.array(choice.kept, np.int64)
    letters = view.said.letters[kept]
    if is_list(letters.tolist(), (letters * view.share[kept]).tolist()):
        return "list"
    if not kept.size:
        return "empty"
    return "thread" if choice.is_thread else "article"
