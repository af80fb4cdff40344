"""Lines for the reader, each printed once a session however often its cause comes up."""

_told: set[str] = set()


def notice_once(line: str, detail: str = "") -> None:
    """Print `line`, and `detail` after it, unless that line has been printed before.

    It goes to standard output: notebooks show standard error as an alarm.
    """
    if line not in _told:
        _told.add(line)
        print(f"{line} ({detail})." if detail else f"{line}.")
