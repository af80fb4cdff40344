"""Fifteen questions, the same before and after; what they say is computed; the gain is Hake's."""

from __future__ import annotations

import itertools
import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import scipy.stats

from course_utils import progress_store
from course_utils.activations import softmax
from course_utils.study.inventory import given_answers, inventory, normalised_gain, result, score
from course_utils.study.questions import question, questions

ALL = questions("inventory")
TRUTH = {each.id: str(each.truth) for each in ALL.values()}
WRONG = {each.id: next(iter(each.ideas)) for each in ALL.values()}


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


def mixed(right: int) -> dict[str, str]:
    return {key: (TRUTH if i < right else WRONG)[key] for i, key in enumerate(ALL)}


def test_fifteen_with_a_source_each() -> None:
    assert list(ALL) == [f"i{number:02d}" for number in range(1, 16)]
    for each in ALL.values():
        assert re.search(r"\((18|19|20)\d\d\)$|error in lecture \d, as printed", each.source), each.source
        assert 3 <= len(each.choices) <= 4
    letters = list(TRUTH.values())
    assert all(letters.count(letter) >= 3 for letter in "abcd")


def test_before_the_course_no_answer_is_judged() -> None:
    told = inventory("before", mixed(7))
    assert all(said == f"Noted: {told.given[key]}." for key, said in told.said.items())
    assert (
        result("before") == "All 15 answered. You will see how you did after lesson 14, when you answer them again."
    )
    assert not any(each.why in told.text() for each in ALL.values())
    assert given_answers("before") == mixed(7)


def test_after_it_score_and_gain_and_every_reason() -> None:
    inventory("before", mixed(6))
    asked = inventory("after", mixed(12))
    told = result("after")
    assert "After the course 12 of 15 right, 80 %. Before it 6, 40 %. Normalised gain 0.67" in told
    assert "one answer moves it by 0.11" in told
    assert all(each.why in told for each in ALL.values())
    assert all(each.source in told for each in ALL.values())
    assert told.count(" not ") >= 3
    assert told.splitlines()[1].startswith("i01 right.")
    assert told.splitlines()[-1].startswith(f"i15 not {WRONG['i15']}: {ALL['i15'].ideas[WRONG['i15']]}.")
    assert asked.text().count("Normalised gain") == 1


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, 9, "There are no 15 answers from before the course"),
        (15, 14, "Nothing was left to gain"),
        (10, 8, "gain -0.40"),
        (0, 15, "gain 1.00"),
    ],
)
def test_corner_cases(before: int | None, after: int, words: str) -> None:
    if before is not None:
        inventory("before", mixed(before))
    inventory("after", mixed(after))
    assert words in result("after")


def test_answers_may_change_until_it_is_too_late() -> None:
    inventory("before", {"i01": WRONG["i01"]})
    inventory("before", {"i01": TRUTH["i01"]})
    assert given_answers("before") == {"i01": TRUTH["i01"]}
    assert result("before") == "1 of 15 answered."
    inventory("after", {"i02": TRUTH["i02"]})
    told = inventory("before", {"i01": WRONG["i01"], "i03": "a"})
    assert told.said == {
        "i01": f"It is too late to change it: {TRUTH['i01']}.",
        "i03": "It is too late to change it: no answer.",
    }
    inventory("after", mixed(15))
    inventory("after", {"i15": WRONG["i15"]})
    assert score(given_answers("after")) == 100


def test_the_panel_closes_with_the_result() -> None:
    inventory("before", mixed(5))
    inventory("after", {key: letter for key, letter in mixed(10).items() if key != "i15"})
    panel = inventory("after").panel()
    assert panel.children[-1].value == '<p role="status">14 of 15 answered.</p>'
    panel.children[-2].children[1].value = TRUTH["i15"]
    assert "Normalised gain 0.60" in panel.children[-1].value


@pytest.mark.parametrize(("when", "answers"), [("now", None), ("before", {"i16": "a"}), ("before", {"i01": "e"})])
def test_bad_input_is_named(when: Any, answers: Any) -> None:
    with pytest.raises(ValueError, match=r"expected '(before|i01|a)' or"):
        inventory(when, answers)
    assert progress_store.entries("inventory") == {}


@pytest.mark.parametrize(("before", "after"), [(100, 100), (-1, 50), (50, 101)])
def test_a_gain_of_no_percentages(before: float, after: float) -> None:
    with pytest.raises(ValueError, match=r"^(before|after): expected"):
        normalised_gain(before, after)


def test_an_old_letter_that_is_no_choice_now_is_left_out() -> None:
    progress_store.change("inventory", "before", lambda _: {"answers": {"i01": "z", "i99": "a", "i02": "a"}})
    assert given_answers("before") == {"i02": "a"}


# The facts


def right_text(key: str) -> str:
    return question("inventory", key).choices[TRUTH[key]]


def test_dice() -> None:
    throws = list(itertools.product(range(1, 7), repeat=2))
    assert sum(sorted(throw) == [5, 6] for throw in throws) == 2 * throws.count((6, 6)) == 2
    assert right_text("i03") == "a 5 and a 6, twice as probable"


def test_the_alarm() -> None:
    assert right_text("i04") == f"about {100 * 8 / (8 + 95):.0f} %"


def test_the_small_hospital() -> None:
    more = [scipy.stats.binom.sf(int(0.6 * n), n, 0.5) for n in (15, 45)]  # sf: strictly more than 60 %
    assert more[0] > 1.5 * more[1]
    assert right_text("i06") == "the small one"


def test_the_urn() -> None:
    draws = [pair for pair in itertools.permutations("wwbb", 2) if pair[1] == "w"]
    assert right_text("i07") == str(Fraction(sum(pair[0] == "w" for pair in draws), len(draws)))


def test_the_weather_page() -> None:
    assert 0.7 * 0.2 > 0.05
    assert round(0.7 * 0.2, 2) == 0.14


def test_always_no() -> None:
    assert f"{100 * 10 / 11:.1f}" == "90.9"


def test_seventy_of_a_hundred_is_no_bad_luck_at_ninety_per_cent() -> None:
    assert scipy.stats.binom.cdf(70, 100, 0.9) < 1e-7


def test_two_forecasters() -> None:
    def loss(right: int, p: float) -> float:
        return -(right * math.log(p) + (100 - right) * math.log(1 - p)) / 100

    assert loss(52, 0.51) < loss(52, 0.95)
    assert loss(95, 0.51) > loss(95, 0.95)


def test_the_largest_share_pays_most() -> None:
    before, after = softmax([1.0, 2.0, 0.5, 0.0]), softmax([1.5, 2.0, 0.5, 0.0])
    fall = before - after
    assert (fall[1:] > 0).all()
    assert fall[1:].argmax() == before[1:].argmax()
    assert math.isclose(fall[1] / before[1], fall[3] / before[3])


def test_the_surest_of_those_that_are_wrong_is_corrected_least() -> None:
    correction = [2 * e * e * (1 - e) for e in (0.7, 0.8, 0.9, 0.99)]  # error times openness p(1 - p), times 2
    assert correction == sorted(correction, reverse=True)
    assert right_text("i14") == "the one that is surest"


def test_once_in_a_thousand_days() -> None:
    assert round((1 / 990) / (1 / 1000), 2) == 1.01
