"""docs/results.md: the page shows what the runs give, and refuses figures that depend on the number of threads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from course_utils._support.card import unbroken
from tools import results
from tools.results import Figure


@pytest.mark.long
def test_the_police_run_gives_the_rows_of_the_page() -> None:
    page = results.PAGE.read_text(encoding="utf-8")
    for figure in results.police():
        assert unbroken("| " + " | ".join(results.shown(figure)[:-1]) + " |") in page


def test_every_run_has_its_place_on_the_page() -> None:
    page = results.PAGE.read_text(encoding="utf-8")
    assert [page.count(f"\n## {title}\n") for title in results.RUNS] == [1] * 7


def test_no_number_of_the_page_is_parted_from_its_per_cent_sign() -> None:
    assert re.findall(r".*[ \n]%", results.PAGE.read_text(encoding="utf-8")) == []


def test_wilsons_interval() -> None:
    # Agresti and Coull (1998), equation 3: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), by hand.
    row = results.shown(Figure("right", "90 %", "someone", 90, 95, right=90, of=100, digits=0))
    assert row[2:5] == ["90 (90.00 %)", "-5", "82.56 % to 94.48 %"]


@pytest.mark.parametrize(
    ("value", "difference"), [(0.5, "below 1e-10"), (0.5 + 2e-11, "below 1e-10"), (0.5 + 3e-6, "3e-06")]
)
def test_the_difference_of_a_loss(value: float, difference: str) -> None:
    assert results.shown(Figure("loss", "0.5", "someone", value, 0.5))[3] == difference


def test_figures_that_depend_on_the_threads_are_refused() -> None:
    one: dict[str, Any] = {title: {"rows": [["loss", "0.5", "0"]], "seconds": 1.0} for title in results.RUNS}
    assert "Seed: 0; 1.0 seconds with one thread, 1.0 with two." in results.page(one, one)
    other = {**one, next(iter(results.RUNS)): {"rows": [["loss", "0.6", "0"]], "seconds": 1.0}}
    with pytest.raises(ValueError, match=r"0\.5.* with one thread, .*0\.6.* with two"):
        results.page(one, other)
