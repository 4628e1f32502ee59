"""Models of main content fitted to marked pages, for `extract.choosing`. Next: `extraction`, which judges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from bench.marked import Marked
from cleaner.extract.boxes import stacked, weigh
from cleaner.extract.choosing import THREAD, Linear, Models
from cleaner.extract.features import Numbers, Table
from cleaner.extract.kinds import CUES, cues

_FOLDS, _INNER = 8, 3
_PULLS: Final = {"thread": 0.5, "block": 10.0, "box": 0.3, "keep": 20.0}  # of weights towards 0, by cross-validation
_LEAST: Final = 0.25  # chance from which a block of the box stays, by cross-validation
_NOTHING: Final = 1e-9  # a weight that is none but for rounding
_TELLING_IN_THREADS: Final = (
    "in best", "in most", "own name: comment", "near name: comment", "far name: comment", "near name: title",
    "near name: user", "far name: thread", "is title", "near name: thread",
)  # fmt: skip
_SHARPNESS: Final = 12.0  # how much better than others the best box is to be, per unit of F1


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
    bias = float(found[-1] - (found[:-1] * mean / spread).sum())
    return Linear.of(dict(zip(names, (found[:-1] / spread).tolist(), strict=True)), bias)


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
    return Linear.of(dict(zip(names, (found / spread).tolist(), strict=True)), 0.0)


def _softmax(values: Numbers) -> Numbers:
    powers = np.exp(values - values.max())
    chances: Numbers = powers / powers.sum()
    return chances


def _weights(page: Marked, places: slice) -> Numbers:
    """Longer blocks weigh more, and pages with more blocks, but both less than in proportion."""
    roots = np.sqrt(np.maximum(page.view.said.letters[places], 1))
    weights: Numbers = roots / roots.sum() * np.sqrt(len(roots))
    return weights


def in_threads(table: Table, is_thread: bool, *, names: Sequence[str] = ()) -> Table:
    """Features, and those of `names`, or all, once more as they are in threads, where others may weigh."""
    rows = len(next(iter(table.values())))
    more = {f"{THREAD}{name}": table[name] * is_thread for name in names or table}
    return table | more | {THREAD: np.full(rows, is_thread)}


def _blockwise(train: Sequence[tuple[Marked, slice]], pull: float, names: Sequence[str] = ()) -> Linear:
    tables = [in_threads(page.table, page.is_thread, names=names) for page, _ in train]
    labels = np.concatenate([np.array(page.labels[places]) for page, places in train])
    counts = labels >= 0
    looks = [stacked(table, list(table))[:, places].T for table, (_, places) in zip(tables, train, strict=True)]
    weights = np.concatenate([_weights(page, places) for page, places in train])[counts]
    return logistic(np.concatenate(looks)[counts], labels[counts].astype(float), weights, list(tables[0]), pull)


def fit_blocks(train: Sequence[Marked]) -> Linear:
    """The model of single blocks."""
    return _blockwise([(page, slice(None)) for page in train], _PULLS["block"], _TELLING_IN_THREADS)


def fit_keep(train: Sequence[Marked]) -> Linear:
    """The model of furniture within the best box."""
    best = [(page, int(np.argmax(page.worth))) for page in train]
    inside = [(page, slice(page.stretches.starts[at], page.stretches.ends[at])) for page, at in best]
    return _blockwise(inside, _PULLS["keep"])


def fit_boxes(train: Sequence[Marked], folds: Sequence[int]) -> Linear:
    """The model of boxes; what it knows of blocks comes from models that were fitted without their hosts."""
    items, names = [], []
    for inner in range(_INNER):
        block = fit_blocks([page for page, fold in zip(train, folds, strict=True) if fold % _INNER != inner])
        for page in (page for page, fold in zip(train, folds, strict=True) if fold % _INNER == inner):
            chances = block.chances(stacked(page.table, block.names), is_thread=page.is_thread)
            table = in_threads(weigh(page.view, page.table, chances, page.stretches), page.is_thread)
            names = list(table)
            items.append((stacked(table, names).T, page.worth))
    return ranking(items, names, _PULLS["box"])


def fit_thread(train: Sequence[Marked]) -> Linear:
    """The model that tells threads, of each page with its address and without: many come without."""
    told = np.array([cues(page.view, page.url) for page in train])
    untold = np.where(np.array(CUES) == "address", 0.0, told)
    labels = np.array([float(page.is_thread) for page in train])
    rows = np.concatenate([told, untold])
    return logistic(rows, np.tile(labels, 2), np.full(len(rows), 0.5), CUES, _PULLS["thread"])


def fit(train: Sequence[Marked], folds: Sequence[int]) -> Models:
    """All models; pages of one host are in one fold."""
    return Models(fit_thread(train), fit_blocks(train), fit_boxes(train, folds), fit_keep(train), _LEAST)


def packed(models: Models) -> dict[str, Any]:
    """What the file of weights holds."""
    content: dict[str, Any] = {"least": models.least}
    for kind in ("thread", "block", "box", "keep"):
        model: Linear = getattr(models, kind)
        (everywhere, in_thread), (bias, bias_there) = model.weights, model.biases.tolist()
        more = dict(zip(model.names, (in_thread - everywhere).tolist(), strict=True)) | {"": bias_there - bias}
        weights = dict(zip(model.names, everywhere.tolist(), strict=True))
        weights |= {f"{THREAD}{name}": weight for name, weight in more.items() if abs(weight) > _NOTHING}
        rounded = {name: float(f"{weight:.4g}") for name, weight in weights.items()}
        content[kind] = {"bias": round(bias, 4), "weights": rounded}
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
