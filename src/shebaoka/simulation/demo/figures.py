"""The figures of a demo: what the city looks like when the work is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from shebaoka.cards import views as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import views as parcels
from shebaoka.issuing.delivery.states import Status as ParcelStatus
from shebaoka.issuing.lists import views as lists
from shebaoka.issuing.production import views as production
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import verify
from shebaoka.kit.city import City
from shebaoka.kit.ids import EPOCH
from shebaoka.kit.work import Work
from shebaoka.ledger import views as ledger
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes
from shebaoka.service.dashboard import settlements
from shebaoka.service.messages import views as messages
from shebaoka.service.messages.states import Status as MessageStatus


class Figures(Struct, frozen=True, kw_only=True):
    """What `shebaoka demo --json` prints.

    `delivered`, `at_fallback_outlet`, `collected` and `brought_back` (or on its way) to the card centre count cards by where
    their parcel is now, so that no card is counted twice. `applications` counts all that were entered; each `by_…` sums to it. `rejected_rows` are list rows
    to be mended and sent again, `repeated_rows` those with nothing left to do.
    """

    people: int
    eligible: int
    applications: int
    by_channel: dict[str, int]
    by_group: dict[str, int]
    by_bank: dict[str, int]
    by_status: dict[str, int]
    list_files: int
    list_rows: int
    rejected_rows: int
    repeated_rows: int
    cards_made: int
    delivered: int
    at_fallback_outlet: int
    collected: int
    brought_back: int
    opened: int
    financial_opened: int
    old_cards_void: int
    old_cards_good: int
    two_live_cards: int
    bureau_differences: int
    text_messages_sent: int
    text_messages_given_up: int
    settlements: int
    settled_fen: int
    ledger_adds_up: bool
    audit_facts: int
    audit_verified: bool
    seconds: float


async def measure(city: City, seconds: float) -> Figures:
    """Count everything; `seconds` is how long the work took."""
    verdict = await verify(city.database, city.settings.checkpoints_path)
    async with city.database.work(SYSTEM) as work:
        register, eligible = await _people(work)
        counts = await applications.counts(work)
        stock = await cards.counts(work)
        post = await parcels.counts(work)
        handed_in = await lists.totals(work)
        differences = len(await production.differences(work))
        told = await messages.counts(work, EPOCH)
        settled = next(iter(await settlements.sums(work, "city", EPOCH.date(), work.today)), None)
        books = await ledger.check(work)
        names = {bank.institution_id: bank.code for bank in await institutions.of_kind(work, BANK)}
    return Figures(
        people=register,
        eligible=eligible,
        applications=sum(count.applications for count in counts),
        by_channel=_tally((count.channel, count.applications) for count in counts),
        by_group=_tally((count.group_code, count.applications) for count in counts),
        by_bank=_tally((names[count.bank_id], count.applications) for count in counts),
        by_status=_tally((ApplicationStatus(count.status).value, count.applications) for count in counts),
        list_files=handed_in.lists,
        list_rows=handed_in.total_rows,
        rejected_rows=handed_in.rejected_rows,
        repeated_rows=handed_in.repeated_rows,
        cards_made=stock.new_unopened + stock.new_open + stock.new_void,
        delivered=post.get(ParcelStatus.DELIVERED, 0),
        at_fallback_outlet=post.get(ParcelStatus.AT_OUTLET, 0),
        collected=post.get(ParcelStatus.COLLECTED, 0),
        brought_back=sum(
            post.get(status, 0)
            for status in (ParcelStatus.RECALLED, ParcelStatus.SENT_BACK, ParcelStatus.AT_CENTRE)
        ),
        opened=stock.new_open,
        financial_opened=stock.financial_open,
        old_cards_void=stock.old_void,
        old_cards_good=stock.old_good,
        two_live_cards=stock.two_live,
        bureau_differences=differences,
        text_messages_sent=sum(
            one.messages for one in told if one.status in (MessageStatus.SENT, MessageStatus.DELIVERED)
        ),
        text_messages_given_up=sum(one.messages for one in told if one.status == MessageStatus.GIVEN_UP),
        settlements=settled.settlements if settled else 0,
        settled_fen=settled.total_fen if settled else 0,
        ledger_adds_up=books.good,
        audit_facts=verdict.facts,
        audit_verified=verdict.verified and verdict.unsealed == 0,
        seconds=round(seconds, 1),
    )


async def _people(work: Work) -> tuple[int, int]:
    """Count the register, and those in it who may have a card today."""
    programme = await programmes.load(work)
    register = eligible = 0
    async for some in people.everybody(work):
        facts = await programmes.facts_of(work, some, work.today)
        answers = programme.explain_many(list(facts.values()), work.today)
        register += len(some)
        eligible += sum(answer.eligible for answer in answers)
    return register, eligible


def _tally(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(sorted(found.items()))
