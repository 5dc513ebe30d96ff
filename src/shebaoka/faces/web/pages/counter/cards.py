"""Cards at the counter: opened, reported lost, found again, cancelled; and a visit at home asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import (
    CHECKED,
    COUNTER,
    Field,
    Form,
    Number,
    Sheet,
    acts_for,
    ask,
    find_person,
    identity,
    own,
    ticked,
)
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

PERSON = f"{COUNTER}/people/{{person_id:int}}"
CARD = f"{PERSON}/cards/{{card_id:int}}"
DEEDS = {"opening": "card.open", "loss": "card.report_loss", "lift": "card.lift_loss"}
ACTS = {"opening": "open"}
VOID_NOTE = (
    "开通社会保障功能后，老卡立即失效，不能恢复",
    "Once the social-security function is open, the old card is void for good",
)
FUNCTIONS = (
    Field("tick", "social", "开通社会保障功能", "Open the social-security function", "1", required=False),
    Field("tick", "financial", "开通金融功能", "Open the financial function", required=False),
)


def _opening(back: str, *, bank: bool) -> Sheet:
    social, financial = FUNCTIONS
    return Sheet(
        "开通新卡", "Open the card", (social, financial, CHECKED) if bank else (social, CHECKED), back, VOID_NOTE, acts=True,
    )  # fmt: skip


def _sheet(request: Ask, deed: str, back: str) -> Sheet:
    if deed == "opening":
        return _opening(back, bank=own(request).get("kind") in {"bank", "bank_outlet"})
    if deed == "loss":
        kind = Field("choice", "loss", "挂失方式", "Kind of report", "formal", words.LOSS)
        note = ("挂失即时生效", "The card is dead at once")
        return Sheet("挂失", "Report the card lost", (kind, CHECKED), back, note, danger=True, acts=True)
    note = ("卡片和本人证件须在柜台出示", "Card and document lie on the counter")
    return Sheet("解除挂失", "Lift the loss report", (CHECKED,), back, note, acts=True)


async def _card_page(
    request: Ask, deed: str, person_id: int, card_id: int, data: Any = None, refused: Refused | None = None
) -> Template:
    found = await find_person(request, person_id=str(person_id))
    sheet = _sheet(request, deed, f"{COUNTER}/people/{person_id}")
    card = next((one for one in found["cards"] if one["card_id"] == str(card_id)), None)
    act = ACTS.get(deed, "other")
    return await ask(
        request, sheet, data, refused=refused, age=found["age"], act=act, person=found, card=card
    )


async def _carry_out(request: Ask, deed: str, person_id: int, card_id: int, data: Mapping[str, str]) -> None:
    found = await find_person(request, person_id=str(person_id))
    card = next((one for one in found["cards"] if one["card_id"] == str(card_id)), {"card_number": ""})
    known = await identity(request, person_id)
    said = {"card_number": card["card_number"], "id_number": known["id_number"], "acts_for": acts_for(data)}
    if deed == "opening":
        functions = [name for name in ("social", "financial") if ticked(data, name)]
        await backend(request).post(
            "/api/cards/openings", said | {"functions": functions}, key=data.get("key")
        )
        return
    said |= {"id_checked": ticked(data, "id_checked")}
    if deed == "loss":
        said |= {"name": known["name"], "loss": data.get("loss", "formal")}
    path = "/api/cards/losses" if deed == "loss" else "/api/cards/lifts"
    await backend(request).post(path, said, key=data.get("key"))


def _pages(deed: str) -> tuple[Any, Any]:
    """Give the page of one action on a card, and what its form leads to."""

    @get(f"{CARD}/{deed}", name=f"counter-{deed}", **page("staff", DEEDS[deed]))
    async def asked(request: Ask, person_id: Number, card_id: Number) -> Template:
        return await _card_page(request, deed, person_id, card_id)

    @post(f"{CARD}/{deed}", **page("staff", DEEDS[deed]))
    async def done(request: Ask, person_id: Number, card_id: Number, data: Form) -> Response[Any]:
        try:
            await _carry_out(request, deed, person_id, card_id, data)
        except Refused as refused:
            return await _card_page(request, deed, person_id, card_id, data, refused)
        return go(
            f"{CARD}/receipt?done={deed}".replace("{person_id:int}", str(person_id)).replace(
                "{card_id:int}", str(card_id)
            )
        )

    return asked, done


@get(f"{CARD}/receipt", **page("staff", "person.search"))
async def receipt(request: Ask, person_id: Number, card_id: Number) -> Template:
    """Show what was done to a card and how it stands, to be printed."""
    found = await find_person(request, person_id=str(person_id))
    card = next((one for one in found["cards"] if one["card_id"] == str(card_id)), None)
    return show(
        request, "counter/card_receipt.html", person=found, card=card, words=words, done=request.query_params.get("done", ""),
    )  # fmt: skip


def _cancelling(back: str) -> Sheet:
    why = Field("choice", "why", "原因", "Why", "", words.ENTITLEMENT)
    note = (
        "此人名下所有社保卡立即失效，在办申请终止，不能恢复。死亡由人口库告知，不必注销",
        "Every card of this person is void for good and a live application ends. A death is told by the register",
    )
    return Sheet("注销社保卡", "Cancel the cards", (why, CHECKED), back, note, danger=True)


@get(f"{PERSON}/cancellation", **page("staff", "card.cancel"))
async def ask_cancelling(request: Ask, person_id: Number) -> Template:
    """Ask why the cards are to be cancelled."""
    found = await find_person(request, person_id=str(person_id))
    return await ask(request, _cancelling(f"{COUNTER}/people/{person_id}"), person=found, card=None)


@post(f"{PERSON}/cancellation", **page("staff", "card.cancel"))
async def cancel(request: Ask, person_id: Number, data: Form) -> Response[Any]:
    """Cancel every card of somebody who is entitled no more, and say what becomes of the account."""
    found, back = await find_person(request, person_id=str(person_id)), f"{COUNTER}/people/{person_id}"
    try:
        known = await identity(request, person_id)
        body = {"id_number": known["id_number"], "name": known["name"], "why": data.get("why", ""),
                "id_checked": ticked(data, "id_checked")}  # fmt: skip
        told = await backend(request).post("/api/cards/cancellations", body, key=data.get("key"))
    except Refused as refused:
        return await ask(request, _cancelling(back), data, refused=refused, person=found, card=None)
    return show(request, "counter/said.html", zh="已注销", en="Cancelled", back=back,
                lines=[(told["account_zh"], told["account_en"])])  # fmt: skip


VISIT = (
    Field("tick", "apply", "上门受理申请", "Take in an application", required=False),
    Field("tick", "open", "上门开通新卡", "Open the new card", required=False),
    Field("text", "mobile", "联系手机（留空用登记的）", "Mobile; empty: as registered", required=False),
    Field("area", "address", "上门地址（留空用登记的）", "Address; empty: as registered", required=False),
    Field("tick", "limited", "行动不便，难以出门", "Can hardly leave home", required=False),
    Field("select", "document", "出示的证明", "What was shown of it", "", words.MOBILITY, required=False),
    Field("tick", "represented", "上门时由他人代办", "Somebody will act for the person", required=False),
)


def _visit(back: str) -> Sheet:
    return Sheet("申请上门服务", "Ask for a visit at home", VISIT, back, acts=True)


@get(f"{PERSON}/visit", **page("staff", "visit.request"))
async def ask_visit(request: Ask, person_id: Number) -> Template:
    """Ask what is to be done at home."""
    found = await find_person(request, person_id=str(person_id))
    return await ask(
        request, _visit(f"{COUNTER}/people/{person_id}"), age=found["age"], person=found, card=None
    )


@post(f"{PERSON}/visit", **page("staff", "visit.request"))
async def request_visit(request: Ask, person_id: Number, data: Form) -> Response[Any]:
    """Ask for the visit; the rules say at once whether there will be one, and the page why."""
    found, back = await find_person(request, person_id=str(person_id)), f"{COUNTER}/people/{person_id}"
    try:
        known = await identity(request, person_id)
        told = await backend(request).post(
            "/api/outreach/visits", _visit_body(data, known), key=data.get("key")
        )
    except Refused as refused:
        return await ask(
            request, _visit(back), data, refused=refused, age=found["age"], person=found, card=None
        )
    zh, en = (
        ("将安排上门", "There will be a visit")
        if told["eligible"]
        else ("不能安排上门", "There will be no visit")
    )
    lines = [(told["why_zh"], told["why_en"]), (told["remedy_zh"], told["remedy_en"])]
    return show(request, "counter/said.html", zh=zh, en=en, back=back, lines=lines)


def _visit_body(data: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id_number": known["id_number"], "name": known["name"], "limited": ticked(data, "limited"),
        "tasks": [task for task in ("apply", "open") if ticked(data, task)],
        "represented": ticked(data, "represented"), "acts_for": acts_for(data),
    }  # fmt: skip
    return body | {name: data[name] for name in ("mobile", "address", "document") if data.get(name)}


NUMBERS = (
    Field(
        "text",
        "card_number",
        "社保卡号",
        "Card number",
        hint_zh="卡面 9 位",
        hint_en="nine characters, on the card",
    ),
    Field("text", "id_number", "持卡人证件号码", "The holder's ID number"),
)
REPORT = Field("choice", "report", "金融功能", "The account", "", words.FINANCIAL_REPORT)


def _by_number(deed: str) -> Sheet:
    if deed == "opening":
        return Sheet(
            "开通新卡", "Open a card", (*NUMBERS, FUNCTIONS[0], _ticked_too(FUNCTIONS[1]), CHECKED), COUNTER, VOID_NOTE, acts=True,
        )  # fmt: skip
    return Sheet("登记金融功能状态", "Note what became of the account", (NUMBERS[0], REPORT), COUNTER)


def _ticked_too(one: Field) -> Field:
    return Field(one.kind, one.name, one.zh, one.en, "1", required=one.required)


@get(f"{COUNTER}/opening", **page("staff", "card.open", reader=True))
async def ask_opening(request: Ask) -> Template:
    """Ask for the numbers of a card that lies on the counter, where nobody is looked up."""
    return await ask(request, _by_number("opening"), act="open", person=None, card=None)


@post(f"{COUNTER}/opening", **page("staff", "card.open", reader=True))
async def open_by_number(request: Ask, data: Form) -> Response[Any]:
    """Open the card that lies on the counter."""
    body = {
        "card_number": data.get("card_number", ""), "id_number": data.get("id_number", ""), "acts_for": acts_for(data),
        "functions": [name for name in ("social", "financial") if ticked(data, name)],
    }  # fmt: skip
    try:
        told = await backend(request).post("/api/cards/openings", body, key=data.get("key"))
    except Refused as refused:
        return await ask(
            request, _by_number("opening"), data, refused=refused, act="open", person=None, card=None
        )
    return show(request, "counter/said.html", zh="已开通", en="Opened", back=COUNTER, lines=[_state(told)])


def _state(told: Mapping[str, Any]) -> tuple[str, str]:
    social, financial = words.SOCIAL[told["social"]], words.FINANCIAL[told["financial"]]
    return (
        f"社保卡 {told['card_number']}：社会保障功能{social[0]}，金融功能{financial[0]}",
        f"Card {told['card_number']}: social-security function {social[1]}, financial function {financial[1]}",
    )


@get(f"{COUNTER}/account", **page("staff", "card.note_financial"))
async def ask_report(request: Ask) -> Template:
    """Ask what became of the account on a card of the bank's own."""
    return await ask(request, _by_number("account"), person=None, card=None)


@post(f"{COUNTER}/account", **page("staff", "card.note_financial"))
async def report(request: Ask, data: Form) -> Response[Any]:
    """Note what the bank did to the account; the social-security function stays as it is."""
    body = {name: data.get(name, "") for name in ("card_number", "report")}
    try:
        told = await backend(request).post("/api/cards/financial-reports", body, key=data.get("key"))
    except Refused as refused:
        return await ask(request, _by_number("account"), data, refused=refused, person=None, card=None)
    return show(request, "counter/said.html", zh="已登记", en="Noted", back=COUNTER, lines=[_state(told)])


HANDLERS = (
    *(one for deed in DEEDS for one in _pages(deed)), receipt, ask_cancelling, cancel, ask_visit, request_visit, ask_opening,
    open_by_number, ask_report, report,
)  # fmt: skip
