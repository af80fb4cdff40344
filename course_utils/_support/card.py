"""The card on which the course answers a learner: an outcome by colour, sign and word, and what there is to say.

Every style stands in its element and takes its letters' colour from the page, so that a card reads on light and on
dark, in JupyterLab, Colab, VS Code and on a page; where a viewer drops the styles, bold words and tables are left.
Whatever comes from a learner goes through `prose`, `code` or `table`, which escape it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html import escape

# Sign and colour: Okabe and Ito's, dark enough for white letters on them, and told apart by colour-blind readers.
SIGNS = {
    "right": ("✓", "#00805c", "0,158,115"),
    "wrong": ("✗", "#c2410c", "213,94,0"),
    "open": ("○", "#6b7280", "128,128,128"),
    "told": ("→", "#0068a5", "0,114,178"),
}
CARD = (
    "max-width:46em;margin:.4em 0;padding:.7em 1.1em .6em;border-left:5px solid {0};border-radius:4px;"
    "background:rgba({1},.09);color:inherit;font-size:1em;line-height:1.5"
)
SIGN = (
    "display:inline-block;width:1.5em;height:1.5em;line-height:1.5em;margin-right:.25em;border-radius:50%;"
    "text-align:center;font-weight:700;color:#fff;background:{0}"
)
CELL = (
    "border:none;padding:.15em .7em;text-align:{0};white-space:nowrap;background:transparent;color:inherit;"
    "font-size:1em;font-variant-numeric:tabular-nums"
)
MONO = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.95em"


def card(outcome: str, word: str, about: str, *parts: str) -> str:
    """Return a card: an outcome of SIGNS, the word for it, the id that it is about, and parts in HTML.

    >>> "✓" in card("right", "Right", "03.1")
    True
    """
    sign, colour, tint = SIGNS[outcome]
    head = f'<span aria-hidden="true" style="{SIGN.format(colour)}">{sign}</span> '
    head += f'<b style="font-size:1.12em">{escape(word)}</b>'
    head += f' <span style="opacity:.75;margin-left:.5em">{escape(about)}</span>' if about else ""
    body = f'<p style="margin:0 0 .15em">{head}</p>{"".join(parts)}'
    return f'<div role="status" style="{CARD.format(colour, tint)}">{body}</div>'


def prose(text: str, bold: bool = False) -> str:
    """Return a paragraph of a text, escaped, its line breaks kept and `code` between backticks set as code.

    >>> ">p</code>" in prose("Is `p` < 1?") and "&lt; 1?" in prose("Is `p` < 1?")
    True
    """
    inside = re.sub(r"`([^`]+)`", rf'<code style="{MONO}">\1</code>', escape(unbroken(text), quote=False))
    inside = inside.replace("\n", "<br>")
    return f'<p style="margin:.35em 0">{f"<b>{inside}</b>" if bold else inside}</p>' if text else ""


def unbroken(text: str) -> str:
    r"""Return a text of which no line ends before a per cent sign or a sign such as =; code and $mathematics$ stay.

    Sphinx would take a line that begins with the first for a comment, Markdown one that begins with plus for a list.

    >>> unbroken("95 % of `7 % 3`, since p = 1 − 0.05")
    '95\xa0% of `7 % 3`, since p\xa0= 1\xa0− 0.05'
    """
    kept = r"(`+).*?\1|\$\$.*?\$\$|\$[^$]+\$"
    before = r"(?<=\S)(?:[ \n](?=%(?!\w)|[=≈≠≤≥<−]\s)| (?=\+\s))"
    return re.sub(f"{kept}|{before}", lambda m: m[0] if m[0].strip() else "\xa0", text, flags=re.DOTALL)


def code(source: str) -> str:
    """Return a block of code, which one click selects."""
    style = "margin:.5em 0;padding:.6em .8em;border-radius:4px;overflow-x:auto;background:rgba(128,128,128,.13);"
    style += f"color:inherit;user-select:all;white-space:pre;line-height:1.45;{MONO}"
    return f'<pre style="{style}">{escape(source.rstrip(), quote=False)}</pre>'


def table(
    rows: Iterable[tuple[str, Sequence[str]]],
    marked: Collection[tuple[str, int]] = (),
    header: Sequence[str] = (),
    align: str = "right",
) -> str:
    """Return rows of texts, each after its name; an entry of `marked`, (name, column), stands out.

    >>> table([("got", ["1", "2"])], marked=[("got", 1)]).count("<strong")
    1
    """
    lines = [_row("", header, (), align)] if header else []
    lines += [_row(name, texts, {column for row, column in marked if row == name}, align) for name, texts in rows]
    style = "border-collapse:collapse;border:none;margin:.3em 0 .45em;width:auto;color:inherit;font-size:1em"
    inside = f'<table style="{style}"><tbody>{"".join(lines)}</tbody></table>'
    return f'<div style="overflow-x:auto">{inside}</div>'


def beside(*parts: str) -> str:
    """Return parts side by side, one below the other where they do not fit."""
    inside = "".join(f'<div style="margin-right:2.2em">{part}</div>' for part in parts)
    return f'<div style="display:flex;flex-wrap:wrap">{inside}</div>'


def _row(name: str, texts: Sequence[str], marked: Collection[int], align: str) -> str:
    head = f'<th scope="row" style="{CELL.format("left")};padding-left:0;font-weight:400">{escape(name)}</th>'
    cells = [
        f'<td style="{CELL.format(align)}">{_marked(text) if column in marked else escape(text)}</td>'
        for column, text in enumerate(texts)
    ]
    return f'<tr style="background:transparent">{head}{"".join(cells)}</tr>'


def _marked(text: str) -> str:
    # No <mark>: where styles are dropped, as JupyterLab drops some until it trusts a notebook, its letters are black.
    style = "background:rgba(213,94,0,.28);padding:.1em .35em;border-radius:3px"
    return f'<strong style="{style}">{escape(text)}</strong>'
