"""What names of elements mean, and what of a thread stays."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.extract import extract
from cleaner.extract.blocks import blocks_of
from cleaner.extract.boxes import Candidates
from cleaner.extract.choosing import THREAD, Linear, models, safest
from cleaner.extract.features import View
from cleaner.extract.metadata import Head
from cleaner.extract.names import HINTS, KNOWN, NAMES, called
from cleaner.extract.parsing import tree_of
from cleaner.extract.said import WORDS, Said
from tests.leavings import reasons
from tests.samples import CLOSE, LEAD, MIDDLE, TITLE


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("t_f", "post"), ("reply-main-content", "post"), ("answerText", "post"), ("d_post_content", "post"),
        ("comment-detail", "post"), ("msg_txt2", "post"), ("article-content", "article"), ("post-content", "article"),
        ("TRS_Editor", "article"), ("related-posts", "furniture"), ("authi", "furniture"),
    ],
)  # fmt: skip
def test_names_are_known_whatever_stands_around_them(name: str, known: str) -> None:
    assert KNOWN[called(f"x {name} y", None, None).known - 1] == known
    assert called(None, name).known == called(name).known


@pytest.mark.parametrize(
    "name", ["content", "reply", "postpone", "comment-list", "answer-bar", "x-replycontenty", "", "-_"]
)
def test_other_names_are_not_known(name: str) -> None:
    assert called(name).known == 0


@pytest.mark.parametrize("kind", NAMES)
def test_each_part_of_names_is_found(kind: str) -> None:
    bit = 1 << NAMES.index(kind)
    assert [part for part in HINTS["names"][kind].split("|") if not called(part).hints & bit] == []


@pytest.mark.parametrize("kind", KNOWN)
def test_each_known_name_is_found(kind: str) -> None:
    place = KNOWN.index(kind) + 1
    assert [name for name in HINTS["known"][kind].split() if called(name).known != place] == []


@pytest.mark.parametrize("kind", [kind for kind in WORDS if kind != "date"])
def test_each_word_is_found(kind: str) -> None:
    words = HINTS["words"][kind].split("|")
    found = Said(words).words()[kind].tolist()
    assert [word for word, is_found in zip(words, found, strict=True) if not is_found] == []


def test_a_long_name_is_read_in_time() -> None:
    assert called("post-" * 200 + "x", "a_" * 150, "_" * 299).known == 0


def test_weights_that_count_in_threads_alone_are_added_there() -> None:
    model = Linear.of({"a": 1.0, "b": 2.0, f"{THREAD}a": 0.5, THREAD: 3.0}, bias=-1.0)
    assert model.names == ("a", "b")
    assert model.weights.tolist() == [[1.0, 2.0], [1.5, 2.0]]
    assert model.biases.tolist() == [-1.0, 2.0]


def test_blocks_are_judged_twice_by_the_same_features() -> None:
    assert models().block.names == models().keep.names


POSTS = (
    f"{LEAD}<br>{MIDDLE}",
    "楼主说的那家铺子我也去过，掌柜人很和气。",
    "2023年5月1日<br>请问现在还开着吗？",
    "顶一下",
)


def thread(post: str, around: str) -> str:
    posts = "".join(f"<div class=item>{around}<div class='{post}'>{text}</div></div>" for text in POSTS)
    return (
        f"<html><head><title>{TITLE} - 桥头论坛</title></head><body><h1>{TITLE}</h1><div class=list>{posts}</div>"
        "<div class=footer>桥头论坛 版权所有</div></body></html>"
    )


@pytest.mark.parametrize("post", ["t_f", "reply-main-content", "markdown-body"])
def test_all_posts_of_a_thread_stay_and_what_is_around_them_goes(post: str) -> None:
    around = "<div class=authi>北窗听雨</div><div class=when>2023-07-06 23:19</div>"
    page = extract(thread(post, around), url="https://bbs.qiaotou.example/thread-1.html")
    lines = [TITLE, *(line for text in POSTS for line in text.split("<br>"))]
    assert page.text.split("\n") == lines
    assert reasons(page)["北窗听雨"]
    assert reasons(page)["2023-07-06 23:19"]


def test_prose_within_the_main_content_stays_whatever_it_is_called() -> None:
    page = extract(
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div class=article-content><p>{LEAD}</p>"
        f"<p class=related>{MIDDLE}</p><p>{CLOSE}</p></div></body></html>"
    )
    assert MIDDLE in page.text


def test_where_boxes_are_near_equal_the_one_that_errs_least_is_taken() -> None:
    root = tree_of("".join(f"<p>渡口的灯亮了，{number}更。</p>" for number in range(10)))
    assert root is not None
    view = View(blocks_of(root), Head())
    found = Candidates(np.array([0, 0, 0]), np.array([1, 6, 10]), np.zeros(3, np.int64))
    assert safest(view, found, np.array([1.0, 0.9, 0.9])) == 1
    assert safest(view, found, np.array([9.0, 0.9, 0.9])) == 0
    assert safest(view, found, np.array([1.0, 0.9, 5.0])) == 2
