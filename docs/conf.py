"""Sphinx's settings for the site; `python course.py build site` gathers the pages and runs it (see tools/site.py)."""

import re
from pathlib import Path
from typing import Any

from course_utils import __version__

project = "Classification from first principles"
author = "The authors of Classification from first principles"
project_copyright = "2026, the authors; text and figures CC BY 4.0, code BSD 3-Clause"
release = __version__
html_title = project
html_show_sphinx = False

extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "architecture.md"]  # the last is for who changes the course

# A page shows what the notebooks hold: every output was made, checked and compared when the notebook was built.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

# The pages are whole without a network: MathJax lies beside them, all of TeX's packages in one file, so that it never
# asks for another.
mathjax_path = "tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}}

# scikit-learn adds the set_..._request methods to every estimator.
autodoc_default_options = {
    "members": True,
    "member-order": "bysource",
    "exclude-members": "set_fit_request, set_partial_fit_request, set_score_request",
}
autodoc_typehints = "none"  # shapes and types stand in the docstrings
default_role = "code"
add_module_names = False

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["course.css", "lesson.css", ("print.css", {"media": "print"})]
html_js_files = ["wide.js", "print.js"]
html_show_sourcelink = False
html_use_index = False  # the search finds more
html_search_scorer = str(Path(__file__).parent / "_static" / "search.js")
html_domain_indices = False
html_context = {"default_mode": "auto"}  # the theme's own beginning, none, it calls an error in the console
html_theme_options = {
    "home_page_in_toc": True,
    "max_navbar_depth": 1,
    "show_toc_level": 2,
    "use_fullscreen_button": False,
    "use_source_button": False,
    "extra_footer": f"Version {release}",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def take_as_written(*arguments: Any) -> None:
    """Keep a docstring's signs and line breaks: docstrings are plain text, with `code` as their only markup."""
    lines: list[str] = arguments[-1]
    paragraphs = "\n".join(lines).strip().split("\n\n")
    lines[:] = [*"\n\n".join(map(as_written, paragraphs)).split("\n"), ""]


def as_written(paragraph: str) -> str:
    """Return a paragraph as reStructuredText: examples as they are, tables and lists as lines, the rest flowing."""
    if paragraph.lstrip().startswith(">>>"):
        return paragraph
    parts = re.split(r"(`[^`]*`)", paragraph)
    parts[::2] = [re.sub(r"([*|_\\])", r"\\\1", part) for part in parts[::2]]
    escaped = re.sub(r"^(\w+)\n-+\n", r"\1:\n", "".join(parts))
    is_list = re.search(r"^(\s|[\w, \\]+ : |- )", escaped, re.MULTILINE)
    return "\n".join(f"| {line}" for line in escaped.split("\n")) if is_list else escaped


def leave_out_fields(*arguments: Any) -> bool | None:
    """Leave out the fields of a named tuple, of which Python says no more than their number."""
    return True if type(arguments[3]).__name__ == "_tuplegetter" else None


def setup(app: Any) -> None:
    """Let Sphinx know of the functions above."""
    app.connect("autodoc-process-docstring", take_as_written)
    app.connect("autodoc-skip-member", leave_out_fields)
