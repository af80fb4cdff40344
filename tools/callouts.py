"""Callouts: the paragraphs of a lesson that ask something of its reader, set apart in the notebook.

In a lesson's source they are ordinary paragraphs. In the notebook each is a block quote, which GitHub, Colab and
VS Code show as they show quotes. The mark in it lets the stylesheet of JupyterLab and of the site give each kind its
colour.
"""

from __future__ import annotations

import re

# The words that open a paragraph, and its kind, which has a colour in the stylesheet.
KINDS = {"Predict": "predict", "Claim": "claim", "Exercise": "exercise", "The short version": "short"}
KINDS |= dict.fromkeys(("What holds", "It holds", "True"), "true")
OPENING = re.compile(rf"\*\*(?:(?P<asked>\d\d\.[pq]\d)|(?P<kind>{'|'.join(KINDS)})\b)")
MARK = re.compile(r'<span class="callout \w+"></span>')
LIST = re.compile(r"(?:[-*]|\d+\.) |\s")


def with_callouts(markdown: str) -> str:
    r"""Return a text cell with each paragraph that asks, and the choices below it, as a marked block quote.

    >>> print(with_callouts("Look.\n\n**Predict.** Which?\n\n- a) one"))
    Look.
    <BLANKLINE>
    > <span class="callout predict"></span>**Predict.** Which?
    >
    > - a) one
    """
    made: list[str] = []
    inside = False
    for paragraph in re.split(r"\n\n+", markdown):
        opening = OPENING.match(paragraph)
        choices = inside and LIST.match(paragraph) is not None
        if opening:
            kind = KINDS[opening["kind"] or "Predict"]
            paragraph = f'<span class="callout {kind}"></span>{paragraph}'
        shown = re.sub("^", "> ", paragraph, flags=re.MULTILINE) if opening or choices else paragraph
        made.append((">\n" if choices else "\n") + shown if made else shown)
        inside = opening is not None or choices
    return "\n".join(made)


def without_callouts(markdown: str) -> str:
    r"""Return a text cell as its source has it.

    >>> without_callouts(with_callouts("Look.\n\n**Predict.** Which?\n\n- a) one"))
    'Look.\n\n**Predict.** Which?\n\n- a) one'
    """
    return MARK.sub("", re.sub("^> ?", "", markdown, flags=re.MULTILINE)) if MARK.search(markdown) else markdown
