"""Lists are taken in: each line is owed once, or told back with what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from shebaoka.banking.model import last4
from shebaoka.benefits.payouts import listing
from shebaoka.benefits.payouts.model import AccountLine, Fault, Item, ItemLine, ListKind, Taken
from shebaoka.benefits.payouts.store import SQL, account_place
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person


async def take_items(work: Work, name: str, content: bytes) -> Taken:
    """Take in what is owed, from CSV or JSON (at most 20,000 lines). What was taken before is not taken twice.

    Raises PayoutListRefused where it is no list; a line that is wrong refuses only itself.
    """
    invented = await has_invented_people(work)
    read, faults = listing.read_items(content, on=work.present_day, invented_allowed=invented)
    lines, repeated, more = listing.twice(read)
    known, strangers = await _known(work, lines)
    faults = [*faults, *more, *strangers]
    good = [one for one in lines if one.line not in {fault.line for fault in strangers}]
    list_id = work.ids.one()
    keys = [known[one.id_number].person_id for one in good]
    new = await work.rows(SQL["add_items"], {
        "people": keys, "items": list(work.ids.many(len(good))), "benefits": [one.benefit for one in good],
        "schemes": [one.scheme for one in good], "periods": [one.period for one in good],
        "references": [one.reference for one in good], "amounts": [one.amount_fen for one in good],
        "list_id": list_id, "now": work.now,
    })  # fmt: skip
    differing = await _differing(work, list_id, good, keys) if len(new) < len(good) else []
    repeated += len(good) - len(new) - len(differing)
    work.record_many("payout.owed", new)
    return await _keep(work, list_id, name, "items", len(new), repeated, [*faults, *differing])


async def take_accounts(work: Work, name: str, content: bytes) -> Taken:
    """Take in accounts that benefits went to before there was a card, as `take_items`. Their numbers are sealed."""
    invented = await has_invented_people(work)
    lines, faults = listing.read_accounts(content, on=work.present_day, invented_allowed=invented)
    known, strangers = await _known(work, lines)
    banks = {one.code: one.institution_id for one in await institutions.of_kind(work, BANK)}
    strange = [
        Fault(one.line, "bank", "银行代码不是服务银行", "the code is no service bank's")
        for one in lines
        if one.bank not in banks
    ]
    wrong = {fault.line for fault in (*strangers, *strange)}
    good = [one for one in lines if one.line not in wrong]
    list_id, numbers = work.ids.one(), work.ids.many(len(good))
    new = await work.rows(SQL["add_accounts"], {
        "people": [known[one.id_number].person_id for one in good], "accounts": list(numbers),
        "banks": [banks[one.bank] for one in good],
        "digests": [work.vault.digest("account", one.account_number) for one in good],
        "sealed": [
            work.vault.seal(one.account_number.encode(), account_place(number))
            for number, one in zip(numbers, good, strict=True)
        ],
        "last4s": [last4(one.account_number) for one in good], "sinces": [one.since for one in good],
        "list_id": list_id, "now": work.now,
    })  # fmt: skip
    by_number = dict(zip(numbers, good, strict=True))
    work.record_many("payout.account_noted", [(known[by_number[n].id_number].person_id, n) for (n,) in new])
    # One line may lack both a known person and a bank: it is one line all the same.
    both = {fault.line: fault for fault in (*strange, *strangers)}
    return await _keep(
        work, list_id, name, "accounts", len(new), len(good) - len(new), [*faults, *both.values()]
    )


async def _known(
    work: Work, lines: Sequence[ItemLine] | Sequence[AccountLine]
) -> tuple[dict[str, Person], list[Fault]]:
    """Give the people of the register by ID number, and what is wrong with lines about others."""
    found = await people.find_many(work, {one.id_number for one in lines})
    faults = []
    for one in lines:
        person = found.get(one.id_number)
        if person is None:
            faults.append(Fault(one.line, "id_number", "人口库中没有此人，请核对证件号码", "nobody in the register has this number; check it"))  # fmt: skip
        elif work.vault.digest("name", one.name) != person.name_digest:
            faults.append(Fault(one.line, "name", "姓名与证件号码不符，请核对", "the name is not that of the ID number; check both"))  # fmt: skip
    return found, faults


async def _differing(work: Work, list_id: int, lines: Sequence[ItemLine], keys: Sequence[int]) -> list[Fault]:
    """Give what is wrong with lines that were taken before otherwise."""
    asked = {"people": list(keys), "references": [one.reference for one in lines]}
    there: dict[Any, Item] = {
        (one.person_id, one.benefit, one.period, one.reference): one
        for one in await work.rows(SQL["items_of"], asked, Item)
    }
    pairs = [
        (one, there[person_id, one.benefit, one.period, one.reference])
        for one, person_id in zip(lines, keys, strict=True)
    ]
    return [
        listing.differs(one.line)
        for one, was in pairs
        if was.list_id != list_id and (was.amount_fen, was.scheme) != (one.amount_fen, one.scheme)
    ]


async def _keep(
    work: Work, list_id: int, name: str, kind: ListKind, taken: int, repeated: int, faults: Collection[Fault]
) -> Taken:
    done = Taken(
        list_id, taken + repeated + len(faults), taken, repeated, sorted(faults, key=lambda one: one.line)
    )
    await work.run(SQL["add_list"], {
        "list_id": list_id, "name": name, "kind": kind, "lines": done.lines, "taken": taken, "repeated": repeated,
        "faults": Jsonb([asdict(one) for one in done.faults]), "actor": work.actor.name, "now": work.now,
    })  # fmt: skip
    work.record(0, "payout.list_taken", list_id, kind=kind, lines=done.lines, taken=taken, faults=len(faults))
    return done
