"""Make slides of a lesson from its notebook: slides/NN_slug.html, one file that needs no network.

    python -m tools.slides 04

A slide shows what a teacher would: headings, predictions, formulas, figures, results, short sentences, and of longer
prose the sentences that hold something in bold. A question comes with the numbers that it asks about, and what
follows it waits for the next key, so that no answer stands in sight of its question. Derivations appear line by line
and go on with their first line repeated; a table is never split. All of the prose is in the speaker's notes (press
S), and so is what the teacher's guide says of a question or an exercise. Exercises are their question and what is
given. Parts headed Deeper stay at home, and the last slide names them. To print, open the file with ?print-pdf after
its name.
"""

from __future__ import annotations

import argparse
import base64
import functools
import html
import importlib.util
import itertools
import math
import re
import struct
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat

from course_utils.explorers.page import EXPLORER as STATE
from tools.build import CAPTION, NOTEBOOKS, ROOT
from tools.callouts import without_callouts
from tools.copies import for_learners
from tools.deeper import COLLAPSED, DEEPER, hidden
from tools.errata import ANSWER
from tools.page_explorers import placed, script
from tools.site import EXPLORER, SiteError, mathjax

SLIDES = ROOT / "slides"
GUIDE = ROOT / "docs" / "guide"
ROOM = 15.0  # lines of text that fit below the title
WIDTH = 80  # characters of a line
TABLE = 94  # characters of a line of a table, three for each gap included
PRINTED = 92  # characters of a line of code or output
BESIDE = 29  # characters of a line to the left of a picture, whose letters are a little smaller
BESIDE_PRINTED = 36  # the same of printed text
FEW = 7.0  # lines under which a slide joins its neighbour
TIGHT = 1.15 * ROOM  # lines of two slides that become one, which the page makes a little smaller
SQUEEZED = 1.2 * ROOM  # lines of a derivation that is made smaller, not continued
WIDE = 2.4  # a picture's width by its height from which words stand above it, not to its left
ABOVE = 4.0  # lines that leave a wide picture large enough
SHORT = 170  # characters of a paragraph that a slide shows whole
ASKED = re.compile(r"\*\*(Predict|Claim|\d\d\.p\d)")
# A number that is data: the number of a lesson or of a figure is none.
REFERENCE = re.compile(
    r"\b(lessons?|lectures?|sections?|figures?|exercises?|lines?) \d+(\.\d+)?( (and|to) \d+)?", re.IGNORECASE
)
# Words that something else goes on: "in three steps:", "so the price is".
LEADS = re.compile(r"[^.!?*_\"')][*_\"')]*$")
# What these cells print is an answer to a learner, of whom a slide knows nothing, or a page of source.
PRIVATE = re.compile(r"\b(check|check_line|predict|reveal|review|getsource)\(")


@dataclass(frozen=True)
class Part:
    """A block of HTML, how many lines it takes, and what it is: `later`, a question, or to `keep` with the next.

    A `picture` says where its words stand: to its left, "beside" it, or "above" it.
    """

    block: str
    lines: float
    later: bool = False
    asked: bool = False
    keep: bool = False
    picture: str = ""
    beside: float = math.inf  # the lines that it takes to the left of a picture, if it may stand there


@dataclass
class Slide:
    """One slide: its title, the section of the lesson, its parts, and what the speaker reads."""

    title: str
    section: str = ""
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    last_title: str = ""  # of the last slide that was joined to this one

    @property
    def title_now(self) -> str:
        """Return the title under which the last part stands."""
        return self.last_title or self.title

    @property
    def lines(self) -> float:
        """Return how many lines the parts take together."""
        return sum(part.lines for part in self.parts)

    @property
    def blocks(self) -> list[str]:
        """Return the parts as HTML; what follows a question waits for a key."""
        made, asked = [], False
        for part in self.parts:
            later = (" picture" if part.picture else "") + (" fragment" if part.later or asked else "")
            made.append(f'<div class="block{later}">{part.block}</div>')
            asked = asked or part.asked
        return made


class Deck:
    """The slides so far; a block that does not fit any more begins a new slide under the same title."""

    def __init__(self) -> None:
        self.slides: list[Slide] = []
        self.section = ""  # the last heading that is no exercise, and the last of the second level
        self.chapter = ""

    def begin(self, title: str) -> None:
        """Begin a slide."""
        self.slides.append(Slide(title, self.chapter))

    def begin_section(self, title: str, level: int) -> None:
        """Begin the first slide under a heading; after an exercise its section goes on."""
        self.section = self.section if title.startswith("Exercise") else title
        self.chapter = title if level < 3 else self.chapter
        self.begin(title)

    def leave_exercise(self) -> None:
        """Go back to the section that an exercise interrupted."""
        if self.slides and self.slides[-1].title != self.section:
            self.begin(self.section)

    def show(self, part: Part) -> None:
        """Put a part on the last slide, or on a new one together with the data or the question that belongs to it."""
        last = self.slides[-1]
        if last.parts and last.lines + part.lines > ROOM:
            moved: list[Part] = []
            while (
                last.parts
                and last.parts[-1].keep
                and sum(each.lines for each in [last.parts[-1], *moved, part]) <= ROOM
            ):
                moved.insert(0, last.parts.pop())
            self.begin(last.title)
            self.slides[-1].parts = moved
            if not last.parts:
                self.slides[-1].notes = last.notes
        self.slides[-1].parts.append(part)

    def note(self, markdown: str) -> None:
        """Tell the speaker."""
        self.slides[-1].notes.append(to_html(markdown))


def deck(notebook: Any) -> list[Slide]:
    """Return the slides of a lesson's core, up to its further reading; a slide with nothing but notes is none."""
    made = Deck()
    cells, left_out = split_core(notebook.cells)
    for number, cell in enumerate(cells, start=1):
        following = cells[number].source if number < len(cells) else ""
        if cell.cell_type == "markdown":
            text, home, _ = cell.source.partition("## Further reading")
            if text and "review(" not in following:  # the learner's own questions, which the course picks
                add_prose(made, text.strip(), first_shown(cells[number:]))
            if home:
                break
        elif cell.source.rstrip().rpartition("\n")[2].startswith("check("):
            add_stub(made, cell.source)
        elif not PRIVATE.search(cell.source):
            made.leave_exercise()
            caption = following.partition("\n\n")[0] if following.startswith("*Figure") else ""
            for output in cell.outputs:
                add_output(made, output, " ".join(caption.split()).strip("*"))
    add_left_out(made, left_out)
    return joined([slide for slide in made.slides if slide.parts])


def first_shown(cells: list[Any]) -> str:
    """Return what is shown first of what the code up to the next text puts out: "picture", "result" or nothing."""
    code = itertools.takewhile(lambda cell: cell.cell_type == "code", cells)
    kinds = [kind_of(output) for cell in code if not PRIVATE.search(cell.source) for output in cell.outputs]
    found = next((kind for kind in kinds if kind not in ("", "caption")), "")
    return "picture" if found == "explorer" else "result" if found in ("derivation", "printed") else found


def split_core(cells: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the cells of a lesson's core, and the headings of what is folded for learners and of its exercises."""
    cells = for_learners(cells)
    folded = {id(cell) for cell in hidden(cells)}
    core, left_out = [], []
    for cell in cells:
        if COLLAPSED in cell.metadata or id(cell) in folded:
            text = cell.source if cell.cell_type == "markdown" else ""
            left_out += re.findall(rf"(?m)^#+ (Exercise \d\d\.\d+|.*{DEEPER.pattern}.*)", text)
        elif not cell.source.startswith("## Deeper"):  # the heading of a list of such parts
            core.append(cell)
    return core, left_out


def add_left_out(made: Deck, headings: list[str]) -> None:
    """End with a slide that names what the notebook has and the slides have not."""
    items: list[str] = []
    for heading in headings:
        title = re.sub(r"Deeper(, and)?:? ?", "", re.sub(r"^(\d+)\. ", r"section \1: ", heading))
        if items and title.startswith("Exercise"):
            items[-1] += f" ({title})"
        elif title:
            formula = re.match(r"[b-z]\b", title) is not None  # "p - t without ..." does not begin with P
            items.append(f"- {title if formula else title[0].upper() + title[1:]}")
    if items:
        made.begin_section("Deeper, at home", 2)
        made.show(words("The notebook goes on where these slides end:", [""]))
        made.show(words("\n".join(items), items))


def joined(slides: list[Slide]) -> list[Slide]:
    """Join slides of few lines with their neighbours of the same section, and pictures with the words about them."""
    made: list[Slide] = []
    for slide in slides:
        together = join(made[-1], slide) if made else None
        if together:
            made[-1] = together
        else:
            made.append(slide)
    return made


def join(first: Slide, second: Slide) -> Slide | None:
    """Return two slides as one, or None if they stay two: what comes after an exercise may be its answer."""
    title = first.title_now
    ended = title.startswith("Exercise") and not second.title.startswith("Exercise")
    if first.section != second.section or ended:
        return None
    parts = [*first.parts, *([] if title == second.title else [heading(second.title)]), *second.parts]
    pictures = [part for part in parts if part.picture]
    lines = sum(part.lines for part in parts if not part.picture)
    if not pictures:
        fit = min(first.lines, second.lines) < FEW and lines <= TIGHT
    elif [part.picture for part in pictures] == ["above"]:
        fit = lines <= ABOVE
    else:
        fit = [part.picture for part in pictures] == ["beside"] and sum(part.beside for part in parts) <= ROOM
    return Slide(first.title, first.section, parts, first.notes + second.notes, second.title_now) if fit else None


def heading(title: str) -> Part:
    """Return the title of a slide that was joined with the one before it."""
    return Part(f"<h3>{title}</h3>", 1.6, beside=0.6 + height(title, BESIDE))


# Prose


def add_prose(made: Deck, markdown: str, after: str) -> None:
    """Put a markdown cell on slides, block by block; `after` says what is shown after it."""
    plain = re.sub(r"^> ?", "", without_callouts(markdown), flags=re.MULTILINE)
    spread = re.sub(r"^(#+ .*)\n", r"\1\n\n", plain, flags=re.MULTILINE)
    together = re.sub(r"\n\n(?=- a\))", "\n", spread)  # a question and its choices
    if not markdown.startswith("#"):
        made.leave_exercise()
    blocks = re.split(r"\n\n+(?![^<]*</details>)", together)
    for number, block in enumerate(blocks):
        if title := re.match(r"(#+) (.*)", block):
            made.begin_section(str(reader().renderInline(title[2])), len(title[1]))
        elif block.startswith("<details>"):
            add_answers(made, block)
        elif block.startswith("**Time:**"):
            made.note(block)
        elif not block.startswith("*Figure"):
            data = is_data(blocks[number:])
            whole = data or made.slides[-1].title.startswith("Exercise")
            add_block(made, block, what_follows(blocks[number + 1 :], after), whole=whole, keep=data)


def what_follows(blocks: list[str], after: str) -> str:
    """Return what is shown next: a "result" (also a formula, table or list), a "picture", "words" or nothing."""
    if not blocks or blocks[0].startswith("#"):
        return "" if blocks else after
    return "result" if re.match(r"\$\$|\||- |\d+\. ", blocks[0]) else "words"


def is_data(blocks: list[str]) -> bool:
    """Say whether the first of some blocks has what the question asks about that comes next, or next but data."""
    block, *following = blocks
    held = block.startswith(("|", "$$")) or re.search(r"\d", REFERENCE.sub("", block)) is not None
    if ASKED.search(block) or block.startswith("#") or not held or not following:
        return False
    return ASKED.match(following[0]) is not None or is_data(following)


def add_answers(made: Deck, block: str) -> None:
    """Show a question that folds its answer away, then the answer; answers to questions above go to the notes."""
    for question, answer in re.findall(r"<summary>(.*?)</summary>(.*?)</details>", block, re.DOTALL):
        if question.startswith("Answer"):
            made.note(answer)
        else:
            made.show(replace(words(f"**{' '.join(question.split())}**", [question]), keep=True))
            made.show(replace(words(answer, [answer]), later=True))


def add_block(made: Deck, block: str, follows: str, *, whole: bool, keep: bool) -> None:
    """Show a paragraph, formula, list or table as far as a slide should, and note all of it."""
    text = " ".join(block.split())
    if ASKED.search(block) and "\n- a)" in block:
        question, *choices = block.split("\n- ")
        shown = [" ".join(question.split()) + "\n", *(f"- {' '.join(choice.split())}" for choice in choices)]
        made.show(replace(words("\n".join(shown), shown, framed=True), asked=True, keep=True))
    elif block.startswith("$$"):
        made.show(Part(to_html(block), formula_height(block), keep=keep))
    elif block.startswith("|"):
        made.show(Part(to_html(block), table_height(block), keep=keep))
    elif re.match(r"(- |\d+\. )", block):
        items = [" ".join(item.split()) for item in re.split(r"\n(?=- |\d+\. )", block)]
        shown = [item if whole else first_sentence(item.replace("- [ ] ", "- ")) for item in items]
        made.show(replace(words("\n".join(shown), shown), keep=keep))
        made.note(block)
    else:
        asked, answered = bool(ASKED.search(text)), ANSWER.match(text) is not None
        shown_text = text if whole or asked or answered else spoken(text, follows)
        if shown_text:
            part = words(shown_text, [shown_text], framed=asked or (whole and not keep))
            leads = follows != "" and LEADS.search(shown_text) is not None
            made.show(replace(part, later=answered, asked=asked, keep=keep or asked or leads))
        if shown_text != text:
            made.note(text)


def words(markdown: str, lines: list[str], *, framed: bool = False) -> Part:
    """Return a paragraph, a list or a question as a part, which may stand beside a picture."""
    block, frame = to_html(markdown), 1.1 if framed else 0.3
    block = f'<div class="asked">{block}</div>' if framed else block
    return Part(block, frame + sum(map(height, lines)), beside=frame + sum(height(line, BESIDE) for line in lines))


def formula_height(block: str) -> float:
    """Return how many lines a formula takes that stands by itself."""
    return (3.0 if re.search(r"\\(frac|sum|prod)", block) else 1.6) + 1.2 * block.count(r"\\")


def table_height(block: str) -> float:
    """Return how many lines a table takes, its head included: where it is too wide its columns share the width."""
    rows = [
        [plain(cell.strip()) for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))] for row in block.split("\n")
    ]
    del rows[1]
    widths = [max(map(len, column)) + 3 for column in itertools.zip_longest(*rows, fillvalue="")]
    narrowed = max(1.0, sum(widths) / TABLE)
    high = [
        max(math.ceil(narrowed * (len(cell) + 3) / width) for cell, width in zip(row, widths, strict=False))
        for row in rows
    ]
    return 0.3 + sum(0.3 + 0.85 * lines for lines in high)


def add_stub(made: Deck, code: str) -> None:
    """Show what an exercise gives, where it gives more than a name to fill."""
    given = code.rpartition("\n")[0].rstrip()
    if "def " in given and printed_height(given) < ROOM - 2:
        made.show(Part(f"<pre>{html.escape(given)}</pre>", printed_height(given)))


def first_sentence(text: str) -> str:
    """Return a list item, or its first sentence where the item is long."""
    found = re.match(r"(.{20,}?[.!?])(?= )", text)
    return found[1] if found and len(text) > SHORT and is_whole(found[1]) else text


def spoken(text: str, follows: str) -> str:
    """Return what a slide shows of a paragraph: all of a short one, of a longer one the sentences with bold words.

    What leads to a result or a picture is shown with it, and left out where a slide does not show what it leads to.
    """
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z*$σ])", text)
    leads = LEADS.search(text) is not None
    if leads and not follows:
        sentences.pop()
    if len(" ".join(sentences)) <= SHORT:
        return " ".join(sentences)
    needed = len(sentences) - 1 if follows == "result" or (follows and leads) else -1
    shown = [each for place, each in enumerate(sentences) if "**" in each or place == needed]
    return " ".join(filter(is_whole, shown))


def is_whole(markdown: str) -> bool:
    """Say whether no formula, emphasis or bracket is cut in two."""
    if markdown.count("(") != markdown.count(")"):
        return False
    return markdown.count("$") % 2 == 0 and markdown.count("**") % 2 == 0 and markdown.count("`") % 2 == 0


def height(text: str, width: int = WIDTH) -> float:
    """Return how many lines a text takes on a slide."""
    return math.ceil(len(plain(text)) / width)


def plain(markdown: str) -> str:
    r"""Return about the letters that are seen of a text.

    >>> plain(r"the **slope** $\sigma'(z)$")
    "the slope '(z)"
    """
    return re.sub(r"\\[a-z]+|[{}$*`]", "", markdown)


def printed_height(text: str) -> float:
    """Return the same for code or output, whose letters are smaller."""
    return 0.7 + sum(0.72 * math.ceil((len(line) or 1) / PRINTED) for line in text.split("\n"))


def to_html(markdown: str) -> str:
    r"""Return Markdown as HTML, formulas between \( and \) for MathJax.

    >>> to_html("the slope $p - t$")
    '<p>the slope <span>\\(p - t\\)</span></p>'
    """
    return str(reader().render(markdown)).strip()


@functools.cache
def reader() -> Any:
    """Return what reads Markdown with formulas."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    made = MarkdownIt("commonmark").enable("table")
    made.use(dollarmath_plugin, double_inline=True, allow_digits=True)
    inline, block = (lambda *parts: rf"<span>\({_tex(parts)}\)</span>"), (lambda *parts: rf"<p>\[{_tex(parts)}\]</p>")
    for name, rule in {"math_inline": inline, "math_inline_double": block, "math_block": block}.items():
        made.add_render_rule(name, rule)
    return made


def _tex(parts: tuple[Any, ...]) -> str:
    _, tokens, index, *_ = parts
    return html.escape(tokens[index].content.strip())


# Outputs


def kind_of(output: Any) -> str:
    """Return what an output is to a slide, or nothing where it is not shown."""
    data = output.get("data", {})
    if STATE in data:
        return "explorer"
    if output.get("metadata") == CAPTION:
        return "caption"
    if "image/png" in data:
        return "picture"
    if "| because |" in data.get("text/markdown", ""):
        return "derivation"
    return "printed" if printed(output) else ""


def add_output(made: Deck, output: Any, caption: str) -> None:
    """Show a figure on a slide of its own, a derivation line by line, a short result at the next key."""
    kind, data = kind_of(output), output.get("data", {})
    if kind == "explorer":
        made.begin(made.slides[-1].title)
        made.show(Part(placed(data[STATE]), ROOM, picture="above"))
    elif kind == "caption":
        made.note(data["text/markdown"])
    elif kind == "picture":
        add_picture(made, data, caption)
    elif kind == "derivation":
        add_derivation(made, data["text/markdown"])
    elif kind == "printed":
        text = printed(output)
        narrow = max(map(len, text.split("\n"))) <= BESIDE_PRINTED
        lines = printed_height(text)
        made.show(Part(f"<pre>{html.escape(text)}</pre>", lines, later=True, beside=lines if narrow else math.inf))


def printed(output: Any) -> str:
    """Return what a slide shows of printed text: neither which data came nor what only confirms, nor a page of it."""
    text = re.sub(r"^[\w-]+, [\d,]+ \+ [\d,]+ images$", "", output.get("text", ""), flags=re.M).strip("\n")
    return "" if output.get("name") != "stdout" or printed_height(text) > ROOM or says_only_true(text) else text


def says_only_true(text: str) -> bool:
    """Say whether an output only confirms: it says "True" or "name: True", and beside it nothing but labels.

    >>> says_only_true("symmetric: True"), says_only_true("p - t: True, p: False"), says_only_true("3")
    (True, False, False)
    """
    fields = [field for line in text.strip().split("\n") for field in re.split(r"\s\s+|, +", line.strip())]
    rest = [field for field in fields if not re.fullmatch(r"(.*: *)?True", field)]
    return len(rest) < len(fields) and not any(re.search(r"(?<![A-Za-z_])\d|:.", field) for field in rest)


def add_picture(made: Deck, data: dict[str, Any], caption: str) -> None:
    """Show a picture as large as it can be; an explorer's says where it moves."""
    words = html.escape(re.sub(r"[*$`\\]", "", caption) or EXPLORER, quote=True)
    said = first_sentence(caption) if caption else "An explorer: open the notebook and move it."
    made.begin(made.slides[-1].title)
    drawn = base64.b64decode(data["image/png"])
    encoded = base64.b64encode(drawn).decode()
    picture = f'<img alt="{words}" src="data:image/png;base64,{encoded}">'
    width, high = struct.unpack(">II", drawn[16:24])  # where a PNG has them
    figure = f"<figure>{picture}<figcaption>{to_html(said)}</figcaption></figure>"
    made.show(Part(figure, ROOM, picture="beside" if width / high < WIDE else "above", beside=0))
    made.note(caption or data.get("text/markdown", ""))


def add_derivation(made: Deck, table: str) -> None:
    """Show the lines of a derivation one after the other, each with its reason; a next slide repeats the first."""
    rows = [row.strip().strip("|") for row in table.split("\n")[2:]]
    cells = [[part.strip() for part in re.split(r"(?<!\\)\|", row, maxsplit=2)] for row in rows]
    lines = [derivation_line(formula, reason) for _, formula, reason in cells]
    whole = sum(line.lines for line in lines)
    if ROOM < whole <= SQUEEZED:  # the page makes it a little smaller
        lines = [replace(line, lines=line.lines * ROOM / whole - 0.01) for line in lines]
        whole = ROOM
    if made.slides[-1].lines + whole > ROOM:
        made.begin(made.slides[-1].title)
    for number, line in enumerate(lines):
        if made.slides[-1].lines + line.lines > ROOM:
            made.begin(made.slides[-1].title)
            made.show(derivation_line(cells[0][1], "where we began"))
        made.show(replace(line, later=number > 0))


def derivation_line(formula: str, reason: str) -> Part:
    """Return a line of a derivation with its reason."""
    tall = formula.count(r"\frac") > 1 or r"\sum" in formula
    lines = 4.2 if r"\frac{\left(" in formula else 3.3 if tall else 2.5
    return Part(f'<div class="line"><div>{to_html(formula)}</div><div>{to_html(reason)}</div></div>', lines)


# The guide


def tell(slides: list[Slide], guide: str) -> None:
    """Put what the teacher's guide says into the notes: on the slide of its question, or else on the first."""
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", guide, re.MULTILINE | re.DOTALL))
    leave = re.findall(r"^\*\*To leave with:.*?(?=\n\n|\Z)", guide, re.MULTILINE | re.DOTALL)
    for text in leave:
        slides[0].notes.append(to_html(text))
    for name, labels in ADVICE.items():
        paragraphs = re.split(r"\n\n+", sections.get(name, "").strip())
        for paragraph in filter(None, paragraphs):
            if not paragraph.startswith("|"):
                slides[0].notes.append(to_html(paragraph))
                continue
            for row in paragraph.split("\n")[2:]:
                cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
                said = "\n\n".join(f"**{label}:** {cell}" for label, cell in zip(labels, cells, strict=True))
                place_of(slides, cells[0]).notes.append(to_html(said.replace(r"\|", "|")))


# The guide's two tables, and what the speaker reads before each of their columns.
ADVICE = {
    "Ask": ("Ask", "Expect", "A wrong answer reveals"),
    "Where classes go wrong": ("Where it goes wrong", "Where it was seen", "Ask back"),
}


def place_of(slides: list[Slide], words: str) -> Slide:
    """Return the slide that the words of the guide begin with: a question's number, an exercise's or a section's.

    What stays at home has the last slide, what belongs to no place the first.
    """
    if found := re.match(r"\*\*(\d\d\.\w+)\*\*", words):
        asked = re.compile(rf"(<strong>|Exercise ){re.escape(found[1])}\b")
        fitting = [slide for slide in slides if asked.search("\n".join([slide.title, *slide.blocks]))]
    elif found := re.match(r"Section (\d+)\b", words):
        fitting = [slide for slide in slides if slide.section.startswith(f"{found[1]}. ")]
    else:
        return slides[0]
    return [*fitting, slides[-1]][0]


# The file


def page(title: str, slides: list[Slide]) -> str:
    """Return the whole presentation as one HTML file."""
    reveal = find_reveal()
    look = [reveal / "dist" / "reset.css", reveal / "dist" / "reveal.css", Path(__file__).with_name("slides.css")]
    styles = "\n".join(path.read_text(encoding="utf-8") for path in look)
    plugins = [reveal / "dist" / "reveal.js", reveal / "plugin" / "notes" / "notes.js"]
    scripts = [*plugins, mathjax(), Path(__file__).with_name("slides.js")]
    code = [path.read_text(encoding="utf-8").replace("</script", r"<\/script") for path in scripts]
    sections = "\n".join(map(section, slides))
    code += [script(name).replace("</script", r"<\/script") for name in sorted(set(EXPLORERS.findall(sections)))]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{styles}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
<script>window.MathJax = {{options: {{enableMenu: false}}}};</script>
{"".join(f"<script>{each}</script>" for each in code)}
<script>
// First the formulas, then what holds them: every slide has its size when it is laid out.
MathJax.startup.promise.then(fitExplorers).then(fitSlides).then(() => Reveal.initialize({{
  width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none", slideNumber: "c/t",
  pdfSeparateFragments: false, plugins: [RevealNotes],
}}));
</script>
</body>
</html>
"""


EXPLORERS = re.compile('data-explorer="([^"]+)"')


def find_reveal() -> Path:
    """Return the folder of reveal.js, which the package sphinx-revealjs carries."""
    spec = importlib.util.find_spec("sphinx_revealjs")
    if spec is None or spec.origin is None:
        raise SiteError("The slides' packages are missing: pip install -e '.[site]'")
    return Path(spec.origin).parent / "_static" / "revealjs"


def section(slide: Slide) -> str:
    """Return a slide as HTML."""
    notes = f'<aside class="notes">{"".join(slide.notes)}</aside>' if slide.notes else ""
    layout = next((f' class="{part.picture}"' for part in slide.parts if part.picture and len(slide.parts) > 1), "")
    blocks = "\n".join(slide.blocks)
    return f"<section><h2>{slide.title}</h2>\n<div{layout}>{blocks}</div>{notes}</section>"


def build(notebook: Path, folder: Path) -> Path:
    """Write the slides of a notebook into `folder` and return the file."""
    content = nbformat.read(notebook, as_version=4)
    title = content.cells[0].source.partition("\n")[0].removeprefix("# ")
    written = folder / f"{notebook.stem}.html"
    folder.mkdir(parents=True, exist_ok=True)
    slides = deck(content)
    tell(slides, (GUIDE / f"{notebook.stem[:2]}.md").read_text(encoding="utf-8"))
    written.write_text(page(title, slides), encoding="utf-8")
    return written


def main(arguments: list[str] | None = None) -> None:
    """Make the slides asked for, or end with a sentence that says why not."""
    parser = argparse.ArgumentParser(prog="course.py build slides", description="make slides of a lesson")
    parser.add_argument("lesson", metavar="NN", help="the lesson's number, such as 08")
    number = parser.parse_args(arguments).lesson
    notebooks = sorted(NOTEBOOKS.glob(f"{number}_*.ipynb"))
    if not notebooks:
        known = ", ".join(path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))) or "none yet"
        sys.exit(f"No notebook {number} in notebooks/. There are: {known}.")
    try:
        print(f"Open {build(notebooks[0], SLIDES)}")
    except SiteError as error:
        sys.exit(f"Not built: {error}")


if __name__ == "__main__":
    main()
