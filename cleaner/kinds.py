"""What the kinds of rules that code finds are, in a few words, for reports; a rule file says it of its own.

Next: `pipeline`, where the finders are.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Where a rule file reports under the same kind, these words are of both.
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "extract": "parts of HTML pages beside the main content: menus, lists, comments",
        "mojibake": "text that was decoded in the wrong encoding",
        "characters": "characters that can’t be seen, controls, bytes that are no text",
        "escapes": r"escapes such as \u5927 and %E5%A4%A7",
        "entities": "HTML entities such as &nbsp;",
        "markup": "HTML tags left or planted in the text",
        "jammers": "random marks and letters that a forum hides between its lines",
        "filters": "marks put into words against a word filter",
        "notes": "pinyin or zhuyin readings in brackets behind characters",
        "shear": "false characters that inserted readings made",
        "front-matter": "machine fields at the head of a blog post",
        "bbcode": "tags of forums, such as [quote]",
        "forum": "what a forum writes around posts: floors, buttons, member cards",
        "markdown": "empty or broken Markdown, and images of which only markup is left",
        "links": "lists of links, and addresses that mean nothing elsewhere",
        "promos": "plugs of channels that run together with the text",
        "spam": "advertisements of spammers, by their words",
        "repeats": "what the text says twice: pasted bodies, titles, captions",
        "structure": "lines that read as furniture and stand beside furniture",
        "templates": "lines that many documents of one site share",
        "duplicates": "sentences that other documents have, or only a dropped one",
        "drop": "whole documents: near-duplicates, and what --drop leaves out",
        "holes": "question marks where a dot, dash, blank or quotation mark was lost",
        "layout": "spaced-out lines, line ends within sentences, page marks",
        "script": "conversion to simplified or traditional characters",
        "punctuation": "conversion of ASCII marks to full width",
        "losses": "places that nothing could put right",
    }
)
