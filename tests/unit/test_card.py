"""A card says what the text says, to the eye: outcome, what differs, the idea; nothing in it is from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from course_utils._support.card import SIGNS, card, code, prose, table, unbroken
from course_utils._support.errors import in_one_line
from course_utils._support.text import Text
from course_utils.environment_check import COMPLETE, Checkup, Finding
from course_utils.exercises import check, exercise, hint, solution
from course_utils.exercises.cards import comparison
from course_utils.exercises.engine import exercises_of
from course_utils.study.inventory import inventory
from course_utils.study.predictions import predict, reveal
from course_utils.study.questions import question
from course_utils.study.review import review
from course_utils.syllabus import lessons

EVIL = "</p><script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


class Parsed(HTMLParser):
    """The elements of a card, its words, and what is marked; an element that is not closed fails."""

    def __init__(self, html: str | None) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.marked: list[str] = []
        assert html
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data.replace("\xa0", " ")
        if "strong" in self.open:
            self.marked.append(data)


def parsed(shown: Any) -> Parsed:
    found = Parsed(shown._repr_html_())
    allowed = {"div", "p", "span", "b", "br", "code", "pre", "table", "tbody", "tr", "th", "td", "strong"}
    assert {tag for tag, _ in found.tags} <= allowed
    assert {name for _, attributes in found.tags for name in attributes} <= {"style", "role", "aria-hidden", "scope"}
    return found


# The outcome


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("right on 95 % of them", "95\xa0%"),
        ("ask for p = t", "p\xa0= t"),
        ("the chance is ln(1\n− p)", "ln(1\xa0− p)"),
        ("ln(1 + z)", "ln(1\xa0+ z)"),
    ],
)
def test_a_card_breaks_no_number_and_no_equation_before_its_sign(text: str, kept: str) -> None:
    assert kept in prose(text)


@pytest.mark.parametrize(
    "text", ["`p = t`", "$p = 1 - t$", "$$\np\n= t\n$$", "```\nx = 1\n```", "a −3", "a\n+ b", "a == b", "|---|"]
)
def test_code_and_formulas_and_signs_of_numbers_stay(text: str) -> None:
    assert unbroken(text) == text


def test_a_line_does_not_end_before_an_equals_sign_or_its_like() -> None:
    assert unbroken("costs ln 10 = 2.30, at z\n= -6; p ≈ 1") == "costs ln 10\xa0= 2.30, at z\xa0= -6; p\xa0≈ 1"
    whole = "code `a = 1`, mathematics $a = 1$ and $$a = 1$$, a heading\n=======\n> a quotation <b>bold</b>"
    assert unbroken(whole) == whole


@pytest.mark.parametrize("outcome", SIGNS)
def test_an_outcome_has_a_sign_a_word_and_a_colour_of_its_own(outcome: str) -> None:
    sign, colour, _ = SIGNS[outcome]
    html = card(outcome, "So it is", "03.1")
    assert Parsed(html).words == f"{sign} So it is 03.1"
    assert html.count(colour) == 2
    assert len(set(SIGNS.values())) == len({each[0] for each in SIGNS.values()}) == len(SIGNS)
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    assert 1.05 / (luminance + 0.05) > 4.5  # white letters on it, WCAG AA


def test_letters_take_their_colour_from_the_page() -> None:
    html = card("wrong", "No", "1", prose("a `b`"), code("x"), table([("got", ["1"])], [("got", 0)], ["entry 0"]))
    fixed = re.findall(r"(?<![-\w])color:([^;\"]+)", html)
    assert set(fixed) == {"inherit", "#fff"}  # white is the sign's, on its own colour
    assert fixed.count("#fff") == 1
    assert not re.search(r"font-size:(?!1em|1\.\d+em|\.9[0-9]em)", html)  # nothing shrinks


def test_what_a_learner_wrote_is_text() -> None:
    html = card("told", EVIL, EVIL, prose(EVIL), prose(EVIL, bold=True), code(EVIL), table([(EVIL, [EVIL])]))
    assert "<script" not in html
    assert "<img" not in html
    assert Parsed(html).words.count("<script>") == 7


def raising(z: Any) -> Any:
    raise ValueError(EVIL)


def test_an_answer_that_raises_html_is_escaped() -> None:
    assert "<script>" in parsed(check("03.1", raising)).words


def test_text_is_a_string_and_shows_itself() -> None:
    assert Text("a\nb") == "a\nb"
    assert repr(Text("a\nb", "<p>a</p>")) == "a\nb"
    assert Text("a")._repr_html_() is None
    assert Text("a", "<p>a</p>")._repr_html_() == "<p>a</p>"


# check


def test_right_and_not_attempted() -> None:
    assert parsed(check("03.1", exercise("03.1").answer)).words == "✓ Right 03.1On all 3 cases."
    assert parsed(check("03.1", None)).words == '○ Not attempted yet 03.1Stuck? hint("03.1")'


def test_expected_and_got_stand_one_below_the_other_and_what_differs_is_marked() -> None:
    found = parsed(check("03.1", lambda z: 1 / (1 + np.exp(z))))
    assert found.words == (
        "✗ Not yet right 03.1z02-1expected0.50.88080.2689got0.50.11920.7311"
        "This looks like: the sign of the exponent forgotten."
        "Which should be larger, the probability at z = 2 or at z = -2?"
    )
    assert found.marked == ["0.1192", "0.7311"]


def test_numbers_have_as_many_digits_as_make_them_differ() -> None:
    answer = exercise("03.1").answer
    assert parsed(check("03.1", lambda z: answer(z) + 1e-5)).marked == ["0.50001", "0.88081", "0.269"]


def test_matrices_stand_side_by_side() -> None:
    found = parsed(check("08.1", lambda y, n_classes: np.eye(n_classes)[y][:, ::-1]))
    assert found.marked == ["1", "0", "0", "1"]
    assert [tag for tag, _ in found.tags].count("table") == 2


def test_of_a_large_result_the_first_entries_that_differ_are_shown() -> None:
    expected, differ = np.zeros((30, 20)), np.zeros((30, 20), bool)
    differ[3, 4] = differ[17, 0] = True
    found = Parsed(comparison(exercise("06.1"), (), expected, expected + differ, differ))
    assert found.words == "row 3, column 4row 17, column 0expected00got11"
    assert found.marked == ["1", "1"]
    differ[:] = True
    assert len(Parsed(comparison(exercise("06.1"), (), expected, expected + 1, differ)).marked) == 6


@pytest.mark.parametrize("lesson", [each.number for each in lessons()])
def test_every_known_wrong_answer_has_a_card_with_its_idea_and_question(lesson: str) -> None:
    for each in exercises_of(lesson):
        for known in each.misconceptions:
            found = parsed(check(each.id, known.answer))
            assert found.words.startswith(f"✗ Not yet right {each.id}")
            assert known.idea.replace("`", "") in found.words
            assert known.question.replace("`", "") in found.words
            assert len(found.words) < 1200, found.words
            if not callable(each.answer):
                assert "expected" not in found.words  # the answer itself would end the exercise


def test_a_value_is_not_given_away() -> None:
    assert parsed(check("08.5", 17)).words == "✗ Not yet right 08.5Not 17."


# The others


def test_hints_and_solutions() -> None:
    words = [parsed(hint("06.1")).words for _ in range(len(exercise("06.1").hints) + 1)]
    assert words[0].startswith("→ Hint 1 of ")
    assert words[-1] == '○ No more hints 06.1solution("06.1") shows one way to do it.'
    assert parsed(solution("08.5")).words == "→ One way to do it 08.5updates = 3752"
    found = Parsed(solution("03.1").html)
    assert str(solution("03.1")).rstrip() in found.words
    assert "pre" in [tag for tag, _ in found.tags]


def test_a_prediction_and_its_answer() -> None:
    assert parsed(predict("11.p1")).words == (
        '○ Your prediction? 11.p1Run this cell for a field. In code: predict("11.p1", 7), with your number.'
    )
    assert parsed(predict("11.p1", 512)).words == "→ Noted 11.p1512 rows. Run on, and see."
    told = parsed(reveal("11.p1", 386)).words
    assert told.startswith("✗ Not so 11.p1You said 512 rows · it is 386 rows126 rows too much.252 rows are ties")
    assert parsed(predict("11.p1", 5)).words.startswith("○ Too late 11.p1")
    predict("04.p1", "b")
    assert parsed(reveal("04.p1", "b")).words.startswith("✓ Right 04.p1You said b · it is b) cross-entropy")
    predict("06.p2", {"a": 0.7, "b": 0.3})
    assert (
        "✓ Right 06.p2You said a 70 %, b 30 % · it is a) nothingLog loss 0.357 nats"
        in parsed(reveal("06.p2", "a")).words
    )
    assert parsed(reveal("06.p4", "c")).words.startswith("→ It is c) it runs, and the loss falls 06.p4")
    predict("05.p1", dict.fromkeys("abc", 1 / 3))
    assert parsed(reveal("05.p1", "c")).words.startswith("✗ Not so 05.p1")  # to hold all alike is not to be right
    predict("05.p2", {"a": 0.5, "b": 0.5})
    assert parsed(reveal("05.p2", question("predictions", "05.p2").truth)).words.startswith("✗ Not so 05.p2")
    assert parsed(reveal("06.p4", "a")).words.startswith("○ Something else came out 06.p4")


def test_review_answers_with_cards() -> None:
    asked = review("06").questions[0]
    wrong = next(iter(asked.ideas))
    said = review("06", {asked.id: wrong}).said[asked.id]
    assert isinstance(said, Text)
    assert said.startswith(f"Not so. Behind {wrong} is this idea: ")
    assert parsed(said).words.startswith(f"✗ Not so {asked.id}Behind {wrong} is this idea: ")
    assert said.html in review("06").panel().children[0].children[-1].value


def test_a_checkup_marks_what_is_missing() -> None:
    fine, gap = Finding("Python", "3.13"), Finding("MNIST", "", "not at hand", "Fetch `it`.")
    assert parsed(Checkup((fine,))).words == f"✓ {COMPLETE}Pythonfine"
    found = parsed(Checkup((fine, gap)))
    assert found.words == "✗ Something is missingPythonfineMNISTnot at handFetch it."
    assert found.marked == ["not at hand"]


def test_ipython_shows_the_text_and_the_card_beside_it() -> None:
    shell: Any = InteractiveShell.instance()
    data, _ = shell.display_formatter.format(check("03.1", None))
    assert data == {
        "text/plain": '03.1 not attempted yet. Stuck? hint("03.1")',
        "text/html": check("03.1", None).html,
    }
    data, _ = shell.display_formatter.format(hint("03.1"))
    assert data.keys() == {"text/plain", "text/html"}


# A mistake in calling


CALLS = [
    ('check("99.1", 1)', "ValueError: exercise_id: expected one like"),
    ('check("03.1")', "TypeError: check() missing 1 required positional argument: 'answer'"),
    ('hint("99.1")', "ValueError: exercise_id: "),
    ('solution("99.1")', "ValueError: exercise_id: "),
    ('predict("06.p2", "z")', "ValueError: answer: expected 'a' or 'b' or 'c', got 'z'"),
    ('predict("11.p1", "many")', "TypeError: answer: expected a number"),
    ('reveal("06.p9", 1)', "ValueError: id: expected one of 06.p1"),
    ('review("99")', "ValueError: lesson: "),
    ('inventory("now")', "ValueError: when: "),
]


@pytest.mark.parametrize(("call", "said"), CALLS, ids=[call for call, _ in CALLS])
def test_a_mistake_in_calling_is_one_line_in_a_notebook(
    call: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shell: Any = InteractiveShell.instance()
    shell.push({each.__name__: each for each in (check, hint, solution, predict, reveal, review, inventory)})
    result = shell.run_cell(call)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(said)
    with pytest.raises((TypeError, ValueError)):  # plain Python's
        result.raise_error()


def test_an_error_of_another_kind_keeps_its_traceback() -> None:
    @in_one_line
    def broken() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError) as caught:
        broken()
    assert not hasattr(caught.value, "_render_traceback_")
