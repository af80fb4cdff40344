"""Build the site into site/: the lessons as they ran, the pages of docs/, and the package's reference.

    python -m tools.site

Sphinx makes the pages from the executed notebooks; nothing is run again. They are read without a network: open
site/index.html. A warning of Sphinx, a link to nothing, or a figure without words ends the build.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import nbformat

import course_utils
from course_utils._support.card import unbroken
from course_utils.explorers.page import EXPLORER as STATE
from course_utils.explorers.page import STATIC
from course_utils.syllabus import Lesson, glossary, lessons
from tools.build import CAPTION, FOLDED, NOTEBOOKS, ROOT
from tools.copies import without_facts
from tools.figures import WIDE
from tools.page_explorers import find, placed
from tools.site_icons import leave_out_unused
from tools.site_search import add_texts
from tools.site_visitors import PREDICTS, for_visitors, without_choices

DOCS = ROOT / "docs"
SITE = ROOT / "site"
EXPLORER = "An explorer as it stands before anything is moved; the text below describes the picture."

Cell = Any  # nbformat carries no types


class SiteError(Exception):
    """A site that must not be published as it is; the message says why."""


def build(site: Path) -> None:
    """Make the whole site anew in the folder `site`; a site that fails leaves an older one as it was."""
    with tempfile.TemporaryDirectory() as folder:
        source, pages = Path(folder) / "source", Path(folder) / "pages"
        gather(source)
        run_sphinx(source, pages)
        add_texts(pages)
        leave_out_unused(pages)
        faults = sorted(broken_links(pages))
        if faults:
            raise SiteError("\n".join(faults))
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(pages, site)


# What Sphinx is given


def gather(source: Path) -> None:
    """Lay out in the folder `source` what Sphinx reads: docs/, the lessons, the reference, MathJax."""
    shutil.copytree(DOCS, source)
    shutil.copy(mathjax(), source / "_static")
    for script in STATIC.glob("*.js"):
        shutil.copy(script, source / "_static")
    for written in source.rglob("*.md"):
        text = written.read_text(encoding="utf-8")
        written.write_text(unbroken(text.replace("](../notebooks/", "](lessons/")), encoding="utf-8")
    words = source / "glossary.md"
    words.write_text(with_places(words.read_text(encoding="utf-8")), encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    start = start_page(readme, os.environ.get("GITHUB_REPOSITORY", ""))
    (source / "start.md").write_text(start, encoding="utf-8")
    index = source / "index.md"
    index.write_text(first_page(index.read_text(encoding="utf-8")), encoding="utf-8")
    (source / "lessons").mkdir()
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        page = for_the_web(notebook)
        page.cells += words_of(notebook.stem[:2])
        nbformat.write(page, source / "lessons" / notebook.name)
    (source / "api").mkdir()
    for name, text in reference():
        (source / "api" / f"{name}.md").write_text(text, encoding="utf-8")


def mathjax() -> Path:
    """Return MathJax in one file, which the package sphinx-mathjax-offline carries."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise SiteError("The site's packages are missing: pip install -e '.[site]'")
    return Path(spec.origin).parent / "static" / "mathjax" / "tex-svg-full.js"


def start_page(readme: str, repository: str = "") -> str:
    r"""Return the page on how to run the course, out of the README; a build on GitHub knows its repository.

    >>> readme = "```\npython course.py lab\n```\n\n## Start\n\nRead [it](docs/it.md).\n\n## More\n"
    >>> print(start_page(readme, "me/mine"))
    # Run it on your own machine
    <BLANKLINE>
    The course is kept at <https://github.com/me/mine>.
    <BLANKLINE>
    ```
    python course.py lab
    ```
    <BLANKLINE>
    Read [it](it.md).
    """
    commands = re.search(r"^```\npython course\.py lab.*?^```", readme, re.DOTALL | re.MULTILINE)
    section = readme.partition("\n## Start\n\n")[2].partition("\n## ")[0].rstrip()
    if commands is None or not section:
        raise SiteError("README.md has no two commands, or no part 'Start'")
    where = [f"The course is kept at <https://github.com/{repository}>."] if repository else []
    page = "\n\n".join(["# Run it on your own machine", *where, commands[0], section])
    return re.sub(r"\[(data/[^]]*)\]\([^)]*\)", r"`\1`", page.replace("](docs/", "]("))


def first_page(markdown: str) -> str:
    """Return the first page with what is made for it: the playground, alive, and the table of lessons."""
    playground = placed({"name": "playground", "state": find()["playground"]().state})
    source = '<script src="_static/playground.js" defer></script>'
    markdown = markdown.replace(
        "```{playground}\n```", f'```{{raw}} html\n<div class="hero">{playground}{source}</div>\n```'
    )
    return markdown.replace("```{lessons}\n```", lesson_table(lessons()))


def lesson_table(each: tuple[Lesson, ...]) -> str:
    """Return the lessons as a Markdown table with links."""
    stems = {path.stem[:2]: path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    rows = [
        f"| {lesson.number} | [{lesson.title}](lessons/{stems[lesson.number]}.ipynb) | {lesson.question} "
        f"| {lesson.minutes} |"
        for lesson in each
        if lesson.number in stems
    ]
    return "\n".join(["| no. | lesson | the question | minutes |", "|---|---|---|---|", *rows])


def place(term: str) -> str:
    """Return the id of a word's row in the glossary.

    >>> place("Bayes' rule")
    'word-bayes-rule'
    """
    return "word-" + re.sub(r"\W+", "-", term.lower()).strip("-")


def with_places(page: str) -> str:
    r"""Return the glossary's page with a place in each row that a lesson can link to.

    >>> with_places("| nat | unit of surprise | [05](lessons/05.ipynb) |")
    '| <span id="word-nat"></span>nat | unit of surprise | [05](lessons/05.ipynb) |'
    """
    row = r"^\| (?!term \|)([^|]+?) \|(?=.*\]\(lessons/)"
    return re.sub(row, lambda m: f'| <span id="{place(m[1])}"></span>{m[1]} |', page, flags=re.MULTILINE)


def words_of(lesson: str) -> list[Cell]:
    """Return a text cell that links to the words which a lesson ("05") explains; no cell where there are none."""
    links = [
        f'<a href="../glossary.html#{place(word.term)}">{html.escape(word.term)}</a>'
        for word in glossary()
        if word.lesson == lesson
    ]
    return [nbformat.v4.new_markdown_cell(f"## Words of this lesson\n\n{' · '.join(links)}")] if links else []


def for_the_web(path: Path) -> Cell:
    """Return a notebook made ready for its page: alternative texts, explorers, and answers that fold."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = without_facts(notebook.cells)
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = without_choices(without_boxes(unfold(cell.source)), after)
        elif cell.cell_type == "code":
            cell.outputs = [part for output in alive(cell.outputs) for part in separated(output)]
            cell.outputs = for_visitors(cell)
            describe(cell, after, path.stem)
            if FOLDED & set(cell.metadata.get("tags", [])):
                fold(cell)
            elif PREDICTS.fullmatch(cell.source):
                cell.metadata.tags = ["remove-input"]  # the choices stand below their question
    return notebook


def fold(cell: Cell) -> None:
    """Have MyST-NB put the cell's code in a <details> whose name is what the code's first line says."""
    words = re.sub(r"^# (?:Figure \d+: )?", "", cell.source.partition("\n")[0]).rstrip(".")
    name = f"Code: {words}".replace("{", "{{").replace("}", "}}")  # it is a format
    cell.metadata.tags = [*cell.metadata.tags, "hide-input"]
    cell.metadata.setdefault("mystnb", {}).update(code_prompt_show=name, code_prompt_hide=name)


def unfold(markdown: str) -> str:
    r"""Put the answers in <details> between empty lines: their mathematics, emphasis and lists are read as such.

    >>> print(unfold("<details><summary>Answers</summary>1. Yes. 2. No.</details>"))
    <details><summary>Answers</summary>
    <BLANKLINE>
    1. Yes.
    2. No.
    <BLANKLINE>
    </details>
    """

    def listed(found: re.Match[str]) -> str:
        answer = found[2]
        if answer.startswith("1. "):
            answer = re.sub(r"\s+(?=[2-9]\. )", "\n", answer)
        return f"{found[1]}\n\n{answer}\n\n{found[3]}"

    return re.sub(r"(<details><summary>.*?</summary>)(.*?)(</details>)", listed, markdown, flags=re.DOTALL)


def without_boxes(markdown: str) -> str:
    """Turn a list to check off into a plain one: nobody can check a page off."""
    return re.sub(r"^- \[ \] ", "- ", markdown, flags=re.MULTILINE)


def alive(outputs: list[Cell]) -> list[Cell]:
    """Put each explorer itself before its picture and caption, which are seen until it runs, and on paper."""
    shown = []
    for output, after in pairwise([*outputs, None]):
        if stored := output.get("data", {}).get(STATE):
            words = html.escape(after.data["text/markdown"] if after else EXPLORER)
            picture = f'<img alt="{EXPLORER}" src="data:image/png;base64,{output.data["image/png"]}">'
            still = f'<div class="still">{picture}<p>{words}</p></div>'
            source = f'<script src="../_static/{stored["name"]}.js" defer></script>'
            text = placed(stored) + still + source
            shown.append(nbformat.v4.new_output("display_data", {"text/html": text}))
        elif output.get("metadata") != CAPTION:
            shown.append(output)
    return shown


def separated(output: Cell) -> list[Cell]:
    """Return an explorer's output as two, picture and words: a page shows only one kind of each output."""
    data = output.get("data", {})
    if not data.keys() >= {"image/png", "text/markdown"}:
        return [output]
    parts = [{"image/png": data["image/png"]}, {"text/markdown": data["text/markdown"]}]
    return [nbformat.v4.new_output("display_data", part) for part in parts]


def describe(cell: Cell, after: Cell | None, lesson: str) -> None:
    """Give the cell's pictures their alternative text: the caption that follows, or what an explorer's says."""
    kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
    if "image/png" not in kinds:
        return
    caption = re.match(r"\*(Figure \d+\. .+?)\*(?=\n\n|$)", after.source if after else "", re.DOTALL)
    if caption is None and "text/markdown" not in kinds:
        first_line = cell.source.partition("\n")[0]
        raise SiteError(f"{lesson}: the figure of the cell that begins {first_line!r} has no caption after it")
    words = " ".join(re.sub(r"[*$`\\]", "", caption[1]).split()) if caption else EXPLORER
    pictures = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    wide = any(width(picture) > WIDE for picture in pictures)
    cell.metadata["mystnb"] = {"image": {"alt": words} | ({"classes": "wide"} if wide else {})}


def width(png: str) -> int:
    """Return how many pixels wide a picture in base64 is: what its header says after the first sixteen bytes."""
    return int.from_bytes(base64.b64decode(png[:32])[16:20], "big")


def reference() -> Iterator[tuple[str, str]]:
    """Yield name and text of each page of the reference: one for every module or package of course_utils."""
    for name in sorted(module.name for module in pkgutil.iter_modules(course_utils.__path__)):
        full = f"course_utils.{name}"
        package = importlib.import_module(full)
        inner = [each.name for each in pkgutil.iter_modules(getattr(package, "__path__", []), f"{full}.")]
        modules = [full, *(each for each in inner if not each.rpartition(".")[2].startswith("_"))]
        sections = [
            f"## {each.removeprefix('course_utils.')}\n" * (each != full)
            + f"```{{eval-rst}}\n.. automodule:: {each}\n```\n"
            for each in modules
        ]
        yield name, f"# {name}\n\n" + "\n".join(sections)


# Sphinx, and what it does not check


def run_sphinx(source: Path, pages: Path) -> None:
    """Turn the folder `source` into `pages`; raise SiteError with all of Sphinx's warnings where it has any."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(source.parent / "doctrees")]
    ended = subprocess.run([*command, str(source), str(pages)], cwd=ROOT, capture_output=True, text=True)
    if ended.returncode:
        raise SiteError(ended.stderr.replace(f"{source}/", ""))


class Page(HTMLParser):
    """Where a page's links lead, and which of its places can be linked to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note the element's id and its address."""
        for name, value in attributes:
            if value and name == "id":
                self.places.add(value)
            elif value and name in ("href", "src"):
                self.links.add(value)


def broken_links(pages: Path) -> Iterator[str]:
    """Say, in a line each, which links within the site lead to no file or to no place in it."""
    written = (path for path in pages.rglob("*.html") if "_static" not in path.parts)
    parsed = {path: Page(path.read_text(encoding="utf-8")) for path in written}
    for path, page in parsed.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            where = f"{path.relative_to(pages)}: {link}"
            if not target.is_file():
                yield f"{where} leads to no file"
            elif parts.fragment and target in parsed and unquote(parts.fragment) not in parsed[target].places:
                yield f"{where} leads to no place on that page"


def main() -> None:
    """Build the site, or end with a sentence that says why not."""
    try:
        build(SITE)
    except SiteError as error:
        sys.exit(f"Not built: {error}")
    print(f"Open {SITE / 'index.html'}")


if __name__ == "__main__":
    main()
