"""What the hotlines' pages share: topics, answers, a case with its history, and forms as they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from shebaoka.faces.web.pages.hotline import words
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Number = FromPath[int]
DESK: Final = "/staff/hotline"
CALLS: Final = page("staff", "help.call")
CASES: Final = page("staff", "help.case")


async def topics(request: Ask) -> list[Mapping[str, Any]]:
    """Give the topics of today, each with whose it is."""
    items: list[Mapping[str, Any]] = (await backend(request).get("/api/helpdesk/topics"))["items"]
    return items


def options(some: list[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Give topics to choose from, each with the number that answers it."""
    return [(one["topic"], f"{one['topic_zh']}（{_number(one)}）", one["topic_en"]) for one in some]


def _number(one: Mapping[str, Any]) -> str:
    return "开户银行" if one["own_bank"] else str(one["number"])


async def questions(request: Ask, topic: str) -> list[Mapping[str, Any]]:
    """Give all questions with their answers for anybody, those first that callers of a topic ask."""
    items = (await backend(request).get("/api/helpdesk/answers"))["items"]
    first = words.QUESTIONS.get(topic, ())
    return sorted(
        items, key=lambda one: first.index(one["question"]) if one["question"] in first else len(first)
    )


async def case_parts(request: Ask, case_id: str, topic: str = "") -> dict[str, Any]:
    """Give what is shown of a case on any page: the case, its history in words, and what it may be put on."""
    found = await backend(request).get(f"/api/helpdesk/cases/{case_id}")
    about, asked = await topics(request), await questions(request, topic or found["case"]["topic"])
    named = {one["topic"]: (one["topic_zh"], one["topic_en"]) for one in about}
    titles = {one["question"]: (one["title_zh"], one["title_en"]) for one in asked}
    return {
        "case": found["case"], "entries": [(one, words.told(one, named, titles)) for one in found["entries"]],
        "topics": options(about), "named": named, "questions": asked, "banks": await _banks(request),
        "mine": is_here(request, found["case"]["line"]), **WORDS,
    }  # fmt: skip


WORDS: Final[Mapping[str, Any]] = {
    "statuses": words.STATUS, "levels": words.LEVEL, "waiting_for": words.WAITING_FOR,
    "generations": words.GENERATIONS, "spoken": words.spoken, "late_days": words.late_days,
}  # fmt: skip


async def _banks(request: Ask) -> list[tuple[str, str, str]]:
    found = await backend(request).get("/api/institutions", kind="bank")
    return [
        (one["code"], one["name_zh"], one["name_en"]) for one in (i["institution"] for i in found["items"])
    ]


def is_here(request: Ask, line: Mapping[str, Any] | None) -> bool:
    """Tell whether a line is the visitor's own."""
    here = (visitor(request).me or {}).get("organisation")
    return bool(here and line and here["institution_id"] == line["institution_id"])


def given(data: Mapping[str, str], **names: str) -> dict[str, str]:
    """Give what was filled in, under the interface's names: `given(data, text="note")`."""
    return {name: data[field].strip() for name, field in names.items() if data.get(field, "").strip()}
