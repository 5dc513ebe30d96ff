"""The programme as a whole: which institutions are live and what keeps others back, and the rules in force by date."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any, Final

from litestar import get
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.district_map import DISTRICTS
from shebaoka.faces.web.pages.centre import words
from shebaoka.faces.web.pages.centre.rule_sets import RULE_SETS
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

BLOCKERS: Final = 100
NAMES: Final = {one.code: (one.zh, one.en) for one in DISTRICTS}


@get("/staff/readiness", **page("staff", "report.read"))
async def readiness(request: Ask) -> Template:
    """Show how many institutions are live by kind and district, and what keeps others back."""
    kind = request.query_params.get("kind", "")
    kind = kind if kind in words.KIND else ""
    progress = await backend(request).get("/api/readiness/progress")
    blockers = await backend(request).get("/api/readiness/blockers", kind=kind or None, limit=BLOCKERS)
    city = [one for one in progress["items"] if not one["district"]]
    districts = [one for one in progress["items"] if one["district"] and (not kind or one["kind"] == kind)]
    return show(
        request, "centre/readiness.html", on=progress["on"], city=city, districts=districts, kind=kind,
        blockers=blockers["items"], kinds=[(code, *both) for code, both in words.KIND.items()],
        named=partial(words.named, words.KIND), standing=partial(words.named, words.READINESS),
        where=partial(words.named, NAMES),
    )  # fmt: skip


@get("/staff/rules", **page("staff", "programme.explain"))
async def rules(request: Ask) -> Template:
    """Show the rules of a day, and what changes after it."""
    on, refused = request.query_params.get("on") or None, None
    try:
        found, changes = await _rules(request, on)
    except Refused as wrong:
        refused, (found, changes) = wrong, await _rules(request, None)
    return show(
        request, "centre/rules.html", refused=refused, on=found["on"],
        changes=changes["items"], sets=_by_set(found["items"]), plain=words.plain,
        about=partial(words.named, RULE_SETS),
    )  # fmt: skip


async def _rules(request: Ask, on: str | None) -> tuple[Any, Any]:
    ask = backend(request)
    return await ask.get("/api/programme/rules", on=on), await ask.get("/api/programme/changes", on=on)


def _by_set(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(name, list(some)) for name, some in groupby(lines, key=lambda one: str(one["rule_set"]))]


HANDLERS: Final = (readiness, rules)
