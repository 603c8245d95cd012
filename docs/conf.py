"""Sphinx's settings: ``python -m sphinx -W -n docs build/docs``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import cptkit

project = "cptkit"
author = "the cptkit contributors"
project_copyright = f"2026, {author}; MIT licence"
version = release = cptkit.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_parser",
    "code_blocks",
    "code_pages",
    "data_tables",
    "notebook_pages",
    "reference_pages",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_ext", "editorial"]

html_theme = "furo"
html_title = f"cptkit {version}"
html_static_path = ["_static"]
html_css_files = ["cptkit.css"]
html_copy_source = False
html_theme_options = {
    "footer_icons": [],
    "light_css_variables": {
        "color-brand-primary": "#0b5c6b",
        "color-brand-content": "#0b5c6b",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7fd0de",
        "color-brand-content": "#7fd0de",
    },
}
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# A docstring's single backticks are a link where they name something public.
default_role = "py:obj"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_preserve_defaults = True
add_module_names = False
autodoc_typehints_format = "short"
napoleon_use_ivar = True
napoleon_use_rtype = False

nitpicky = True
nitpick_ignore_regex = [
    # Single backticks also stand around what is no public name: code, then.
    ("py:obj", r".*"),
    # The standard library's own pages are not fetched: the docs build offline.
    ("py:class", r"(collections\.abc|datetime|decimal|fractions)\.\w+"),
    ("py:class", r"Decimal|Fraction"),
    # Names that only say what kind of argument is taken; the text beside says it.
    ("py:class", r"Among|Axes|Frame|Measure|Source|Value"),
    # Inner classes that a signature or a base names.
    ("py:class", r"cptkit\._(store\.Figures|change\.Effects)"),
]
