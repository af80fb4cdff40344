"""The README tells of what exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# docs/index.md leads into the site, where tools/site.py checks every link.
DOCS = [page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]


def test_links_lead_somewhere_and_pictures_have_a_text() -> None:
    for page in PAGES:
        for text, target in re.findall(r"\[([^\]]*)\]\(([^)#]+)\)", page.read_text()):
            assert text.strip(), f"{page.name}: a link or picture without a text: {target}"
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_picture_is_in_the_course_and_none_is_a_badge_that_leads_to_a_form() -> None:
    for page in PAGES:
        assert re.findall(r"!\[[^\]]*\]\((https?:[^)]*)\)", page.read_text()) == [], page.name


def test_the_moving_picture_is_small_enough_for_a_first_page() -> None:
    assert (ROOT / "docs" / "pictures" / "playground.webp").stat().st_size < 2_000_000
