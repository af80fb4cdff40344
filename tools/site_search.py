"""What the site's search needs to show excerpts where no server runs: the text of every page, in one script.

A page that was opened from a file may not fetch another one. The search page therefore gets, from `add_texts`, a
script with the sections of all pages, and docs/_static/search.js answers Sphinx's requests from it.
"""

from __future__ import annotations

import json
from pathlib import Path

TEXTS = "_static/search_texts.js"
UNREAD = "script, style, .headerlink, mjx-container, table.docutils.field-list, nav"


def add_texts(pages: Path) -> None:
    """Write the sections of each page of the folder `pages` into one script, and load it in the search page."""
    texts = {
        path.relative_to(pages).with_suffix("").as_posix(): sections(path.read_text(encoding="utf-8"))
        for path in sorted(pages.rglob("*.html"))
        if "_static" not in path.parts and path.name not in ("search.html", "genindex.html")
    }
    written = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    (pages / TEXTS).write_text(f"window.courseTexts = {written};\n", encoding="utf-8")
    search = pages / "search.html"
    html = search.read_text(encoding="utf-8").replace("<head>", f'<head>\n<script src="{TEXTS}"></script>', 1)
    search.write_text(html, encoding="utf-8")


def sections(html: str) -> dict[str, str]:
    """Return by the id of each section of a page its own words, without those of the sections in it.

    >>> page = '<div role="main"><section id="a"><h1>A</h1> one <section id="b">two</section></section></div>'
    >>> sections(page)
    {'a': 'A one', 'b': 'two'}
    """
    from bs4 import BeautifulSoup

    main = BeautifulSoup(html, "html.parser").select_one('[role="main"]')
    if main is None:
        return {}
    for unread in main.select(UNREAD):
        unread.decompose()
    found = {}
    for section in reversed(main.select("section[id]")):  # the inner before the outer
        found[str(section["id"])] = " ".join(section.get_text(" ").split())
        section.decompose()
    return dict(reversed(found.items()))
