"""How pages are made of templates: what others wrote stands in them as text, and nothing else.

Pages load nothing and link to nothing but each other; a policy tells browsers so, too. All text is escaped, what
cannot be seen in it is shown as marks, and none of it can reorder what stands beside it. Next: `document_pages`.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cleaner import marks
from cleaner.sinks import safe_name


def render(template: str, **values: object) -> str:
    """The page that a template makes of values, which may hold text of others."""
    return _environment().get_template(template).render(**values)


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
    )
    style = _style(environment)
    environment.filters |= {"seen": _seen, "foreign": _foreign, "told": _told}
    environment.globals |= {"style": Markup(style), "policy": Markup(_policy(style))}
    return environment


def _style(environment: Environment) -> str:
    """The style of all pages, with the ends of lines that browsers read, for its hash is of those."""
    assert environment.loader
    return "\n".join(environment.loader.get_source(environment, "page.css")[0].splitlines())


def _policy(style: str) -> str:
    """What a page may do: show itself in this very style, and nothing else.

    https://www.w3.org/TR/CSP3/ says how a style is named by its hash, so that no other one applies.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _seen(text: str) -> Markup:
    """Text of others as HTML, with a mark for each character that would not be seen."""
    return Markup(
        "".join([_span(part) if isinstance(part, marks.Unseen) else escape(part) for part in marks.parts(text)])
    )


def _span(unseen: marks.Unseen) -> str:
    end = "\n" if unseen.ends_line else ""
    return f'<span class="unseen" title="{escape(unseen.title)}">{escape(unseen.mark)}{end}</span>'


def _foreign(text: str) -> Markup:
    """The same as an element that cannot reorder what stands around it."""
    return Markup(f"<bdi>{_seen(text)}</bdi>")


def _told(sentence: str) -> Markup:
    """A sentence of ours that may quote text of others: it reads from left to right, whatever it begins with."""
    return Markup(f'<bdi dir="ltr">{_seen(sentence)}</bdi>')


def _marked(value: object) -> object:
    """What stands in a page without a filter, as in an attribute: marks there, too, are but text."""
    return marks.marked(value) if isinstance(value, str) and not isinstance(value, Markup) else value
