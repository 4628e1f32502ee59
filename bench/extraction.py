"""How well main content is told from the rest of Chinese pages, and how fast, beside the peers.

`python -m bench.extraction` prints the mean F1 of character 5-grams (multisets; white space and Markdown marks don't
count) on pages whose main content people marked, and pages a second of processor time: of each peer that is installed,
of the package as it is, and of models fitted without the hosts of the pages they are judged on, which is the honest
figure. `--write` fits the models to all pages and writes their weights.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import fmean
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
from scipy.optimize import minimize

from bench.corpora import FOLDER
from cleaner.decode import decode
from cleaner.errors import InputError
from cleaner.extract import extract
from cleaner.extract.blocks import blocks_of, unveiled
from cleaner.extract.boxes import Candidates, candidates, stacked, weigh
from cleaner.extract.choosing import WEIGHTS, Linear, Models, choose, in_box
from cleaner.extract.features import Numbers, Table, View, describe
from cleaner.extract.kinds import CUES, cues
from cleaner.extract.metadata import about_of, title_of
from cleaner.extract.parsing import tree_of
from cleaner.pipeline import Cleaner
from cleaner.sources.opening import needed

_IGNORED: Final = re.compile(r"[\s#*_`>|~\\-]+")
_GRAM: Final = 5
_FOLDS, _INNER = 8, 3
_PULLS: Final = {"thread": 0.5, "block": 10.0, "box": 0.3, "keep": 20.0}  # of weights towards 0, by cross-validation
_LEAST: Final = 0.25  # chance from which a block of the box stays, by cross-validation
_SHARPNESS: Final = 12.0  # how much better than others the best box is to be, per unit of F1
_SURE: Final = 12  # letters of a block that are found in the marked text wherever they stand
_SHOWN: Final = 6


def grams(text: str) -> Counter[str]:
    """The 5-grams of what counts of a text; one that is shorter is its own."""
    text = _IGNORED.sub("", text)
    return Counter(text[at : at + _GRAM] for at in range(max(len(text) - _GRAM + 1, 1))) if text else Counter()


def f1(found: str | Counter[str], gold: str | Counter[str]) -> float:
    """Harmonic mean of the shares of found 5-grams that are right, and of right ones that are found."""
    ours, theirs = (text if isinstance(text, Counter) else grams(text) for text in (found, gold))
    if not ours or not theirs:
        return float(not ours and not theirs)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


@dataclass
class Marked:
    """A page whose main content is known."""

    name: str
    url: str
    gold: str
    page: str
    is_thread: bool

    @property
    def host(self) -> str:
        """The registered name of its host, as good as it can be told without a list of them."""
        parts = (urlsplit(self.url).hostname or "").split(".")
        return ".".join(parts[-3:] if len(parts[-1]) == 2 and len(parts[-2]) <= 3 else parts[-2:])

    @cached_property
    def view(self) -> View:
        """Its blocks."""
        root = tree_of(self.page)
        assert root is not None
        return View(unveiled(blocks_of(root)), title_of(root), about_of(root))

    @cached_property
    def table(self) -> Table:
        """The features of its blocks."""
        return describe(self.view, is_thread=self.is_thread)

    @cached_property
    def stretches(self) -> Candidates:
        """Its boxes."""
        return candidates(self.view)

    @cached_property
    def labels(self) -> list[int]:
        """For each block 1 if it is main content, 0 if not, -1 if nothing of it counts."""
        return labelled(self.view.blocks.texts, self.gold)

    @cached_property
    def worth(self) -> Numbers:
        """The F1 of each box."""
        gold = grams(self.gold)
        stretches = zip(self.stretches.starts, self.stretches.ends, strict=True)
        return np.array([f1(self.text(range(start, end)), gold) for start, end in stretches])

    def text(self, places: Iterable[int]) -> str:
        """The text of some blocks, without those that are hidden."""
        return "\n".join(self.view.blocks.texts[place] for place in places if not self.view.closed[place])


def pages() -> list[Marked]:
    """The marked pages; none, with a line on what to do, if they aren't there."""
    found = []
    for path in sorted((FOLDER / "html_zh").glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        mark = json.loads(path.with_name(f"{name}.json").read_text("utf-8"))
        found.append(
            Marked(
                name,
                mark["url"],
                mark["gold"],
                decode(gzip.decompress(path.read_bytes())).text,
                name.startswith("forum"),
            )
        )
    if not found:
        print(f"{FOLDER / 'html_zh'} is not there; set CLEANER_DATA to a folder that has it")
    return found


def labelled(texts: Sequence[str], gold: str) -> list[int]:
    """Which blocks the marked text is made of: they follow each other there as they do in the page."""
    whole, place = _IGNORED.sub("", gold), 0
    labels = []
    for text in (_IGNORED.sub("", text) for text in texts):
        found = (
            place if text and whole.startswith(text, place) else whole.find(text, place) if len(text) >= _SURE else -1
        )
        shared = (
            fmean(text[at : at + _GRAM] in whole for at in range(len(text) - _GRAM + 1)) if len(text) >= _SURE else 0
        )
        labels.append(-1 if not text else int(found >= 0 or shared > 0.6))
        place = found + len(text) if text and found >= 0 else place
    return _without_chance_hits(texts, labels, grams(gold))


def _without_chance_hits(texts: Sequence[str], labels: list[int], gold: Counter[str]) -> list[int]:
    """Labels without blocks that only repeat what others say, the loneliest first, and with those that were missed."""
    parts = [grams(text) for text in texts]
    so_far: Counter[str] = Counter()
    for part, label in zip(parts, labels, strict=True):
        so_far.update(part if label == 1 else ())
    best = f1(so_far, gold)

    def company(place: int) -> int:
        return labels[max(place - 3, 0) : place + 4].count(1)

    for place in sorted((place for place, label in enumerate(labels) if label == 1), key=lambda at: (company(at), -at)):
        without = so_far - parts[place]
        if f1(without, gold) >= best:
            so_far, best, labels[place] = without, f1(without, gold), 0
    for place, part in enumerate(parts):
        if (
            labels[place] == 0
            and len(texts[place]) > 2
            and part.keys() & gold.keys()
            and f1(so_far + part, gold) > best
        ):
            so_far = so_far + part
            best, labels[place] = f1(so_far, gold), 1
    return labels


# --- fitting -----------------------------------------------------------------------------------------------------


def logistic(rows: Numbers, labels: Numbers, weights: Numbers, names: Sequence[str], pull: float) -> Linear:
    """The model under which labels are the likeliest, weights of standardised features pulled to 0."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    scaled = (rows - mean) / spread

    def loss(values: Numbers) -> tuple[float, Numbers]:
        odds = scaled @ values[:-1] + values[-1]
        excess = weights * (1 / (1 + np.exp(-odds)) - labels)
        cost = (weights * (np.logaddexp(0, odds) - labels * odds)).sum() + pull / 2 * (values[:-1] @ values[:-1])
        return float(cost), np.append(excess @ scaled + pull * values[:-1], excess.sum())

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return Linear(tuple(names), found[:-1] / spread, float(found[-1] - (found[:-1] * mean / spread).sum()))


def ranking(items: Sequence[tuple[Numbers, Numbers]], names: Sequence[str], pull: float) -> Linear:
    """The model that puts the best of each page's boxes first: a softmax over boxes, after their F1."""
    rows = np.concatenate([rows for rows, _ in items])
    mean, spread = rows.mean(0), rows.std(0) + 1e-6
    scaled = [((rows - mean) / spread, _softmax(_SHARPNESS * worth)) for rows, worth in items]

    def loss(values: Numbers) -> tuple[float, Numbers]:
        cost, slope = pull * float(values @ values), 2 * pull * values
        for rows, aim in scaled:
            chances = _softmax(rows @ values)
            cost -= float(aim @ np.log(chances + 1e-12))
            slope = slope + rows.T @ (chances - aim)
        return cost, slope

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return Linear(tuple(names), found / spread)


def _softmax(values: Numbers) -> Numbers:
    powers = np.exp(values - values.max())
    chances: Numbers = powers / powers.sum()
    return chances


def _weights(page: Marked, places: slice) -> Numbers:
    """Longer blocks weigh more, and pages with more blocks, but both less than in proportion."""
    roots = np.sqrt(np.maximum(page.view.said.letters[places], 1))
    weights: Numbers = roots / roots.sum() * np.sqrt(len(roots))
    return weights


def _blockwise(train: Sequence[tuple[Marked, slice]], pull: float, looks: Callable[[Table], Table]) -> Linear:
    tables = [looks({name: values[places] for name, values in page.table.items()}) for page, places in train]
    labels = np.concatenate([np.array(page.labels[places]) for page, places in train])
    counts = labels >= 0
    rows = np.concatenate([stacked(table) for table in tables])[counts]
    weights = np.concatenate([_weights(page, places) for page, places in train])[counts]
    return logistic(rows, labels[counts].astype(float), weights, list(tables[0]), pull)


def fit_blocks(train: Sequence[Marked]) -> Linear:
    """The model of single blocks."""
    return _blockwise([(page, slice(None)) for page in train], _PULLS["block"], lambda table: table)


def fit_keep(train: Sequence[Marked]) -> Linear:
    """The model of furniture within the best box."""
    best = [(page, int(np.argmax(page.worth))) for page in train]
    inside = [(page, slice(page.stretches.starts[at], page.stretches.ends[at])) for page, at in best]
    return _blockwise(inside, _PULLS["keep"], in_box)


def fit_boxes(train: Sequence[Marked], folds: Sequence[int]) -> Linear:
    """The model of boxes; what it knows of blocks comes from models that were fitted without their hosts."""
    items, names = [], []
    for inner in range(_INNER):
        block = fit_blocks([page for page, fold in zip(train, folds, strict=True) if fold % _INNER != inner])
        for page in (page for page, fold in zip(train, folds, strict=True) if fold % _INNER == inner):
            chances = block.chances(page.table)
            weighed = weigh(page.view, page.table, chances, page.stretches, is_thread=page.is_thread)
            names = list(weighed)
            items.append((stacked(weighed), page.worth))
    return ranking(items, names, _PULLS["box"])


def fit_thread(train: Sequence[Marked]) -> Linear:
    """The model that tells threads."""
    rows = np.array([cues(page.view, page.url) for page in train])
    labels = np.array([float(page.is_thread) for page in train])
    return logistic(rows, labels, np.ones(len(train)), CUES, _PULLS["thread"])


def fit(train: Sequence[Marked], folds: Sequence[int]) -> Models:
    """All models; pages of one host are in one fold."""
    return Models(fit_thread(train), fit_blocks(train), fit_boxes(train, folds), fit_keep(train), _LEAST)


def packed(models: Models) -> dict[str, Any]:
    """What the file of weights holds."""
    content: dict[str, Any] = {"least": models.least}
    for name in ("thread", "block", "box", "keep"):
        model = getattr(models, name)
        weights = {key: float(f"{weight:.4g}") for key, weight in zip(model.names, model.weights.tolist(), strict=True)}
        content[name] = {"bias": round(model.bias, 4), "weights": weights}
    return content


def folds_of(found: Sequence[Marked]) -> list[int]:
    """A fold for each page, the same for all of a host."""
    hosts = sorted({page.host for page in found})
    return [hosts.index(page.host) % _FOLDS for page in found]


def cross_validated(found: Sequence[Marked]) -> list[Models]:
    """For each page the models that were fitted without its host."""
    folds = folds_of(found)
    fitted = []
    for out in range(_FOLDS):
        train = [(page, fold) for page, fold in zip(found, folds, strict=True) if fold != out]
        fitted.append(fit([page for page, _ in train], [fold for _, fold in train]))
    return [fitted[fold] for fold in folds]


# --- figures -----------------------------------------------------------------------------------------------------


def show(name: str, found: Sequence[Marked], scores: Sequence[float], more: str = "") -> None:
    """Print the mean F1 of all pages and of each kind, and the worst pages."""
    kinds = {"articles": False, "threads": True}
    means = (
        f"{kind} {fmean(score for page, score in zip(found, scores, strict=True) if page.is_thread == is_thread):.3f}"
        for kind, is_thread in kinds.items()
    )
    worst = sorted(zip(scores, found, strict=True), key=lambda pair: pair[0])[:_SHOWN]
    print(f"{name:<28} F1 {fmean(scores):.3f}   {'   '.join(means)}   {more}")
    print(f"{'':<28} worst: {', '.join(f'{score:.2f} {page.name[:14]}' for score, page in worst)}", flush=True)


PEERS: Final[dict[str, tuple[str, Callable[[Any, str], str]]]] = {
    "resiliparse": (
        "resiliparse.extract.html2text",
        lambda module, page: module.extract_plain_text(page, main_content=True),
    ),
    "trafilatura": ("trafilatura", lambda module, page: module.extract(page) or ""),
    "readability-lxml": (
        "readability",
        lambda module, page: re.sub(r"<[^>]+>", "", module.Document(page).summary(html_partial=True)),
    ),
    "gne": ("gne", lambda module, page: module.GeneralNewsExtractor().extract(page)["content"]),
    "magic-html": (
        "magic_html",
        lambda module, page: re.sub(r"<[^>]+>", "", module.GeneralExtractor().extract(page, base_url="")["html"]),
    ),
}


def show_peers(found: Sequence[Marked]) -> None:
    """Print the figures of all peers that are installed."""
    for name, (module_name, call) in PEERS.items():
        try:
            module = needed(module_name, "peers")
        except InputError as error:
            print(f"{name:<28} not measured: it {error}")
            continue
        show(name, found, *_timed(found, partial(_or_nothing, call, module)))


def _or_nothing(call: Callable[[Any, str], str], module: Any, page: str) -> str:
    try:
        return call(module, page)
    except Exception as error:  # whatever a peer raises is its own answer to the page
        print(f"    {type(error).__name__}: {error}"[:100])
        return ""


def _timed(found: Sequence[Marked], read: Callable[[str], str]) -> tuple[list[float], str]:
    read(found[0].page)
    start = time.process_time()
    texts = [read(page.page) for page in found]
    took = time.process_time() - start
    return [f1(text, page.gold) for text, page in zip(texts, found, strict=True)], f"{len(found) / took:.0f} pages/s"


def held_out(found: Sequence[Marked]) -> list[float]:
    """The F1 of each page under models that were fitted without its host."""
    scores = []
    for page, models in zip(found, cross_validated(found), strict=True):
        scores.append(f1(page.text(choose(page.view, page.url, models).kept), page.gold))
    return scores


def compare(found: Sequence[Marked], *, with_peers: bool = True) -> None:
    """Print the figures of the peers, of the package, and of its text once the whole chain has cleaned it."""
    if with_peers:
        show_peers(found)
    show("cleaner, as fitted", found, *_timed(found, lambda page: extract(page).text))
    show("cleaner, fitted without host", found, held_out(found))
    cleaner = Cleaner()
    show("cleaner, the whole chain", found, *_timed(found, lambda page: cleaner.finished(extract(page)).text))


def main() -> None:
    found = pages()
    if not found:
        return
    if "--write" in sys.argv:
        content = packed(fit(found, folds_of(found)))
        WEIGHTS.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
        return
    compare(found, with_peers="--alone" not in sys.argv)


if __name__ == "__main__":
    main()
