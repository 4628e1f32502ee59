"""Charts of a run's figures as SVG that stands in the page: text is text, and the page's style has all colours.

leather draws them: it is small, needs nothing, and writes neither styles nor scripts, which the policy of pages
refuses. It is imported when a chart is drawn. Next: `run_pages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from markupsafe import Markup

from cleaner import marks

if TYPE_CHECKING:
    from leather import Chart

_WIDTH: Final = 440  # in which leather's letters of 14 pixels are as large as those of the page around
_BROAD: Final = 640  # of a chart that is shown as much wider, so that long labels are whole
_BAR: Final = 26  # pixels of height for a bar and its label
_BESIDE: Final = 80  # pixels of height for the axis and the margins
_HEIGHT: Final = 220  # of a histogram
_LABEL: Final = 24  # characters that there is room for beside bars
_BROAD_LABEL: Final = 42  # and in a broad one
_LABELLED: Final = 5  # columns at most that have a label, which would run into each other

Points = Sequence[tuple[str, float]]


def bars(name: str, points: Points, *, title: str, told: str, unit: str = "") -> Markup:
    """A bar for each point, the first at the top, with its label, which may be text of others; "" for no points.

    `name` is what its title and its description `told` are called in the page; no other chart there may have it.
    `unit` stands behind each number of the axis. Long labels make the chart broad; one that has no room even so is cut.
    """
    if not points:
        return Markup("")
    from leather import Chart  # noqa: PLC0415

    chart = Chart()
    chart.add_bars([(value, str(number)) for number, (_, value) in enumerate(points)])
    whole = [marks.marked(label) for label, _ in points]
    is_broad = max(map(len, whole)) > _LABEL
    labels = [_short(label, _BROAD_LABEL if is_broad else _LABEL) for label in whole]
    chart.add_x_scale(0, max(value for _, value in points) or 1)
    chart.add_x_axis(tick_formatter=lambda value, at, of: f"{float(value):g}{unit}")
    chart.add_y_axis(tick_formatter=lambda number, at, of: labels[int(number)])
    size = _BROAD if is_broad else _WIDTH, _BESIDE + _BAR * len(points)
    return _svg(chart, name, title=title, told=told, size=size)


def columns(name: str, points: Points, *, title: str, told: str) -> Markup:
    """A column for each point, from left to right, as `bars`; of many, only some have a label."""
    from leather import Chart  # noqa: PLC0415

    chart = Chart()
    chart.add_columns([(str(number), value) for number, (_, value) in enumerate(points)])
    every = -(-len(points) // _LABELLED)
    labels = [label if number % every == 0 else "" for number, (label, _) in enumerate(points)]
    chart.add_y_scale(0, max(value for _, value in points) or 1)
    chart.add_x_axis(tick_formatter=lambda number, at, of: labels[int(number)])
    return _svg(chart, name, title=title, told=told, size=(_WIDTH, _HEIGHT))


def _svg(chart: Chart, name: str, *, title: str, told: str, size: tuple[int, int]) -> Markup:
    width, height = size
    look = "chart" if width == _WIDTH else "chart broad"
    attributes = {"class": look, "role": "img", "viewBox": f"0 0 {width} {height}"}
    root = ElementTree.Element("svg", {**attributes, "aria-labelledby": f"{name}-title {name}-told"})
    ElementTree.SubElement(root, "title", id=f"{name}-title").text = title
    ElementTree.SubElement(root, "desc", id=f"{name}-told").text = marks.marked(told)
    drawn: Any = chart.to_svg_group(width, height)
    root.append(drawn)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # which escapes all text


def _short(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
