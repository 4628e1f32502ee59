"""How Sphinx makes the pages: `make docs`. What is generated of them, `docs/building` makes."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import cleaner  # noqa: E402  what is here is described, whatever is installed

project = "cleaner"
author = "the authors of cleaner"
project_copyright = author
version = release = cleaner.__version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.building.extension"]
exclude_patterns = ["_build", "building", "tutorial"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

default_role = "py:obj"  # docstrings say `name` as Markdown does
add_module_names = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"show-inheritance": False}
# Packages of adapters need not be installed, and take seconds to import.
autodoc_mock_imports = ["datatrove", "itemadapter", "pandas", "scrapy"]

html_theme = "furo"
html_title = f"cleaner {version}"
html_static_path = ["_static"]
html_css_files = ["examples.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
