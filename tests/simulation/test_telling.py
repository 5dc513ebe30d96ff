"""What a person at a terminal sees while the demo works."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from shebaoka.simulation.demo import report, running

SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"
PARTS = re.findall(r'story\.part\(\s*"([^"]+)", "([^"]+)"', Path(running.__file__).read_text("utf-8"))


@pytest.fixture
def console():
    """A terminal of eighty columns."""
    return Console(file=io.StringIO(), force_terminal=True, width=80, legacy_windows=False, _environ={})


@pytest.mark.parametrize("part", PARTS, ids=" ".join)
def test_a_bar_fits_into_eighty_columns(console, part):
    with report.told(console) as story, story.part(*part, 20_000) as progress:
        progress(1)
    assert "20000/20000" in console.file.getvalue()
    assert "…" not in console.file.getvalue()


def test_a_terminal_has_its_cursor_back_after_a_stop(console):
    with pytest.raises(KeyboardInterrupt), report.told(console) as story, story.part("建城", "the city"):
        raise KeyboardInterrupt
    said = console.file.getvalue()
    assert said.rindex(SHOW_CURSOR) > said.rindex(HIDE_CURSOR)
