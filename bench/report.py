"""What a measurement says, and the page that all of them make."""

from __future__ import annotations

import os
import platform
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD: Final = """# 性能 · Benchmarks

由 `make bench` 写成；只测其中几项：`make bench ARGS="roster chain"`。机器各不相同且有噪声：看比值，绝对数只是某台机器的某一次。
Written by `make bench`; some of it alone: `make bench ARGS="roster chain"`. Machines differ and are noisy: the ratios hold, the
absolute figures tell of one run on one machine. Measurements with a database start their own PostgreSQL, with `fsync` and
`synchronous_commit` on, in a folder of its own; nothing of yours is touched.
"""
SECTION: Final = re.compile(r"^<!-- (\w+) -->\n(.*?)(?=^<!-- \w+ -->\n|\Z)", re.DOTALL | re.MULTILINE)
ORDER: Final = (
    "roster",
    "chain",
    "scale",
    "standing",
    "cards",
    "production",
    "status_list",
    "settlement",
    "day",
    "settled",
    "clearing",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: what, how much, against which goal (empty: none was set)."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None

    @property
    def mark(self) -> str:
        """Whether the goal was met, as one sign."""
        return {True: "✓", False: "✗ missed", None: ""}[self.met]


@dataclass(frozen=True, slots=True)
class Section:
    """One measurement: its name on the command line, its title, how it was done, its figures."""

    name: str
    title: str
    how: str
    figures: list[Figure] = field(default_factory=list)


def say(line: str) -> None:
    """Tell the terminal how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def show(section: Section) -> None:
    """Print a section's figures."""
    for figure in section.figures:
        print(f"  {figure.what:70} {figure.measured:>24}  {figure.goal:8} {figure.mark}", flush=True)


def write(sections: list[Section], page: Path = PAGE) -> None:
    """Write sections into the page; this function will leave the other sections as they stand."""
    old = dict(SECTION.findall(page.read_text("utf-8"))) if page.exists() else {}
    texts = old | {section.name: _text(section) for section in sections}
    kept = [f"<!-- {name} -->\n{texts[name].strip()}\n" for name in ORDER if name in texts]
    page.write_text("\n".join([HEAD, *kept]), "utf-8")


def _text(section: Section) -> str:
    lines = [
        f"## {section.title}", "", f'`make bench ARGS="{section.name}"` — {_machine()}', "", section.how, "",
        "| what | measured | goal | |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {figure.what} | {figure.measured} | {figure.goal} | {figure.mark} |" for figure in section.figures
    ]
    return "\n".join(lines)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
