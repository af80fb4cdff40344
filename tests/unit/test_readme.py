"""The README tells of what exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises import check

ROOT = Path(__file__).parents[2]
# docs/index.md leads into the site, where tools/site.py checks every link.
DOCS = [page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]


def places(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere_and_pictures_have_a_text() -> None:
    for page in PAGES:
        for text, target in re.findall(r"\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert text.strip(), f"{page.name}: a link or picture without a text: {target}"
            if "://" in target:
                continue
            file, _, place = target.partition("#")
            there = page.parent / file if file else page
            assert there.exists(), f"{page.name}: {target}"
            assert not place or place in places(there), f"{page.name}: {target}"


def test_what_it_quotes_is_what_a_learner_is_told() -> None:
    def sigmoid(z: Any) -> Any:
        return 1 / 1 + np.exp(-z)

    quoted = re.search(r'"(This looks like: [^"]+)"', " ".join(PAGES[0].read_text(encoding="utf-8").split()))
    assert quoted
    assert quoted[1] in " ".join(check("03.1", sigmoid).message.split())


def test_every_picture_is_in_the_course_and_none_is_a_badge_that_leads_to_a_form() -> None:
    for page in PAGES:
        assert re.findall(r"!\[[^\]]*\]\((https?:[^)]*)\)", page.read_text()) == [], page.name


def test_the_moving_picture_is_small_enough_for_a_first_page() -> None:
    assert (ROOT / "docs" / "pictures" / "playground.webp").stat().st_size < 2_000_000
