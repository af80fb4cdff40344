"""The page that goes with a table of grades: what the class holds to be true, exercise by exercise.

One file that needs nothing else and asks the network for nothing. All that came with a submission is escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape

from classroom.grades import Grade
from course_utils.exercises.engine import Exercise, exercise

# Outcome, colour of its bar, colour of the number on it: Okabe and Ito's colours, told apart by colour-blind readers.
BARS = (
    ("right", "#0072b2", "#ffffff"),
    ("wrong", "#e69f00", "#000000"),
    ("not attempted", "#d9d9d9", "#000000"),
    ("not graded", "#000000", "#ffffff"),
)
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; }
main { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin: 2rem 0 .3rem; }
.bar { display: flex; height: 1.6rem; border: 1px solid #555; }
.bar span { overflow: hidden; text-align: center; font-size: .85rem; line-height: 1.6rem; }
.key span { display: inline-block; padding: 0 .6rem; margin-right: .5rem; border: 1px solid #555; font-size: .85rem; }
.bar, .key span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
table { border-collapse: collapse; width: 100%; margin-top: .6rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #bbb; }
th:first-child, td:first-child { width: 5.5rem; white-space: nowrap; }
caption { text-align: left; font-weight: 600; padding-bottom: .2rem; }
.counts { margin: .2rem 0 0; } code { background: #f2f2f2; padding: 0 .2em; } li { overflow-wrap: anywhere; }
section { break-inside: avoid; }
@media print { body { font-size: 11pt; } main { margin: 0; max-width: none; } }
"""


def page(grades: Sequence[Grade]) -> str:
    """Return the page for these grades, as HTML."""
    students = len({each.student for each in grades})
    ids = sorted({each.exercise for each in grades if each.exercise})
    sections = "".join(_section(exercise(each), [row for row in grades if row.exercise == each]) for each in ids)
    key = "".join(f'<span style="background:{back};color:{front}">{name}</span>' for name, back, front in BARS)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>What the class holds</title><style>{STYLE}</style></head><body><main>"
        f"<h1>What the class holds</h1><p>{_number(students, 'student')}, {_number(len(ids), 'exercise')}. "
        "Below each exercise stand the ideas behind its wrong answers, the most frequent first, each with a question "
        "that shakes it. Who answered what is in the table of grades.</p>"
        f'<p class="key">{key}</p>{sections}{_to_look_at(grades)}</main></body></html>\n'
    )


def _section(found: Exercise, rows: Sequence[Grade]) -> str:
    counts = Counter(row.outcome for row in rows)
    said = ", ".join(f"{counts[name]} {name}" for name, _, _ in BARS if counts[name])
    parts = "".join(
        f'<span style="flex:{counts[name]};background:{back};color:{front}">{counts[name]}</span>'
        for name, back, front in BARS
        if counts[name]
    )
    return (
        f'<section><h2 id="e{found.id}">{found.id}</h2><p>{_prose(found.prompt)}</p>'
        f'<div class="bar" aria-hidden="true">{parts}</div><p class="counts">{said}.</p>'
        f"{_ideas(found, rows)}</section>"
    )


def _ideas(found: Exercise, rows: Sequence[Grade]) -> str:
    """Return the table of the misconceptions met, and of wrong answers without a name."""
    wrong = Counter(row.misconception for row in rows if row.outcome == "wrong")
    if not wrong:
        return ""
    questions = {known.idea: known.question for known in found.misconceptions}
    named = sorted((each for each in wrong if each), key=lambda idea: (-wrong[idea], idea))
    lines = [(wrong[idea], _prose(idea), _prose(questions.get(idea, ""))) for idea in named]
    lines += [(wrong[""], "none that is known", "")] if wrong[""] else []
    body = "".join(
        f"<tr><td>{count} of {len(rows)}</td><td>{idea}</td><td>{ask}</td></tr>" for count, idea, ask in lines
    )
    return (
        '<table><thead><tr><th scope="col">Students</th><th scope="col">The idea</th>'
        f'<th scope="col">A question to ask</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _to_look_at(grades: Sequence[Grade]) -> str:
    noted = [(each.student, each.exercise, each.note) for each in grades if each.note]
    if not noted:
        return ""
    lines = "".join(
        f"<li><strong>{escape(student)}</strong>{f' ({number})' if number else ''}: {escape(note)}</li>"
        for student, number, note in noted
    )
    return f"<section><h2>To look at by hand</h2><ul>{lines}</ul></section>"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _prose(text: str) -> str:
    """Return a course's own text as HTML: `code` in backticks, everything escaped."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
