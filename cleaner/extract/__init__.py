"""HTML page → a document: main content, fields, an edit for each block left out. Next: `units`, which cuts into lines.

In turn: `parsing` makes a tree in linear time whatever the page does, `metadata` reads the fields, `stream` reads the
rest, `sheets` and `hiding` tell what of it nobody sees, `blocks` cuts it into lines and boxes, `features` and `boxes`
describe both, `choosing` takes one box and leaves furniture in it out, `sites` knows some hosts better, and `rendering`
writes the text and the edits. `whole` reads a page without choosing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import numpy as np
from lxml import etree

from cleaner.document import About, Document, PageKind
from cleaner.extract import sites
from cleaner.extract.blocks import blocks_of
from cleaner.extract.choosing import Choice, choose
from cleaner.extract.features import View
from cleaner.extract.growing import unveiled
from cleaner.extract.kinds import is_list
from cleaner.extract.metadata import Head, facts_of, head_of
from cleaner.extract.parsing import tree_of, unsheltered
from cleaner.extract.records import add_record
from cleaner.extract.rendering import KIND, laid, left_out
from cleaner.extract.sites import Sites
from cleaner.fold import encodable

__all__ = ["KIND", "extract", "host_of"]

_FIELDS: Final = ("title", "date", "author", "source")  # that a site may have selectors for


def extract(  # noqa: PLR0913  a page is known by all of these
    page: str, *, name: str = "", url: str = "", host: str = "", encoding: str = "", known: Sites | None = None
) -> Document:
    """An HTML page as a document: its text is the main content, a line for each block, and `about` its fields.

    Its source is all that the elements of the page say; one layer of edits leaves out every block that is not main
    content, those that are hidden from a reader too, and tells why, where in the page each stood, and how sure that is.
    What nobody reads (scripts, styles, frames) is in neither; prose for readers without scripts, and an article that
    the page's data tells and the page doesn't, are among what is hidden, or the text of a page that says less without.
    Formulas that a script would draw are TeX between dollars. Numbers and bullets that a browser draws before the items
    of a list are no text of the page, and are not added.
    Prose that folds within the main content stays, with a flag. `url`, or `host` alone, if known, tell sites and
    threads; without either, the address that the page gives itself counts. `known` are the sites there are; by default,
    those that come with the package. Where no box has any prose, the page is still read: its best box is
    the text. The title is in the text only where it stands within the main content; `about` has it in any case.
    Raises `InputError` only for an XPath of a site file that fails; takes time and memory linear in the page.

    >>> document = extract("<title>旧书铺</title><p hidden>首页</p><p>桥头有一家旧书铺，邮差每天都来。</p>")
    >>> document.text, document.about.title, document.edits[0].why
    ('桥头有一家旧书铺，邮差每天都来。', '旧书铺', 'hidden, in p')
    """
    root = tree_of(page)
    if root is None:
        return _document(name, "", encoding, About())
    head, blocks = head_of(root), blocks_of(root)
    if add_record(root, head.body, blocks.texts):
        blocks = blocks_of(root)
    if not blocks.texts:
        return _document(name, "", encoding, About(head.title))
    view = View(blocks, head)
    address = url or (f"https://{host}/" if host else head.address)
    site = sites.site_of(host_of(address), sites.shipped() if known is None else known)
    choice = _of_site(view, site, root) or choose(view, address, is_thread=_known_thread(site))
    about = _about(view, head, site, root)._replace(kind=(site and site.kind) or _kind(view, choice))
    lines = laid(view.blocks)
    if found := unsheltered([*lines.texts, *about[:4]], page):
        lines, about = lines._replace(texts=found[:-4]), _readable(about, found[-4:])
    return _document(name, lines.text, encoding, about).revised(left_out(view, choice, lines))


def _document(name: str, source: str, encoding: str, about: About) -> Document:
    """A page's document before anything is left out.

    It is never `lossless`: the bytes of the page, most of which are markup, cannot be had from it, whether or not all
    were text. Those that weren't stand in it as in any text, and the layer of `repair.characters` tells each.
    """
    return Document(name, source, source, (), encoding, lossless=False, about=about)


def _readable(about: About, fields: Sequence[str]) -> About:
    """The fields of a page with U+FFFD for each byte that is no text: no layer tells of these what was lost."""
    title, date, author, source = map(encodable, fields)
    return About(title, date, author, source, about.kind)


def host_of(address: str) -> str:
    """The host of an address, "" if it has none or is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _known_thread(site: sites.Site | None) -> bool | None:
    return None if site is None or site.kind is None else site.kind == "thread"


def _of_site(view: View, site: sites.Site | None, root: etree._Element) -> Choice | None:
    """What the site's selectors choose, or None if they find no text; what only folds stays, as it does elsewhere."""
    content = site.find(root, "content") if site else []
    if not site or not content:
        return None
    elements = view.blocks.stream.elements
    held = sites.chosen(content, site.find(root, "drop"), [elements[number] for number in view.blocks.boxes])
    is_inside = np.array([held[box] for box in view.blocks.inside], np.bool_)
    shown = np.flatnonzero(is_inside & ~view.closed).tolist()
    if not shown:
        return None
    kept = tuple(sorted([*shown, *unveiled(view, is_inside, 0, len(is_inside))]))
    return Choice(kept[0], kept[-1] + 1, kept, site.kind == "thread")


def _about(view: View, head: Head, site: sites.Site | None, root: etree._Element) -> About:
    about = facts_of(head, view.blocks.texts, view.head)
    told = {name: site.find(root, name) for name in _FIELDS} if site else {}
    texts = {name: " ".join("".join(map(str, found[0].itertext())).split()) for name, found in told.items() if found}
    found = about._asdict() | {name: text for name, text in texts.items() if text}
    return About(**found)


def _kind(view: View, choice: Choice) -> PageKind:
    kept = np.array(choice.kept, np.int64)
    letters = view.said.letters[kept]
    undated = letters - view.said.dated[kept]  # for lists tell when each of their links is from
    if is_list(undated.tolist(), np.minimum(letters * view.share[kept], undated).tolist()):
        return "list"
    if not kept.size:
        return "empty"
    return "thread" if choice.is_thread else "article"
