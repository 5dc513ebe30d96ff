"""A quote is confirmed: once, while nothing has moved, by a card that is good at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

from shebaoka.benefits.settlement import errors, store
from shebaoka.benefits.settlement.commands.quoting import quote, settling
from shebaoka.benefits.settlement.commands.serving import WHOLE_STAY
from shebaoka.benefits.settlement.commands.visiting import locked
from shebaoka.benefits.settlement.model import Confirming, GuestConfirming, Quoted, Settled, Sums
from shebaoka.benefits.settlement.store import SQL
from shebaoka.cards.judging import judged
from shebaoka.cards.model import Standing
from shebaoka.kit.actor import Actor
from shebaoka.kit.work import Row, Work
from shebaoka.ledger.model import Account, moves
from shebaoka.registry.programme.programme import Programme

REFUSED: Final = MappingProxyType(
    {
        "withdrawn": (errors.MessageWithdrawn, ""),
        "message_differs": (errors.MessageDiffers, ""),
        "not_holder": (errors.NotHolder, ""),
        "no_quote": (errors.QuoteUnusable, "没有此试算 · there is no such quote"),
        "quote_used": (errors.QuoteUnusable, "此试算已确认过 · this quote was confirmed before"),
        "quote_expired": (errors.QuoteUnusable, "试算已过有效时间 · the quote has expired"),
        "visit_moved": (
            errors.QuoteUnusable,
            "试算后就诊或明细有变动 · visit or lines have changed since the quote",
        ),
        "not_discharged": (errors.QuoteUnusable, "尚未办理出院 · the patient is not discharged"),
        "settled_already": (errors.AlreadySettled, ""),
    }
)
DONE: Final = frozenset({"settled", "repeated"})
IDS: Final = 3
"""Identifiers of a settlement: its own, its entry's, its audit fact's."""
OF_THE_MESSAGE: Final = frozenset({"withdrawn", "message_differs", "not_holder"})
"""Refusals for which no card is looked at."""


GUEST_MINUTES: Final = timedelta(minutes=1)
"""A guest's quote is confirmed in the transaction that keeps it."""


async def settle_guest(work: Work, one: GuestConfirming, province_id: int, sums: Sums) -> Settled:
    """Settle a guest's stay at what their own province reckoned; the same message again gives the same answer.

    What funds and account there pay is advanced to the hospital, and owed by the province. Every refusal must roll the
    transaction back: raises NotFound, MessageDiffers, MessageWithdrawn, QuoteUnusable, AlreadySettled.
    """
    visit = await locked(work, one.institution_id, one.person_id, one.visit_id)
    quoted = Quoted(
        quote_id=work.ids.one(), person_id=one.person_id, visit_id=one.visit_id, batch=WHOLE_STAY, sums=sums, bills=(),
        expires_at=work.now + GUEST_MINUTES,
    )  # fmt: skip
    advanced = sums.total_fen - sums.cash_fen
    lines = moves((Account.CROSS_PROVINCE, Account.INSTITUTION, advanced), owner_id=one.institution_id)
    counts: dict[str, list[Any]] = {
        "schemes": [], "years": [], "deductibles": [], "counted": [],
        "accounts": [line.account.value for line in lines], "amounts": [int(line.amount) for line in lines],
    }  # fmt: skip
    await store.add_quote(work, quoted, visit, counts, province_id, guest=True)
    (row,) = await _ask(work, [(one, work.actor)], work.ids.many(IDS), quoted.quote_id)
    if row[0] not in DONE:
        refused, why = REFUSED[row[0]]
        raise refused(why)
    return _told(row)


async def confirm(work: Work, programme: Programme, one: Confirming) -> Settled:
    """Settle what was quoted; the same message again gives the same answer.

    When accounts or sums have moved since, the rule of the day (`settling`) says whether it is reckoned anew. Every refusal
    must roll the transaction back: raises MessageDiffers, MessageWithdrawn, NotHolder, CardNotUsable, QuoteUnusable,
    AlreadySettled, StandingMoved.
    """
    ids = work.ids.many(IDS)
    (row,) = await _ask(work, [(one, work.actor)], ids)
    if row[0] not in OF_THE_MESSAGE and row[0] != "repeated":
        _judge(work, programme, row[3:])
    recomputed = row[0] == "state_moved"
    if recomputed:
        quote_id = await _anew(work, programme, one)
        (row,) = await _ask(work, [(one, work.actor)], ids, quote_id)
    if row[0] not in DONE:
        refused, why = REFUSED[row[0]]
        raise refused(why)
    return _told(row, recomputed=recomputed)


async def confirm_together(
    work: Work, programme: Programme, asked: Sequence[tuple[Confirming, Actor]]
) -> list[Settled | None]:
    """Settle what several messages confirm, each in the name of whoever sent it: one call of the database.

    None for whoever is to be asked alone, by `confirm`, which says why: then all of this must be rolled back.
    """
    answers: list[Settled | None] = []
    for row in await _ask(work, asked, work.ids.many(IDS * len(asked))):
        done = row[0] == "repeated" or (row[0] == "settled" and _standing(work, programme, row[3:]).good)
        answers.append(_told(row) if done else None)
    return answers


def _told(row: Row, *, recomputed: bool = False) -> Settled:
    return Settled(
        settlement=store.settlement_of(row[1]), bills=store.bills_of(row[2]), repeated=row[0] == "repeated",
        recomputed=recomputed,
    )  # fmt: skip


async def _ask(
    work: Work, asked: Sequence[tuple[Confirming, Actor]], ids: Sequence[int], quote_id: int | None = None
) -> list[Row]:
    """Give what came of each, in the order asked. `quote_id`: the quote that takes the place of the one named."""
    ones = [one for one, _ in asked]
    rows = await work.rows(SQL["confirm"], {
        "people": [one.person_id for one in ones], "institutions": [one.institution_id for one in ones],
        "numbers": [one.number for one in ones], "says": [one.says for one in ones],
        "quotes": [quote_id or one.quote_id for one in ones], "visits": [one.visit_id for one in ones],
        "cards": [one.card_number for one in ones],
        "settlements": list(ids[0::IDS]), "entries": list(ids[1::IDS]), "facts": list(ids[2::IDS]),
        "actors": [who.name for _, who in asked], "organisations": [who.organisation_id for _, who in asked],
        "now": work.now, "today": work.today,
    })  # fmt: skip
    return [row[1:] for row in sorted(rows, key=itemgetter(0))]


def _judge(work: Work, programme: Programme, card: Row) -> None:
    """Hold the card as it stood when the person was locked against today: whatever was written is rolled back if it is not good."""
    standing = _standing(work, programme, card)
    if not standing.good:
        raise errors.CardNotUsable(f"{standing.zh} · {standing.en}", reason=standing.reason)


def _standing(work: Work, programme: Programme, card: Row) -> Standing:
    today = work.today
    return judged(card, today, programme.old_cards_void_from(today), programme.account_after(today))


async def _anew(work: Work, programme: Programme, one: Confirming) -> int:
    """Quote what a message confirms anew, everything being locked. Raises StandingMoved where the rule refuses."""
    keys = {"person_id": one.person_id, "quote_id": one.quote_id}
    row = await work.row(SQL["kind_of_quote"], keys)
    assert row is not None, "its state has moved, so it was found"
    visit_id, batch, kind = row
    if settling(programme, kind, work.today).moved == "refuse":
        raise errors.StandingMoved
    return (await quote(work, programme, one.institution_id, one.person_id, visit_id, batch)).quote_id
