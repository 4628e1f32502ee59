"""Made-up corpora for those who have none: of the kinds of the real ones, the same on every machine.

Articles are sentences of the repository's own texts in another order. Dirty ones have, between their paragraphs, the
lines that the rules' own examples show, entities, lost markup, lists of headlines, and paragraphs said twice.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import islice
from typing import Final

from bench.corpora import FOLDER, ROOT, own_texts, texts
from cleaner.fold import converted

CORPORA: Final = ("news_hans", "wechat_hans_dirty", "laws_hant", "web_hant_dirty")
TEXTS: Final = 1000  # of a corpus
_SENTENCE: Final = re.compile(r"(?:^|(?<=[。！？]))[，、；：《》（）\w.%—·]{6,120}[。！？]", re.MULTILINE)
_PARAGRAPHS, _SENTENCES = (4, 14), (2, 5)
_DENSITY: Final = 0.9  # pieces of dirt a paragraph
_LIST: Final = 8  # headlines


def sample(name: str, count: int) -> list[str]:
    """So many texts at most of a corpus, from all over it; invented ones if the corpus isn't there."""
    if not is_there(name):
        return invented(name, count)
    found = texts(name)
    return found if len(found) <= count else [found[place * len(found) // count] for place in range(count)]


def is_there(name: str) -> bool:
    """Whether there is a corpus of this name to be measured on."""
    return (FOLDER / f"{name}.jsonl.gz").exists()


def invented(name: str, count: int = TEXTS) -> list[str]:
    """So many texts like those of the corpus of this name: traditional if it has `hant`, dirty if it has `dirty`."""
    draw = random.Random(name)
    texts = [_dirty(draw) if "dirty" in name else "\n".join(_paragraphs(draw)) for _ in range(count)]
    return [converted(text, "hant" if "hant" in name else "hans") for text in texts]


def pages(count: int) -> list[str]:
    """HTML pages: an article between links to others."""
    draw = random.Random("pages")
    return [_page(draw) for _ in range(count)]


def _paragraphs(draw: random.Random) -> list[str]:
    lengths = [draw.randint(*_SENTENCES) for _ in range(draw.randint(*_PARAGRAPHS))]
    sentences = iter(draw.sample(_sentences(), sum(lengths)))  # no article says one twice
    return ["".join(islice(sentences, length)) for length in lengths]


def _dirty(draw: random.Random) -> str:
    lines = _paragraphs(draw)
    for _ in range(round(_DENSITY * len(lines))):
        piece = draw.choice((_example, _example, _example, _headlines, _again, _marked))(draw, lines)
        lines.insert(draw.randint(1, len(lines)), piece)
    return "\n".join(lines)


def _example(draw: random.Random, _: list[str]) -> str:
    return draw.choice(_examples())


def _headlines(draw: random.Random, _: list[str]) -> str:
    return "\n".join(f"· {sentence[:20]}" for sentence in draw.sample(_sentences(), _LIST))


def _again(draw: random.Random, lines: list[str]) -> str:
    return draw.choice(lines)


def _marked(draw: random.Random, _: list[str]) -> str:
    first, second, third = draw.sample(_sentences(), 3)
    return f"&nbsp;&nbsp;{escape(first)}<br/>{second}&ldquo;{third}&rdquo;</p>"


def _page(draw: random.Random) -> str:
    links = "".join(f'<li><a href="/{number}.html">{_headlines(draw, [])[2:22]}</a></li>' for number in range(_LIST))
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in _paragraphs(draw))
    title = draw.choice(_sentences())[:20]
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body><ul class='nav'>{links}"
        f"</ul><div class='article'><h1>{title}</h1>\n{body}</div><div class='related'><ul>{links}</ul></div></body>"
    )


@cache
def _sentences() -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for text in own_texts() for sentence in _SENTENCE.findall(text)))


@cache
def _examples() -> tuple[str, ...]:
    return tuple(_dirt())


def _dirt() -> Iterator[str]:
    """What the examples of the rules have cleaned; those that only flag have none."""
    for path in sorted((ROOT / "rules").glob("*.toml")):
        for rule in tomllib.loads(path.read_text("utf-8")).get("rule", ()):
            yield from (before.strip("\n") for before, _ in rule.get("changes", ()))
