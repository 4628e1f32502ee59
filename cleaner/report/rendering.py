"""How pages are made of templates: what others wrote stands in them as text, and nothing else.

Pages load nothing and link to nothing but each other; a policy tells browsers so, too. All text is escaped, what
cannot be seen in it is shown as marks, and none of it can reorder what stands beside it. Next: `composition`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cleaner import marks
from cleaner.sinks import safe_name, stem_of


def render(
    template: str,
    *,
    styles: Sequence[str] = ("page.css",),
    scripts: Sequence[str] = (),
    allowed: Sequence[str] = (),
    loads: bool = False,
    **values: object,
) -> str:
    """The page that a template makes of values, which may hold text of others.

    `styles` and `scripts` name files beside the templates: these stand in the page, in this order, and no others
    apply. `allowed` are further directives of its policy, for a page that is served and asks its server something.
    With `loads` its scripts may load others, which no markup may: files cannot be named by their hashes, for browsers
    check those of what a server sends alone.
    """
    inlined = tuple(map(_inlined, styles)), tuple(map(_inlined, scripts))
    page = _environment().get_template(template)
    policy = _policy(*inlined, tuple(allowed), loads=loads)
    return page.render(styles=inlined[0], scripts=inlined[1], policy=policy, **values)


def policy_of(styles: Sequence[str] = ("page.css",), scripts: Sequence[str] = (), allowed: Sequence[str] = ()) -> str:
    """The policy that `render` puts into a page of these styles and scripts, for a server to repeat."""
    return str(_policy(tuple(map(_inlined, styles)), tuple(map(_inlined, scripts)), tuple(allowed), loads=False))


def address_of(name: str) -> str:
    """The link from the index to the report on a file."""
    return f"reports/{quote(stem_of(safe_name(name)))}.html"


def top_of(name: str) -> str:
    """The way up from the report on a file to the folder of the index."""
    return "../" * (safe_name(name).count("/") + 1)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cleaner.report"),
        autoescape=True,
        finalize=_marked,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # templates of a package don't change, and looking takes longer than reading did
    )
    environment.filters |= {"seen": seen, "foreign": foreign, "told": told, "thousands": _thousands}
    return environment


@cache
def _inlined(name: str) -> Markup:
    """A style or script, with the ends of lines that browsers read, for its hash is of those."""
    environment = _environment()
    assert environment.loader
    return Markup("\n".join(environment.loader.get_source(environment, name)[0].splitlines()))


@lru_cache(maxsize=1 << 5)  # there are as many as sorts of pages
def _policy(styles: tuple[str, ...], scripts: tuple[str, ...], allowed: tuple[str, ...], *, loads: bool) -> Markup:
    """What a page may do: show itself in these very styles, run these very scripts, and nothing else.

    https://www.w3.org/TR/CSP3/ says how they are named by their hashes, so that no others apply.
    """
    named = _named("style-src", styles), _named("script-src", scripts)
    if loads:
        named = named[0], f"{named[1]} 'strict-dynamic'"
    return Markup("; ".join(["default-src 'none'", *filter(None, named), *_ALWAYS, *allowed]))


_ALWAYS: Final = ("base-uri 'none'", "form-action 'none'")


def _named(directive: str, files: Iterable[str]) -> str:
    hashes = [f"'sha256-{b64encode(sha256(file.encode()).digest()).decode()}'" for file in files]
    return " ".join([directive, *hashes]) if hashes else ""


def seen(text: str) -> Markup:
    """Text of others as HTML, with a mark for each character that would not be seen."""
    if marks.is_plain(text):
        return escape(text)
    return Markup(
        "".join([_span(part) if isinstance(part, marks.Unseen) else escape(part) for part in marks.parts(text)])
    )


def showing(texts: Iterable[str]) -> Callable[[str], str]:
    """What gives as HTML, as `seen` does, any piece of these texts: nearly always they are as plain as each other."""
    return escape if marks.is_plain("".join(texts)) else seen


def _span(unseen: marks.Unseen) -> str:
    end = "\n" if unseen.ends_line else ""
    return f'<span class="unseen" title="{escape(unseen.title)}">{escape(unseen.mark)}{end}</span>'


def foreign(text: str) -> Markup:
    """The same as an element that cannot reorder what stands around it."""
    return Markup(f"<bdi>{seen(text)}</bdi>")


def told(sentence: str) -> Markup:
    """A sentence of ours that may quote text of others: it reads from left to right, whatever it begins with."""
    return Markup(f'<bdi dir="ltr">{seen(sentence)}</bdi>')


def _thousands(number: int) -> str:
    """A number as people read it, and as the commands print it."""
    return f"{number:,}"


def _marked(value: object) -> object:
    """What stands in a page without a filter, as in an attribute: marks there, too, are but text."""
    return marks.marked(value) if isinstance(value, str) and not isinstance(value, Markup) else value
