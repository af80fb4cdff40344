"""A string that a notebook shows as it stands."""


class Text(str):
    """A string that a notebook shows with its line breaks and without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
