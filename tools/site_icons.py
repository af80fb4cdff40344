"""Take out of the theme's icons those that no page shows: of 1.6 MB that every page loads, some 60 kB stay."""

from __future__ import annotations

import re
from pathlib import Path

SCRIPT = "_static/scripts/fontawesome.js"
USED = re.compile(r"\bfa-([a-z0-9-]+)")
# An icon in Font Awesome's script: name: [width, height, [other names], "code", path or paths]
ICON = re.compile(r'"?([a-z0-9-]+)"?:\[\d+,\d+,\[([^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?')


def leave_out_unused(pages: Path) -> None:
    """Rewrite the icons' script of the site in `pages` with those alone that a page or a script of it names."""
    script = pages / SCRIPT
    texts = [*pages.rglob("*.html"), *(path for path in pages.rglob("*.js") if path != script)]
    used = {name for path in texts for name in USED.findall(path.read_text(encoding="utf-8"))}
    script.write_text(with_icons(script.read_text(encoding="utf-8"), used), encoding="utf-8")
    script.with_suffix(".js.map").unlink(missing_ok=True)


def with_icons(script: str, used: set[str]) -> str:
    """Return Font Awesome's script with these icons alone.

    >>> with_icons('var a={"sun":[9,9,[],"f185","M1"],moon:[9,9,[127769],"f186","M2"]};', {"moon"})
    'var a={moon:[9,9,[127769],"f186","M2"]};'
    """

    def kept(icon: re.Match[str]) -> str:
        names = {icon[1], *re.findall(r'"([^"]+)"', icon[2])}
        return icon[0] if names & used else ""

    return ICON.sub(kept, script)
