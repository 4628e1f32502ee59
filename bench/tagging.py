"""Fits the weights of the line tagger to labelled pages: `python -m bench.tagging --write`; else it cross-validates.

The pages are those that readers labelled (`bench.gold`), and the repository's own: innocent texts, alone and within
furniture, dirty pages with what must become of them, and the examples of all rules. Cross-validation leaves out a
fifth of the readers' pages at a time and prints what the fitted tagger does to them.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize

from bench.corpora import ROOT
from bench.gold import DROP, EITHER, KEEP, Outcome, labelled, outcomes, print_figures
from cleaner.document import Document
from cleaner.fates import fates_of
from cleaner.pipeline import Cleaner
from cleaner.structure import rows_of, settled
from cleaner.tagger.features import NAMES, describe
from cleaner.tagger.letters import Indexes
from cleaner.tagger.model import FEWEST, LETTER_COST, WEIGHTS, Scores, Weights, noise_odds, packed, weights
from cleaner.units import View

_FOLDS: Final = 5
_STEPS: Final = 60  # of the optimiser; more change nothing that matters
_PULL: Final = 12.0  # of each weight towards 0, chosen by cross-validation
_CASE, _EXAMPLE = 0.3, 0.05  # weight of a line of test cases, of rules' examples, against one that readers labelled
_FORCED: Final = 30.0  # log-odds of a line whose label is known
_COSTS: Final = (LETTER_COST / 2, LETTER_COST, 1, 2, 4)


class Page(NamedTuple):
    """A page as the tagger sees it, with a label, the letters, and whether a line goes anyway, for each line."""

    name: str
    features: Indexes
    gaps: list[bool]
    labels: str
    letters: list[int]
    settled: frozenset[int]
    weight: float = 1.0


def page(cleaner: Cleaner, name: str, text: str, labels: Sequence[tuple[int, int, str]]) -> Page | None:
    """A page from a text and the labels of its spans; None if no line is left when structure sees it."""
    document = Document.of(text)
    view = View(text, cleaner.rules.gate)
    for layer in cleaner.layers:
        if layer.name == "lines":
            break
        revised = document.revised(edit for finder in layer.finders for edit in finder(view))
        view = View(revised.text, cleaner.rules.gate) if revised.text != document.text else view
        document = revised
    rows = rows_of(view, cleaner.rules.marks(view))
    if not rows:
        return None
    of_source = np.full(len(text) + 1, EITHER)
    for start, end, label in labels:
        of_source[start:end] = label
    of_text = of_source[fates_of(document).starts]
    spans = [(view.lines[row.line].start, view.lines[row.line].end) for row in rows]
    found = [
        Counter(label for label, letter in zip(of_text[start:end], view.text[start:end], strict=True) if letter > " ")
        for start, end in spans
    ]
    gone = frozenset(settled(view, rows)[0])
    looks = describe(rows, gone)
    return Page(
        name,
        looks.features,
        [row.has_gap for row in rows],
        "".join(counts.most_common(1)[0][0] for counts in found),
        looks.letters.tolist(),
        gone,
    )


def readers_pages(cleaner: Cleaner) -> list[Page]:
    """The pages that readers labelled."""
    pages = (page(cleaner, name, text, labels) for name, text, labels in labelled())
    return [each for each in pages if each]


FURNITURE: Final = {  # what `tests.test_cases` puts around texts too
    "widget-below": "{}\n分享讓更多人看到\n- 評論\n- 關注\n",
    "widget-below-a-gap": "{}\n\n分享到：微信 微博\n打印\n关闭\n",
    "breadcrumb-above": "首页 > 文化 > 正文\n字号：大 中 小\n{}",
    "related-list-below": "{}\n相关阅读\n• 山谷里的气象站迎来第一批客人\n• 老船工收了两个年轻徒弟\n查看更多\n",
    "app-prompts-below": "{}\n打开APP，阅读全文\n点赞\n收藏\n举报\n",
    "a-site-around": "首页\n新闻\n论坛\n登录\n注册\n{}\n热门文章\n山谷里的气象站迎来第一批客人\n"
    "老船工收了两个年轻徒弟\n修表铺重新开门\n关于我们 | 联系我们 | 网站地图\nCopyright © 2020 某某网 版权所有\n",
    "an-account-around": "点击上方蓝字关注我们\n\n{}\n\nEND\n\n关注公众号，后台回复“资料”领取\n长按识别二维码\n"
    "点赞、在看、转发\n阅读原文\n",
}
UNFOLDING: Final = ("展开全文", "打开APP，阅读全文", "点赞", "收藏", "分享到：微信 微博")


def own_pages(cleaner: Cleaner) -> Iterator[Page]:
    """The repository's own pages, whose lines are known to stay or to go."""
    for name, text, labels in _own_texts(cleaner):
        found = page(cleaner, name, text, labels)
        if found:
            yield found._replace(weight=_CASE if name.startswith(("innocent", "dirty")) else _EXAMPLE)


def _own_texts(cleaner: Cleaner) -> Iterator[tuple[str, str, list[tuple[int, int, str]]]]:
    for path in sorted((ROOT / "tests" / "cases").glob("*.toml")):
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            name, text = f"{path.stem}/{case['name']}", case["text"]
            if path.stem.startswith("innocent"):
                yield name, text, [(0, len(text), KEEP)]
                for form in FURNITURE.values():
                    start = form.index("{")
                    whole = form.format(text)
                    yield name, whole, [(0, len(whole), DROP), (start, start + len(text), KEEP)]
                yield name, *unfolded(text)
            elif path.stem.startswith("dirty"):
                yield name, text, _compared(text, case["clean"])
    for rule in cleaner.rules.rules:
        for text in rule.keeps:
            yield rule.name, text, [(0, len(text), KEEP)]
        for before, after in rule.changes:
            yield rule.name, before, _compared(before, after)


def unfolded(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """A text whose last lines stand between buttons, with its labels."""
    lines = text.rstrip("\n").split("\n")
    parts = [*lines[:-3], *UNFOLDING[:1], *lines[-3:], *UNFOLDING[1:]]
    page, labels = "", []
    for place, part in enumerate(parts):
        is_button = place == len(lines[:-3]) or place > len(lines)
        labels.append((len(page), len(page) + len(part) + 1, DROP if is_button else KEEP))
        page += f"{part}\n"
    return page, labels


def _compared(before: str, after: str) -> list[tuple[int, int, str]]:
    """Labels of the lines of a text by whether they are in what must become of it."""
    kept = Counter(line.strip() for line in after.split("\n"))
    labels, start = [], 0
    for line in before.split("\n"):
        stays = kept[line.strip()] > 0
        kept[line.strip()] -= stays
        labels.append((start, start + len(line) + 1, KEEP if stays else DROP if line.strip() not in after else EITHER))
        start += len(line) + 1
    return labels


def fitted(pages: Sequence[Page], *, pull: float = _PULL) -> Weights:
    """The weights under which the labels are the likeliest, pulled to 0: the one optimum, found by L-BFGS."""
    start = np.zeros(len(NAMES) + 8)
    start[-8:] = np.array([[[0.5, -1.0], [-1.0, 0.5]]] * 2).ravel()
    options = {"maxiter": _STEPS}
    found = minimize(_loss, start, args=(pages, pull), jac=True, method="L-BFGS-B", options=options)
    return _weights(found.x)


def _weights(values: Scores) -> Weights:
    return Weights(values[:-8], values[-8:].reshape(2, 2, 2))


def _loss(values: Scores, pages: Sequence[Page], pull: float) -> tuple[float, Scores]:
    """Negative log-likelihood of the labels with the pull to 0, and its gradient."""
    found = _weights(values)
    loss = pull / 2 * float(values @ values)
    by_noise, by_follows = pull * found.noise, pull * found.follows
    for each in pages:
        own = found.noise[each.features].sum(1)
        forced = own + np.array([{KEEP: -_FORCED, DROP: _FORCED}.get(label, 0.0) for label in each.labels])
        free, known = (_chances(odds, each.gaps, found.follows) for odds in (own, forced))
        sure = _FORCED * each.labels.count(DROP)
        loss += each.weight * (free.total - known.total + sure)
        excess = (free.noise - known.noise) * each.weight
        by_noise += np.bincount(each.features.ravel(), np.repeat(excess, each.features.shape[1]), len(NAMES))
        np.add.at(by_follows, np.array(each.gaps[1:], np.int64), (free.pairs - known.pairs) * each.weight)
    return loss, np.concatenate([by_noise, by_follows.ravel()])


class Chances(NamedTuple):
    """Log of the summed weight of all ways to label a page's lines, each line's chance of noise, those of pairs."""

    total: float
    noise: Scores
    pairs: Scores  # shape (lines - 1, 2, 2): from article or noise, to article or noise


def _chances(own: Scores, gaps: list[bool], follows: Scores) -> Chances:
    odds = np.array(noise_odds(own, gaps, follows))
    so_far = np.array(noise_odds(own, gaps, follows, back=False))
    steps = follows[np.array(gaps[1:], np.int64)]
    states = np.stack([np.zeros_like(own), np.ones_like(own)], 1)
    pairs = steps + (states * so_far[:, None])[:-1, :, None] + (states * (odds - so_far + own)[:, None])[1:, None, :]
    pairs = np.exp(pairs - pairs.max((1, 2), keepdims=True))
    total = np.logaddexp(steps[:, 0, 0], so_far[:-1] + steps[:, 1, 0]).sum() + np.logaddexp(0, so_far[-1])
    return Chances(float(total), 1 / (1 + np.exp(-np.clip(odds, -50, 50))), pairs / pairs.sum((1, 2), keepdims=True))


def odds_of(each: Page, found: Weights) -> Scores:
    """Log-odds that each line of a page is noise."""
    return np.array(noise_odds(found.noise[each.features].sum(1), each.gaps, found.follows))


def cross_validated(pages: Sequence[Page], more: Sequence[Page]) -> dict[str, Weights]:
    """For each page by name the weights that were fitted without it, and with `more` pages."""
    folds = {each.name: int(sha256(each.name.encode()).hexdigest(), 16) % _FOLDS for each in pages}
    trained = [fitted([*(each for each in pages if folds[each.name] != fold), *more]) for fold in range(_FOLDS)]
    return {name: trained[fold] for name, fold in folds.items()}


def held_out(cleaner: Cleaner, found: Mapping[str, Weights]) -> dict[str, list[Outcome]]:
    """What the whole chain does to each piece of the readers' pages, by name, with weights fitted without the page."""
    pages = {}
    for name, text, labels in labelled():
        with patch("cleaner.tagger.model.weights", return_value=found.get(name, weights())):
            pages[name] = list(outcomes(cleaner, text, labels))
    return pages


def show(pages: Sequence[Page], odds: Sequence[Scores]) -> None:
    """Print noise lines removed and letters lost by corpus, for several costs of a lost letter."""
    for cost in _COSTS:
        counts: Counter[tuple[str, str]] = Counter()
        for each, of in zip(pages, odds, strict=True):
            for place, (label, letters) in enumerate(zip(each.labels, each.letters, strict=True)):
                goes = place in each.settled or of[place] > np.log(cost * max(letters, FEWEST))
                for corpus in ("all", each.name.partition("/")[0]):
                    counts[corpus, label] += letters if label == KEEP else 1
                    counts[corpus, f"{label} gone"] += (letters if label == KEEP else 1) * goes
        corpora = sorted({corpus for corpus, _ in counts})
        shares = (
            f"{corpus} {counts[corpus, 'd gone'] / max(counts[corpus, 'd'], 1):.1%} / "
            f"{counts[corpus, 'k gone'] / max(counts[corpus, 'k'], 1):.2%}"
            for corpus in corpora
        )
        print(f"cost {cost:>4}: noise lines removed / letters lost: {'   '.join(shares)}", flush=True)


def main() -> None:
    cleaner = Cleaner()
    pages = readers_pages(cleaner)
    own = list(own_pages(cleaner))
    print(f"{len(pages)} readers' pages, {len(own)} of the repository's own")
    if "--write" in sys.argv:
        found = fitted([*pages, *own])
        WEIGHTS.write_text(json.dumps(packed(found), ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
        show(pages, [odds_of(each, found) for each in pages])
    else:
        without = cross_validated(pages, [] if "--readers" in sys.argv else own)
        show(pages, [odds_of(each, without[each.name]) for each in pages])
        print_figures(held_out(cleaner, without))


if __name__ == "__main__":
    main()
