"""Names of what goes out: safe and apart, whatever the names of inputs and members are."""

from __future__ import annotations

import os
import tarfile
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final
from unittest.mock import patch

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cleaner.marks import marked
from cleaner.sinks import Output, safe_name, write
from cleaner.sinks.naming import folded
from cleaner.sources.naming import form_of
from tests.boxes import tarred, zipped
from tests.prose import prose
from tests.samples import ARTICLE
from tests.test_run import outcomes, run_of
