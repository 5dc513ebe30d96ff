"""`shebaoka helpdesk`: what the hotlines have before them, what is overdue, and what callers are answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, get_args

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.cli.programme import as_date
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.clock import today as day_of
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme import views as programmes
from shebaoka.service.helpdesk import views
from shebaoka.service.helpdesk.answers import answer, answer_all
from shebaoka.service.helpdesk.model import Answer, Case, Handover, Question

app = typer.Typer(no_args_is_help=True, help="热线：待办、超期、解答 · hotlines: cases and answers")
QUESTIONS = ", ".join(get_args(Question))
OfLine = Annotated[
    str | None, typer.Option("--line", help="只看此热线（机构代码） · only this line, by its code")
]


def as_question(text: str) -> Question:
    """Read a question given on the command line."""
    for known in get_args(Question):
        if text == known:
            question: Question = known
            return question
    raise typer.BadParameter(f"没有此问题 · no such question; there are {QUESTIONS}")


@app.command("queue")
def show_queue(line: OfLine = None, *, as_json: AsJson = False) -> None:
    """待接转接与在办工单，先列退回的 · Hand-overs that wait to be accepted, and open cases; what came back stands first."""

    async def act(city: City) -> tuple[list[tuple[Handover, Case]], list[Case], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            arriving, cases = await views.queue(work, await _line(work, line))
            named = await _codes(
                work, [*cases, *(case for _, case in arriving)], [one for one, _ in arriving]
            )
            return arriving, cases, named

    with refusals(as_json) as settings:
        arriving, cases, named = with_city(settings, act)
    if as_json:
        say_json({
            "arriving": [{"handover_id": str(one.handover_id), "case": case.number, "from": named[one.from_line],
                          "to": named[one.to_line], "accept_by": one.accept_by} for one, case in arriving],
            "cases": [_shown(case, named) for case in cases],
        })  # fmt: skip
        return
    for one, case in arriving:
        until = f"{one.accept_by.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        say(f"转接 handed over {case.number}  {named[one.from_line]} → {named[one.to_line]}  {until}")
    _list(cases, named)
    say(f"待接 to accept {len(arriving)}；在办 open {len(cases)}")


@app.command("overdue")
def list_overdue(line: OfLine = None, *, as_json: AsJson = False) -> None:
    """超过办结期限的工单，最久的在前 · Cases that should have been resolved by now, longest overdue first."""

    async def act(city: City) -> tuple[list[Case], dict[int, str]]:
        async with city.database.work(OPERATOR) as work:
            number = await _line(work, line)
            found = [one for one in await views.overdue(work, work.today) if number in (None, one.line_id)]
            return found, await _codes(work, found, [])

    with refusals(as_json) as settings:
        found, named = with_city(settings, act)
    if as_json:
        say_json({"cases": [_shown(one, named) for one in found]})
        return
    _list(found, named)
    say(f"超期 overdue {len(found)}")


@app.command("answers")
def show_answers(
    question: Annotated[
        str | None,
        typer.Argument(help=f"哪个问题，缺省全部 · which question; default all: {QUESTIONS}"),
    ] = None,
    *,
    on: Annotated[
        date | None, typer.Option(parser=as_date, help="哪一天，缺省今天 · which day; default today")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """按当日规则解答常见问题，并列出依据 · Answer what people ask by the rules of a day, and name the rules."""
    asked = None if question is None else as_question(question)

    async def act(city: City) -> list[Answer]:
        day = on or day_of(city.clock)
        async with city.database.work(OPERATOR) as work:
            programme = await programmes.load(work)
        return answer_all(programme, day) if asked is None else [answer(programme, asked, day)]

    with refusals(as_json) as settings:
        told = with_city(settings, act)
    if as_json:
        say_json({"answers": told})
        return
    for one in told:
        say(f"{one.title_zh} · {one.title_en}")
        for zh, en in zip(one.sentences_zh, one.sentences_en, strict=True):
            say(f"  {zh}\n    {en}")
        days = ", ".join(f"{why.rule_set}/{why.rule_id}@{why.valid_from}" for why in one.why)
        say(f"  依据 why: {days}")


def _list(cases: list[Case], named: dict[int, str]) -> None:
    for one in cases:
        mark = "!" if one.escalated_at else " "
        say(
            f"{mark} {one.number}  {one.status:8} {one.topic:12} {named[one.line_id]:10} {one.due_on}  {one.agent or '-'}"
        )


def _shown(one: Case, named: dict[int, str]) -> dict[str, object]:
    return {
        "number": one.number, "topic": one.topic, "status": one.status, "waiting_for": one.waiting_for,
        "line": named[one.line_id], "agent": one.agent, "due_on": one.due_on, "escalated_at": one.escalated_at,
    }  # fmt: skip


async def _line(work: Work, code: str | None) -> int | None:
    if code is None:
        return None
    found = await institutions.by_code(work, code)
    if found is None:
        raise NotFound(f"--line {code}")
    return found.institution_id


async def _codes(work: Work, cases: list[Case], handed: list[Handover]) -> dict[int, str]:
    wanted = {one.line_id for one in cases} | {
        number for one in handed for number in (one.from_line, one.to_line)
    }
    known = await institutions.by_ids(work, wanted) if wanted else {}
    return {number: known[number].code if number in known else str(number) for number in wanted}
