"""The counter's first page: a number, whom it means, and what this outlet may do for them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, WHY, Form, Number, find_person, meant, own
from shebaoka.faces.web.pages.counter.intake import blank_form
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, Visitor, backend, page, visitor

ENDED = frozenset({"completed", "rejected", "withdrawn"})
MAY_GO_ELSEWHERE = frozenset(words.STATUS) - ENDED - {"received"}
CAME = frozenset({"dispatched", "at_outlet", "at_centre", "received"})


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that may be done now, and where."""

    href: str
    zh: str
    en: str
    quiet: bool = False


@get(COUNTER, **page("staff", "application.apply", reader=True))
async def first(request: Ask) -> Template:
    """Ask for a number."""
    return show(request, "counter/first.html", number="", found=None)


@post(COUNTER, **page("staff", "application.apply", reader=True))
async def find(request: Ask, data: Form) -> Response[Any]:
    """Lead to the person whom a number means, or a bank to its own applications."""
    number = data.get("number", "")
    try:
        if visitor(request).may("person.search"):
            found = await find_person(request, **meant(number))
            return go(f"{COUNTER}/people/{found['person_id']}")
        return await _of_bank(request, number)
    except Refused as refused:
        return show(request, "counter/first.html", refused=refused, number=number, found=None)


async def _of_bank(request: Ask, number: str) -> Response[Any]:
    """Banks look nobody up: they find their own applications, and take in a new one for whoever stands there."""
    asked = {"reason": WHY, **meant(number)}
    found = (await backend(request).post("/api/applications/search", asked))["items"]
    live = [one for one in found if one["status"] not in ENDED]
    if len(live) == 1:
        return go(f"{COUNTER}/applications/{live[0]['application_id']}")
    if not found and "id_number" in asked:
        return await blank_form(request, {"id_number": asked["id_number"]})
    return show(request, "counter/first.html", number=number, found=found, status_words=words.STATUS)


@get(f"{COUNTER}/people/{{person_id:int}}", **page("staff", "person.search"))
async def person(request: Ask, person_id: Number) -> Template:
    """Show somebody, masked, and what this outlet may do for them now."""
    return await _show(request, person_id)


@post(f"{COUNTER}/people/{{person_id:int}}/identity", **page("staff", "person.reveal"))
async def reveal(request: Ask, person_id: Number, data: Form) -> Template:
    """Show who it is, for a reason that is kept."""
    asked = {"reason": data.get("reason", ""), "person_id": str(person_id)}
    try:
        revealed = await backend(request).post("/api/people/identity", asked)
    except Refused as refused:
        return await _show(request, person_id, refused=refused)
    return await _show(request, person_id, revealed=revealed)


async def _show(
    request: Ask, person_id: int, *, revealed: Any = None, refused: Refused | None = None
) -> Template:
    found = await find_person(request, person_id=str(person_id))
    live = next((one for one in found["applications"] if one["status"] not in ENDED), None)
    at_own = live is not None and await lies_here(request, live)
    return show(
        request, "counter/person.html", person=found, revealed=revealed, refused=refused, words=words,
        done=request.query_params.get("done", ""), deeds=deeds(visitor(request), found, live, at_own=at_own),
    )  # fmt: skip


def deeds(who: Visitor, found: Mapping[str, Any], live: Any, *, at_own: bool) -> list[Deed]:
    """Give what may be done now, the likeliest first: as the interface says it, for this role at this counter."""
    here = f"{COUNTER}/people/{found['person_id']}"
    able = [] if live is None else deeds_of_application(who, live, at_own=at_own)
    for card in found["cards"]:
        able += _deeds_of_card(who, f"{here}/cards/{card['card_id']}", card, found["next"])
    if who.may("application.apply"):
        able += _applying(here, found["next"], live)
    if found["alive"] and who.may("visit.request"):
        able.append(Deed(f"{here}/visit", "申请上门服务", "Ask for a visit at home", quiet=True))
    if found["alive"] and who.may("card.cancel") and any(card["social"] != "void" for card in found["cards"]):
        able.append(Deed(f"{here}/cancellation", "注销（资格终止）", "Cancel: entitled no more", quiet=True))
    return sorted(able, key=lambda one: one.quiet)


def _applying(here: str, able: list[str], live: Any) -> list[Deed]:
    if "application.apply" in able:
        return [Deed(f"{here}/apply", "受理换卡申请", "Take in an application")]
    # A card that came and was lost or spoiled before it was opened is replaced too; the interface ends the former application.
    if "application.replace" in able or (live is not None and live["status"] in CAME):
        return [
            Deed(f"{here}/apply?replace=1", "受理补换卡", "Take in a replacement", quiet=live is not None)
        ]
    return []


def _deeds_of_card(who: Visitor, here: str, card: Mapping[str, Any], able: list[str]) -> list[Deed]:
    zh, en = words.GENERATION[card["generation"]]
    end, number = f"（{zh} {card['card_number']}）", card["card_id"]
    offered = (
        (("open_social", "open_financial"), "card.open", "opening", "开通", f"Open the {en}"),
        (("lift_loss",), "card.lift_loss", "lift", "解除挂失", f"Lift the loss of the {en}"),
        (("report_loss",), "card.report_loss", "loss", "挂失", f"Report the {en} lost"),
    )
    return [
        Deed(f"{here}/{path}", zh + end, en, quiet=path == "loss")
        for actions, permission, path, zh, en in offered
        if who.may(permission) and any(f"card.{action}:{number}" in able for action in actions)
    ]


def deeds_of_application(who: Visitor, one: Mapping[str, Any], *, at_own: bool) -> list[Deed]:
    """Give what may be done to an application now."""
    here, able = f"{COUNTER}/applications/{one['application_id']}", one["next"]
    offered = (
        ("parcel.collect", at_own, "hand-over", "交付卡片", "Hand the card over", False),
        ("photo.bring", "bring_photo" in able, "photo", "拍照或提交相片", "Take or bring a photo", False),
        ("application.choose_bank", "choose_bank" in able, "bank", "另选银行", "Choose another bank", False),
        ("application.correct", one["status"] == "at_centre", "sending-again", "重新寄送", "Have it sent again", False),
        ("application.correct", one["status"] in MAY_GO_ELSEWHERE, "destination", "更正手机、地址或备用网点",
         "Correct mobile, address or outlet", True),
        ("photo.bring", "reject_photo" in able, "photo?replace=1", "更换相片", "Replace the photo", True),
        ("application.withdraw", "withdraw" in able, "withdrawal", "撤回申请", "Withdraw the application", True),
    )  # fmt: skip
    return [
        Deed(f"{here}/{path}", zh, en, quiet)
        for permission, now, path, zh, en, quiet in offered if now and who.may(permission)
    ]  # fmt: skip


async def lies_here(request: Ask, one: Mapping[str, Any]) -> bool:
    """Tell whether the card of an application lies at this very counter."""
    if one["status"] not in {"at_outlet", "at_centre"} or not visitor(request).may("parcel.collect"):
        return False
    where = await backend(request).get(f"/api/applications/{one['application_id']}/journey")
    counter = where["counter"]
    return counter is not None and counter["institution_id"] == own(request).get("institution_id")


HANDLERS = (first, find, person, reveal)
