"""Write docs/problems/README.md: every refusal with its status and titles, in one table. A test holds it to the code.

Run: .venv/bin/python -m tools.index_problems
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import shebaoka
from shebaoka.kit.problems import Problem

PAGE = Path(__file__).parents[1] / "docs" / "problems" / "README.md"
HEAD = """# 拒绝说明 · Every refusal

Each refusal is an RFC 9457 problem document over HTTP, and lines in plain words on the command line. The page says what it means and what to do.

| | status | 中文 | English |
|---|---|---|---|
"""


def every_problem() -> list[type[Problem]]:
    """Give every refusal of the product that can be met, by slug."""
    for module in pkgutil.walk_packages(shebaoka.__path__, "shebaoka."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
    found, waiting = set[type[Problem]](), [Problem]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found |= {kind for kind in below if "slug" in vars(kind) and kind.__module__.startswith("shebaoka.")}
    return sorted(found, key=lambda kind: (kind.slug, kind.__name__))


def page() -> str:
    """Give the text of the page."""
    rows = [
        f"| [{kind.slug}]({kind.slug}.md) | {kind.status} | {kind.title_zh} | {kind.title_en} |"
        for kind in every_problem()
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
