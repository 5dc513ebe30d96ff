"""When, where, with which bank and why: what the rules of today say, to anybody, before any log-in."""

from __future__ import annotations

from typing import Any, Final

from litestar import get
from litestar.response import Template

from shebaoka.faces.web import district_map
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

GROUPS: Final = (
    ("retirees", "已退休", "Retired"),
    ("employees", "在职，由单位缴纳职工保险", "Employed, insured by the employer"),
    ("pupils", "幼儿园、小学、初中、高中在读", "At a kindergarten or school"),
    ("everyone_else", "其他：灵活就业、未就业、大学生、学龄前儿童等", "Anybody else"),
)
DISTRICTS: Final = tuple((one.code, one.zh, one.en) for one in district_map.DISTRICTS)
QUESTIONS: Final = (
    "documents", "photo", "fee", "old_card", "open", "validity", "who_may_act", "where_is_my_card", "lost",
    "renewal", "account_after", "whom_to_call",
)  # fmt: skip
"""What people ask besides; when, where and which bank have their own place."""


@get("/when", kept=True, **page("everybody"))
async def ask_when(request: Ask) -> Template:
    """Ask for group and district, and say what the rules say; without a group, to all groups."""
    group = _known(request.query_params.get("group", ""), GROUPS)
    district = _known(request.query_params.get("district", ""), DISTRICTS)
    ask = backend(request)
    found = await ask.get("/api/helpdesk/answers")
    answers = {one["question"]: one for one in found["items"]}
    told = await ask.get("/api/programme/outlook", group=group, district=district) if group else None
    return show(
        request, "when/when.html", groups=GROUPS, districts=DISTRICTS, group=group, district=district, told=told,
        general=[answers[name] for name in ("when", "where", "bank")], more=[answers[name] for name in QUESTIONS], on=found["on"],
    )  # fmt: skip


def _known(text: str, options: tuple[tuple[str, str, str], ...]) -> str:
    return text if any(text == one[0] for one in options) else ""


HANDLERS: tuple[Any, ...] = (ask_when,)
