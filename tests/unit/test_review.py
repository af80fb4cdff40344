"""Three questions a lesson: what was wrong comes back at once, what was right later; every number in them is true."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest

from course_utils import progress_store
from course_utils.activations import sigmoid, softmax, softmax_jacobian, softplus
from course_utils.gradients import central_difference
from course_utils.losses import binary_cross_entropy_gradient, cross_entropy_from_logits
from course_utils.probability import entropy, kl_divergence
from course_utils.study.questions import Question, question, questions
from course_utils.study.quiz import Quiz
from course_utils.study.review import LESSONS, due, moved, review
from course_utils.syllabus import lessons
from tools.build import without_widget_views

ALL = questions("review")
ASKED_OF = {each.number for each in lessons()[1:-1]}  # a lesson's questions are asked in those after it


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


def asked_in(lesson: str) -> list[str]:
    return [each.id for each in review(lesson).questions]


def wrong(asked: Question) -> str:
    return next(iter(asked.ideas))


# Which questions


def test_every_lesson_has_at_least_four_with_their_sources() -> None:
    for number in ASKED_OF:
        assert sum(each.lesson == number for each in ALL.values()) >= 4
    assert all(each.source for each in ALL.values())
    assert all(3 <= len(each.choices) <= 4 for each in ALL.values())
    letters = [str(each.truth) for each in ALL.values()]
    assert all(letters.count(letter) >= len(letters) // 5 for letter in "abcd"), "one letter is too rarely the truth"


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_empty_memory_asks_the_latest_lessons(lesson: str) -> None:
    first = asked_in(lesson)
    assert len(set(first)) == 3
    assert all(key[:2] < lesson for key in first)
    assert first == asked_in(lesson)
    assert any(int(key[:2]) == int(lesson) - 1 for key in first)


def test_the_first_reviews() -> None:
    assert asked_in("02") == ["01.q1", "01.q2", "01.q3"]
    assert asked_in("03") == ["01.q1", "02.q1", "02.q2"]
    assert asked_in("06") == ["03.q1", "04.q1", "05.q1"]


def test_wrong_ones_come_back_in_the_next_lesson_and_right_ones_later() -> None:
    asked = review("02")
    for each in asked.questions[:2]:
        asked.answer(each.id, wrong(each))
    asked.answer("01.q3", str(question("review", "01.q3").truth))
    assert asked_in("03") == ["01.q1", "01.q2", "02.q1"]
    for key in asked_in("03"):
        review("03", {key: str(question("review", key).truth)})
    assert asked_in("04") == ["01.q3", "03.q1", "03.q2"]


def test_the_boxes() -> None:
    entry: progress_store.Entry = {}
    for lesson, box in [("02", 2), ("04", 3), ("08", 4)]:
        entry = moved(entry, lesson, "a", True)
        assert entry == {"box": box, "lesson": lesson, "answer": "a"}
        waits = [n for n in range(int(lesson) + 1, 30) if ALL["01.q1"] in due_alone(f"{n:02d}", entry)]
        assert waits[0] == int(lesson) + 2 ** (box - 1)
    assert moved(entry, "12", "b", False) == {"box": 1, "lesson": "12", "answer": "b"}


def due_alone(lesson: str, entry: progress_store.Entry) -> list[Question]:
    """What is asked where three new questions compete with one that is perhaps due."""
    there = [ALL[key] for key in ("01.q1", "01.q2", "01.q3", "01.q4")]
    return due(lesson, {"01.q1": entry}, there)


def test_the_three_stay_while_they_are_answered() -> None:
    for lesson in LESSONS:  # a learner who goes through all of it, with every third answer right
        before = asked_in(lesson)
        for i, key in enumerate(before):
            each = question("review", key)
            review(lesson, {key: str(each.truth) if (i + int(lesson)) % 3 == 0 else wrong(each)})
            assert asked_in(lesson) == before
        assert review(lesson).given.keys() == set(before)


def test_a_perfect_learner_meets_many_questions() -> None:
    met = set()
    for lesson in LESSONS:
        quiz = review(lesson)
        for each in quiz.questions:
            quiz.answer(each.id, str(each.truth))
            met.add(each.id)
    assert len(met) >= 15
    assert {key[:2] for key in met} == ASKED_OF


def test_the_first_answer_in_a_lesson_counts() -> None:
    key = asked_in("06")[0]
    each = question("review", key)
    review("06", {key: wrong(each)})
    assert "Right." in review("06", {key: str(each.truth)}).said[key]
    assert progress_store.entries("reviews")[key]["box"] == 1


def test_entries_that_fit_no_question_of_now_are_left_out() -> None:
    odd = [
        ("gone.q1", {"box": 1, "lesson": "02", "answer": "a"}),
        ("01.q1", {"box": 1, "lesson": "two", "answer": "a"}),
        ("01.q2", {"box": 1, "lesson": "02", "answer": "z"}),
        ("01.q3", {"box": 10**9, "lesson": "02", "answer": "a"}),
    ]
    for key, entry in odd:
        progress_store.change("reviews", key, lambda _, kept=entry: kept)  # type: ignore[misc]
    assert asked_in("02") == ["01.q1", "01.q2", "01.q3"]
    assert review("02").given == {}


@pytest.mark.parametrize(
    ("lesson", "answers", "words"),
    [
        ("01", None, "lesson: expected '02' or"),
        (6, None, "lesson: expected '02' or"),
        ("06", {"01.q9": "a"}, "answers: expected '03.q1' or '04.q1' or '05.q1', got '01.q9'"),
        ("06", {"05.q1": "x"}, r"answers\['05.q1'\]: expected 'a' or"),
    ],
)
def test_bad_input_is_named(lesson: Any, answers: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        review(lesson, answers)
    assert progress_store.entries("reviews") == {}


# How they are asked


def test_right_and_wrong_are_told_with_the_idea() -> None:
    each = question("review", "05.q1")
    assert review("06", {"05.q1": str(each.truth)}).said["05.q1"] == f"Right. {each.why}"
    letter = wrong(each)
    told = review("07", {"06.q1": wrong(question("review", "06.q1"))}).said["06.q1"]
    assert told.startswith("Not so. Behind ")
    quiz = review("06")
    quiz.answer("05.q1", letter)
    assert each.ideas[letter] in quiz.said["05.q1"]
    assert each.told() in quiz.said["05.q1"]


def test_the_text_holds_all_and_says_how_to_answer_in_code() -> None:
    text = review("06").text()
    for key in asked_in("06"):
        each = question("review", key)
        assert f"**{key}.**" in text
        assert all(f"- {letter}) " in text for letter in each.choices)
        assert str(each.why)[:20] not in text
    assert '`review("06", {"03.q1": "a"})`' in text


def outputs(quiz: Quiz, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    quiz._ipython_display_()
    return [{"output_type": "display_data", "data": data, "metadata": {}} for data in shown]


def test_what_a_notebook_keeps_is_text_and_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [without_widget_views(outputs(review("06"), monkeypatch)) for _ in range(2)]
    assert kept[0] == kept[1]
    assert kept[0][0]["data"].keys() == {"text/markdown", "text/plain"}
    assert kept[0][0]["data"]["text/plain"] == 'review("06"): 0 of 3 answered'


def test_a_press_answers_and_is_read_out() -> None:
    quiz = review("06")
    rows = quiz.panel().children[:-1]
    words, buttons, told = rows[0].children
    assert isinstance(buttons, ipywidgets.ToggleButtons)
    assert buttons.value is None
    assert quiz.questions[0].text in words.value.replace("&#x27;", "'")
    buttons.value = str(quiz.questions[0].truth)
    assert told.value.startswith('<div role="status"')
    assert ">Right</b>" in told.value
    assert progress_store.entries("reviews")[quiz.questions[0].id]["box"] == 2
    again = review("06").panel().children[0].children
    assert again[1].value == buttons.value
    assert again[2].value == told.value


# Every number that can be computed


def right_text(key: str) -> str:
    each = question("review", key)
    return each.choices[str(each.truth)]


def steepest() -> float:
    p = np.linspace(0, 1, 3001)
    return float(p[np.argmax(2 * (1 - p) * p * (1 - p))])


def test_probability() -> None:
    assert right_text("01.q1") == f"{0.2 / 0.4:g}"
    assert right_text("01.q2") == "0.15 still"
    assert sum((0.5, 0.5, 0)) == 1
    assert right_text("01.q5") == f"{0.7 * 0.2:.2f}"
    assert math.isclose(0.3 * 0.2, 0.06)
    for n, error in ((100, 0.04), (int(right_text("01.q7").replace(",", "")), 0.004)):
        assert math.isclose(math.sqrt(0.8 * 0.2 / n), error)
    assert right_text("01.q8") == f"about {9 / (9 + 99):.0%}".replace("%", " %")


def test_gradients() -> None:
    assert right_text("02.q1") == f"to w + {0.1 * 3:.1f}"
    one = np.array([1.0, 2.0, 3.0])
    X = np.column_stack([np.ones(3), one, one / 12])
    assert np.linalg.matrix_rank(X) == 2
    y, w = np.array([1.0, 0.0, 2.0]), np.array([0.5, -1.0, 3.0])
    slopes = central_difference(lambda v: float(((X @ v - y) ** 2).mean()), w)
    assert np.allclose(slopes, [2 / 3 * sum((X @ w - y) * X[:, j]) for j in range(3)])


def test_sigmoid() -> None:
    assert math.isclose(steepest(), 1 / 3, abs_tol=1e-3)
    assert round(8 / 27, 6) == round(2 * (2 / 3) ** 2 / 3, 6)
    assert right_text("03.q2") == f"about {float(sigmoid(-10.0)):.6f}"


def test_likelihood() -> None:
    assert right_text("04.q1") == f"about {-math.log(0.9) + math.log(0.99):.3f}"
    assert f"{-math.log(0.9):.3f} {-math.log(0.99):.3f}" == "0.105 0.010"
    z, t = np.array([0.7]), np.array([1.0])
    assert np.allclose(binary_cross_entropy_gradient(z, t), sigmoid(z) - t)
    assert right_text("04.q4") == f"it goes from {-math.log(0.5):.2f} to {-math.log(0.01):.1f}, almost seven times"
    assert 6.5 < math.log(100) / math.log(2) < 7
    assert right_text("04.q7") == f"one fitted to the other {30 - 1}"


def test_divergence() -> None:
    assert np.isinf(kl_divergence([0.1, 0.9], [0.0, 1.0]))
    assert right_text("05.q3") == f"the entropy of the target, {float(entropy([0.3, 0.7])):.3f} nats"
    bits = float(entropy([0.1, 0.4, 0.5])) / math.log(2)
    assert right_text("05.q5") == f"in the long run {bits:.2f} digits a day are enough, and no code needs fewer"


def test_softmax() -> None:
    assert np.allclose(softmax([2.0, 1.0]), softmax([102.0, 101.0]))
    p = np.asarray(softmax([2.0, 1.0, 0.1]))
    assert np.allclose(softmax_jacobian([2.0, 1.0, 0.1])[0, 1:], -p[0] * p[1:])
    shares = softmax([-1.0, 1.0, 0.0])
    assert right_text("06.q3") == f"{shares[1] / shares[2]:.2f}"
    assert round(0.5 / 0.48, 2) == 1.04


def test_one_digit() -> None:
    assert right_text("07.q1") == f"nothing yet: always saying no has {100 * (10_000 - 892) / 10_000:.2f} %"
    assert right_text("07.q2") == f"597 of {597 + 68}, {100 * 597 / 665:.0f} %"
    assert 597 + 295 == 892
    assert 597 + 10_000 - 892 - 68 == 9637


def test_ten_digits() -> None:
    assert math.isclose(cross_entropy_from_logits(np.zeros((1, 10)), [3]), math.log(10))
    assert right_text("08.q2") == f"ln 10 = {math.log(10):.3f}"
    assert f"{10 * math.log(2):.3f}" == "6.931"
    assert round(0.859 / 10, 3) == 0.086


def test_stability() -> None:
    assert 1 - 1 / (1 + math.exp(-40)) == 0
    assert 0 < math.exp(-40) < 4.3e-18
    assert float(softplus(40.0)) == 40
    assert f"{-math.log(1e-5):.2f}" == "11.51"
    lost = (1 + 1 / 10_000) - (1 - 1 / 10_000)
    assert lost != 2 / 10_000
    assert f"{lost:.18f}" == "0.000199999999999978"
    assert np.isclose(np.spacing(1.0), 2e-16, rtol=0.2)
    assert np.isclose(np.spacing(2e-4), 3e-20, rtol=0.2)


def open_ways(normals: np.ndarray) -> int:
    """How many of 360 ways out of a point cross none of the lines that stand around it with these normals."""
    angles = np.deg2rad(np.arange(360))
    return int((np.stack([np.cos(angles), np.sin(angles)], axis=1) @ normals.T <= 1e-9).all(axis=1).sum())


def test_hidden_units() -> None:
    rng = np.random.default_rng(0)
    assert all(open_ways(rng.normal(size=(2, 2))) for _ in range(200))
    turns = 2 * np.pi * np.arange(3) / 3
    assert open_ways(np.stack([np.cos(turns), np.sin(turns)], axis=1)) == 0

    X, t = rng.normal(size=(20, 2)), rng.integers(0, 2, 20).astype(float)

    def loss(weights: np.ndarray) -> float:  # two units: four weights into them, and v, their weights to the output
        z = np.tanh(X @ weights[:4].reshape(2, 2)) @ weights[4:]
        return float((softplus(z) - t * z).mean())

    slopes = central_difference(loss, np.array([0.5, -1.0, 2.0, 0.3, 0.0, 1.5]))  # v of the first unit is 0
    assert np.allclose(slopes[[0, 2]], 0)
    assert (np.abs(slopes[[1, 3, 4, 5]]) > 1e-3).all()

    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=2)))
    assert np.array_equal(-corners.prod(axis=1) > 0, (corners > 0).sum(axis=1) == 1)
    p = 0.01
    ratio = (1 - p) / (2 * (1 - p) * p * (1 - p))  # 50.5
    assert right_text("10.q8") == f"about {10 * round(ratio / 10)} times"
    assert f"{p * (1 - p):.4f}" in question("review", "10.q8").why


def test_adam_s_step_on_a_constant_gradient() -> None:
    m = v = 0.0
    for step in range(1, 1001):
        m, v = 0.9 * m + 0.1 * 5, 0.999 * v + 0.001 * 25
        length = (m / (1 - 0.9**step)) / (math.sqrt(v / (1 - 0.999**step)) + 1e-8)
        assert math.isclose(length, 1, rel_tol=1e-6)
    assert right_text("11.q2") == "α"


def test_softmax_twice_stays_near_even() -> None:
    twice = softmax(softmax([100.0, 0.0, 0.0]))
    assert twice.max() < 0.6


def test_many_labels_and_filters() -> None:
    assert right_text("13.q1") == f"{8 * 9 + 8}, as before"
    assert 8 * 54 * 54 * (9 + 1) == 233_280
    assert "233,280" in question("review", "13.q1").choices.values()
    p = (0.8, 0.7, 0.1)
    scenes = itertools.product((0, 1), repeat=3)
    expected = sum(sum(s) * math.prod(q if on else 1 - q for q, on in zip(p, s, strict=True)) for s in scenes)
    assert right_text("12.q2").startswith(f"{expected:.1f}:")
    shares = np.random.default_rng(0).dirichlet(np.ones(3), size=1000)
    assert (shares.max(axis=1) >= 1 / 3).all()
    for z in ([9, 0, 0], [9, 9, 0], [9, 9, 9]):
        assert ((np.asarray(softmax(z)) > 0.2) == (np.array(z) == 9)).all()
    odds = 1 / 9  # of a yes, where a weight of 9 makes them 1 to 1
    assert right_text("12.q6") == f"{odds / (1 + odds):.1f}"
    assert right_text("12.q7") == f"{(0.1 + 0.2 + 0.3) / 3:.1f}"
