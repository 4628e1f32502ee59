"""HTML entities left in text: `&nbsp;`, `&amp;ldquo;`, `&#20013;`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from cleaner.document import Edit
from cleaner.repair.characters import plain
from cleaner.repair.markup import is_about_markup
from cleaner.units import View

_ENTITY: Final = re.compile(
    r"&(?:amp;)*(?P<body>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|(?<![&\w])(?P<bare>#x[0-9a-fA-F]{4});"
)
_UNTAGGED: Final = re.compile(r"[\s\d=]|$")


def find(view: View) -> Iterator[Edit]:
    """Edits that decode entities, however often their `&` was escaped.

    Left alone: names HTML doesn't know, entities without a semicolon (`?a=1&copy=2`), `&lt;` and `&gt;`
    where decoding would make a tag, and all of them on a page about markup or code, where they are quoted.
    """
    if ";" not in view.text or not ("&" in view.text or "#x" in view.text):
        return
    matches = list(_ENTITY.finditer(view.text))
    if not matches or is_about_markup(view):
        return
    for match in matches:
        entity = f"&{match['body'] or match['bare']};"
        new = html.unescape(entity)
        if new != entity and not (new in "<>" and not _UNTAGGED.match(view.text, match.end())):
            new = " " if new == "\N{NO-BREAK SPACE}" else plain(new)
            yield Edit(
                match.start(),
                match[0],
                new,
                "entities/entity",
                f"HTML entity left in the text, which stands for {new!r}",
            )
