"""Answers to what people ask, from the rules of the day, for anybody; and whose line each topic is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
from litestar import get
from litestar.params import QueryParameter

from shebaoka.faces.api.calling import Call
from shebaoka.faces.api.declaring import public
from shebaoka.faces.api.service import service
from shebaoka.kit.clock import today
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.service.helpdesk.answers import answer, answer_all
from shebaoka.service.helpdesk.lines import owners
from shebaoka.service.helpdesk.model import Answer, Owner, Question

OPEN: Final = "answers say what the published rules of the programme say, and nothing about anybody"
Day = Annotated[date | None, QueryParameter(description="哪一天，缺省今天 · which day; default today")]

Asked = Annotated[
    Question | None, QueryParameter(description="哪个问题，缺省全部 · which question; default all")
]


class Answers(msgspec.Struct, frozen=True):
    """Answers by the rules of one day."""

    on: date
    items: list[Answer]


class Topics(msgspec.Struct, frozen=True):
    """Whose line each topic is, by the rules of one day."""

    on: date
    items: list[Owner]


@get(
    "/helpdesk/answers",
    **public(OPEN, "helpdesk", "常见问题解答 · Answers to what people ask", refuses=(NoRuleApplies,)),
)
async def list_answers(request: Call, question: Asked = None, on: Day = None) -> Answers:
    """Answer one question, or all, for anybody; every answer names the rules that it rests on, with their days."""
    here = service(request)
    programme, day = await here.programme(), on or today(here.city.clock)
    found = answer_all(programme, day) if question is None else [answer(programme, question, day)]
    return Answers(day, found)


@get(
    "/helpdesk/topics",
    **public(OPEN, "helpdesk", "各类问题该打哪个电话 · Which number to call", refuses=(NoRuleApplies,)),
)
async def list_topics(request: Call, on: Day = None) -> Topics:
    """Give whose line each topic is, with the number to call and why."""
    here = service(request)
    programme, day = await here.programme(), on or today(here.city.clock)
    return Topics(day, owners(programme, day))


HANDLERS: tuple[Any, ...] = (list_answers, list_topics)
