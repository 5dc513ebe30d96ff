"""What happened to a person's card, in plain words and in order, and where it stands. Reads only."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import ENDED, Status
from shebaoka.issuing.outreach import views as outreach
from shebaoka.issuing.outreach.model import SLOT_WORDS, Visit
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK_HOTLINE, Institution
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk.lines import TOPICS
from shebaoka.service.helpdesk.model import Case, Happened, Next, Timeline
from shebaoka.service.helpdesk.states import LIVE
from shebaoka.service.helpdesk.store import SQL
from shebaoka.service.helpdesk.views import of_holder

_WORDS: Final = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
HAPPENED: Final[Mapping[str, Mapping[str, str]]] = _WORDS["happened"]
"""By audit action, what a caller is told of it; what does not stand here is not told."""
STANDS: Final[Mapping[str, Mapping[str, str]]] = _WORDS["stands"]
CARD: Final[Mapping[str, Mapping[str, str]]] = _WORDS["card"]
VISIT: Final[Mapping[str, Mapping[str, str]]] = _WORDS["visit"]
"""By status; a visit that has ended stands nowhere any more."""
CASE: Final[Mapping[str, Mapping[str, str]]] = _WORDS["case"]


class _Seen:
    """What the actor may see of a person: a bank's line sees the bank's own applications, cards and visits, and what befell them."""

    def __init__(
        self, here: Institution | None, asked_for: Sequence[Application], held: Sequence[Card], visits: Sequence[Visit]
    ) -> None:  # fmt: skip
        self.bank_id = here.parent_id if here and here.kind == BANK_HOTLINE else None
        self.applications = list(asked_for)
        self.cards = [one for one in held if self.bank_id is None or one.bank_id == self.bank_id]
        self.visits = [one for one in visits if self.bank_id is None or one.bank_id == self.bank_id]

    def subjects(self, parcels: Sequence[Sequence[Any]]) -> set[str] | None:
        """Give the numbers that facts may be about; None for all."""
        if self.bank_id is None:
            return None
        own = {one.application_id for one in self.applications}
        numbers = own | {one.card_id for one in self.cards} | {row[0] for row in parcels if row[1] in own}
        numbers |= {one.visit_id for one in self.visits}
        return {str(number) for number in numbers}


async def of_person(work: Work, programme: Programme, person_id: int) -> Timeline:
    """Give a person's timeline, as far as the actor may see it; the caller records why."""
    seen = await _seen(work, person_id)
    parcels = await work.rows(SQL["parcels"], {"person_id": person_id})
    happened = await _all_of(work, person_id, seen.subjects(parcels))
    cases = await of_holder(work, person_id)
    happened += [_case_opened(one) for one in cases]
    now = await _standing(work, programme, seen, parcels)
    now += [_case(one) for one in cases if one.status in LIVE]
    return Timeline(sorted(happened, key=lambda one: one.at), now)


async def history(work: Work, person_id: int) -> list[Happened]:
    """Give all that happened to a person's applications, cards and visits, oldest first; for the holder, who may see it all."""
    return await _all_of(work, person_id, None)


async def _all_of(work: Work, person_id: int, allowed: Collection[str] | None) -> list[Happened]:
    rows = await work.rows(SQL["timeline"], {"person_id": person_id, "actions": list(HAPPENED)})
    return [_happened(*row) for row in rows if allowed is None or row[2] in allowed]


async def standing(work: Work, programme: Programme, person_id: int) -> list[Next]:
    """Give where a person's application and cards stand, what comes next, and by when."""
    parcels = await work.rows(SQL["parcels"], {"person_id": person_id})
    return await _standing(work, programme, await _seen(work, person_id), parcels)


async def cards_seen(work: Work, person_id: int) -> list[Card]:
    """Give a person's cards, as far as the actor may see them."""
    return (await _seen(work, person_id)).cards


async def _seen(work: Work, person_id: int) -> _Seen:
    here = await institutions.by_id(work, work.actor.organisation_id)
    held = (await cards.of_people(work, [person_id])).get(person_id, [])
    asked_for = await applications.of_person(work, person_id)
    return _Seen(here, asked_for, held, await outreach.of_person(work, person_id))


async def _standing(
    work: Work, programme: Programme, seen: _Seen, parcels: Sequence[Sequence[Any]]
) -> list[Next]:
    live = [one for one in seen.applications if one.status not in ENDED]
    coming = [one for one in seen.visits if one.status in VISIT]
    outlets = {one.fallback_outlet_id for one in live} | {one.outlet_id for one in coming if one.outlet_id}
    named = await institutions.by_ids(work, outlets) if outlets else {}
    waybills = {row[1]: row[2] for row in parcels}
    told = [_application(work, programme, one, named, waybills.get(one.application_id)) for one in live]
    told += [_visit(one, named) for one in coming]
    return [*told, *(_card(one) for one in seen.cards if one.social != "void")]


def _application(
    work: Work, programme: Programme, one: Application, named: Mapping[int, Institution], waybill: str | None
) -> Next:
    words, outlet = STANDS[one.status], named.get(one.fallback_outlet_id)
    due_on = one.due_on
    if one.status == Status.SUBMITTED:
        due_on = programme.due_on(work.today)  # Were it verified today.
    making = one.status in _WORDS["due"]["statuses"]
    return Next(
        words["zh"].format(outlet=outlet.name_zh if outlet else "", waybill=waybill or ""),
        words["en"].format(outlet=outlet.name_en if outlet else "", waybill=waybill or ""),
        due_on if making else None,
    )


def _visit(one: Visit, named: Mapping[int, Institution]) -> Next:
    words, outlet = VISIT[one.status], named.get(one.outlet_id or 0)
    slot = SLOT_WORDS[one.slot] if one.slot else ("", "")
    return Next(
        words["zh"].format(outlet=outlet.name_zh if outlet else "", day=one.day, slot=slot[0]),
        words["en"].format(outlet=outlet.name_en if outlet else "", day=one.day, slot=slot[1]),
        None,
    )


def _card(card: Card) -> Next:
    words = CARD[f"{card.generation}_{card.social}"]
    tail = card.card_number[-4:]
    ends = card.loss_until.astimezone(SHANGHAI).date() if card.loss_until else None
    return Next(words["zh"].format(tail=tail), words["en"].format(tail=tail), ends)


def _case_opened(one: Case) -> Happened:
    zh, en = (CASE["opened"][language] for language in ("zh", "en"))
    topic_zh, topic_en = TOPICS[one.topic]
    return Happened(
        one.opened_at, "help.opened", one.number, zh.format(number=one.number, topic=topic_zh),
        en.format(number=one.number, topic=topic_en),
    )  # fmt: skip


def _case(one: Case) -> Next:
    words = CASE[one.status]
    return Next(words["zh"].format(number=one.number), words["en"].format(number=one.number), one.due_on)


def _happened(at: Any, action: str, subject: str, detail: Mapping[str, Any]) -> Happened:
    words = HAPPENED[action]
    kind = _WORDS["message_kinds"].get(detail.get("kind", ""), {"zh": "", "en": ""})
    return Happened(
        at, action, subject, words["zh"].format(what=kind["zh"]), words["en"].format(what=kind["en"])
    )
