"""A string that a notebook shows as it stands, or as a card."""

from __future__ import annotations


class Text(str):
    """A string that a notebook shows without quotes and with its line breaks; with `html`, as that where it can."""

    html: str

    def __new__(cls, text: str, html: str = "") -> Text:
        """Return `text`, to be shown as `html` where that can be shown."""
        self = super().__new__(cls, text)
        self.html = html
        return self

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str | None:
        return self.html or None
