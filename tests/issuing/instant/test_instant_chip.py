"""The chip at the counter: whatever is torn, cut, lost or killed, card, stock and person stand as the README's table says."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from instant_counter import (
    BANK_OUTLET,
    CENTRE,
    cards_of,
    comes_to,
    does,
    has,
    holds,
    open_counters,
    other,
    settle,
    status,
)
from msgspec import structs
from tests.issuing.instant.blanks import DIVISION, Torn, blank, make, makes, order, proof_of, writes
from tests.service.credential.in_use import InMemory, ring_of
from town import Town

from shebaoka.chip import proofs
from shebaoka.chip.personalising import digest, laid_out
from shebaoka.chip.versions import SM4
from shebaoka.issuing.instant import commands, views
from shebaoka.issuing.instant.model import GivenUpBecause, ReadBack
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock import views as stock_views
from shebaoka.issuing.stock.custody import deliver
from shebaoka.issuing.stock.model import Box, SpoiledBecause
from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.using import Keys
from shebaoka.kit.problems import Problem
from shebaoka.printing.face import Face
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme.views import load
from shebaoka.terminal.errors import CardNotBlank
from shebaoka_sandbox.card.state import Life


@pytest.fixture
async def counters(town: Town) -> Town:
    return await open_counters(town)


async def refused(town: Town, act: Any, *given: Any, **more: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        await does(town, act, *given, **more)
    await holds(town)
    return problem.value


async def reconciled(town: Town) -> bool:
    async with town.database.work(town.clerk) as work:
        return all(one.adds_up for one in await views.reconcile(work))


async def waiting(town: Town, serial: int = 1) -> tuple[Any, int, int, int]:
    """Bring somebody to the blank; gives the session, its number, the person and the former card."""
    someone, person_id, former = await settle(town, serial)
    session = await comes_to(town, someone, "blank_taken")
    return session, session.issue.application_id, person_id, former


async def test_torn_at_every_command_the_same_chip_becomes_the_card(counters: Town) -> None:
    """Before the card had the command, and after it did and nobody heard: then on with the same chip, and it is made."""
    session, number, person_id, former = await waiting(counters)
    serial = 4_711
    whole = (await does(counters, order, number, blank(serial))).order
    expected, commands_sent = writes(blank(serial), whole)
    assert commands_sent > 60
    for torn_at in range(1, commands_sent + 1):
        for heard in (False, True):
            chip = blank(serial)
            with pytest.raises(Torn):
                writes(chip, whole, torn_at=torn_at, heard=heard)
            finished = heard and torn_at == commands_sent
            assert chip.life is (Life.PERSONALISED if finished else Life.BLANK)
            assert writes(chip, whole)[0] == expected
            if torn_at % 20 == 1 or finished:
                # The counter asks again, as it does each time: it is told the same, and nothing has moved.
                assert (await does(counters, order, number, chip, who=8)).order == whole
                assert (await status(counters, session), await has(counters)) == (
                    ("blank_taken", "in_production"),
                    (9, 1),
                )
                assert await cards_of(counters, person_id) == {former: "open"}
    made = await does(counters, make, number, expected)
    assert (made.issue.status, await has(counters), await reconciled(counters)) == ("made", (9, 0), True)
    assert await cards_of(counters, person_id) == {former: "open", made.issue.card_id: "unopened"}


@pytest.mark.parametrize("torn_at", [1, 25, 60])
async def test_torn_and_not_to_be_used_it_is_spoiled_and_the_next_is_taken(
    counters: Town, torn_at: int
) -> None:
    session, number, person_id, former = await waiting(counters)
    chip = blank()
    first = (await does(counters, order, number, chip)).order
    with pytest.raises(Torn):
        writes(chip, first, torn_at=torn_at)
    next_one = blank()
    problem = await refused(counters, order, number, next_one)
    assert (problem.slug, problem.members) == ("chip-another", {"serial": chip.reset.serial.hex().upper()})
    await does(counters, commands.spoil, number, SpoiledBecause.CHIP_DEAD)
    assert (await refused(counters, order, number, next_one)).slug == "transition-refused"
    await does(counters, commands.take_blank, number)
    assert (await refused(counters, order, number, chip)).slug == "chip-used", "a chip is one card's for ever"
    made = await does(counters, makes, number, next_one)
    assert (made.issue.attempt, await has(counters), await reconciled(counters)) == (2, (8, 0), True)
    await does(counters, commands.hand_over, number, id_checked=True, signed=True)
    assert (await cards_of(counters, person_id))[former] == "open"
    await does(counters, commands.open_card, number)
    assert await cards_of(counters, person_id) == {former: "void", made.issue.card_id: "open"}
    assert session


async def test_written_and_the_network_is_lost(counters: Town) -> None:
    """Nobody hears that the card was written: the chip is read back, not written again, and what is sent twice counts once."""
    _, number, person_id, _ = await waiting(counters)
    chip = blank()
    read, _ = writes(chip, (await does(counters, order, number, chip)).order)
    again, commands_sent = writes(chip, (await does(counters, order, number, chip, who=8)).order)
    assert (again, chip.life) == (read, Life.PERSONALISED)
    assert commands_sent < 60, "read back only"
    first = await does(counters, make, number, read)
    before = (await has(counters), await cards_of(counters, person_id))
    assert await does(counters, make, number, read, who=8) == first
    assert (await has(counters), await cards_of(counters, person_id)) == before
    wrong = replace(read, digest=bytes(32))
    assert (await refused(counters, make, number, wrong)).slug == "transition-refused"
    assert (await refused(counters, order, number, chip)).slug == "transition-refused"


async def test_which_chips_get_no_order(counters: Town) -> None:
    session, number, _, _ = await waiting(counters)
    assert (await refused(counters, order, number, blank(city="3301"))).slug == "card-of-another-city"
    no_factor = blank()
    no_factor.reset = replace(no_factor.reset, historical=bytes(13))
    assert (await refused(counters, order, number, no_factor)).slug == "chip-unreadable"
    # What the bureau has made of a chip, or this counter before, is a card: its code is known.
    _, elsewhere, _, _ = await waiting(counters, 2)
    taken = blank()
    await does(counters, makes, elsewhere, taken)
    assert (await refused(counters, order, number, taken)).slug == "chip-used"
    assert (await status(counters, session))[0] == "blank_taken"
    # Out of order: before a blank is out.
    someone, _, _ = await settle(counters, 4)
    begun = await comes_to(counters, someone, "account")
    assert (await refused(counters, order, begun.issue.application_id, blank())).slug == "transition-refused"


async def test_a_chip_that_the_bureau_has_used_is_known_by_its_code(counters: Town) -> None:
    _, number, person_id, _ = await waiting(counters)
    chip = blank()
    mac = ring_of(SM4).code_mac(
        SM4, chip.reset.factor, bytes.fromhex(f"{DIVISION}D156000005") + chip.reset.serial
    )
    code = (bytes.fromhex(f"{DIVISION}D156000005") + chip.reset.serial + mac).hex().upper()
    await counters.rows_of(
        "UPDATE card SET identification_code = %(c)s WHERE person_id = %(p)s RETURNING 1", c=code, p=person_id
    )
    assert (await refused(counters, order, number, chip)).slug == "chip-used"
    assert await counters.rows_of("SELECT 1 FROM chip_directory") == [], "a refusal binds nothing"


async def test_what_is_ordered_is_all_of_the_card_and_is_kept_nowhere(counters: Town) -> None:
    session, number, person_id, _ = await waiting(counters)
    chip = blank()
    ordered = (await does(counters, order, number, chip)).order
    assert (ordered.card_number, ordered.issued_on, ordered.expires_on) == (
        session.issue.card_number, session.issue.issued_on, session.issue.expires_on,
    )  # fmt: skip
    assert (ordered.name, len(ordered.id_number), ordered.photo[:2], ordered.pin) == (
        "虚乙",
        18,
        b"\xff\xd8",
        "123456",
    )
    assert set(ordered.keys) == {0x0A, 0x04, 0x01, 0x06}
    ring = ring_of(SM4)
    transport = proofs.Schedule(SM4, ring.keys[SM4, 0]).diversified(chip.reset.factor)
    own = proofs.Schedule(SM4, ring.keys[SM4, 0x0A]).diversified(chip.reset.factor)
    assert proofs.Schedule(SM4, transport).unwrapped(ordered.keys[0x0A]) == own, (
        "enciphered under this chip's transport key"
    )
    ((reset, code, kept, version),) = await counters.rows_of(
        "SELECT chip_reset, chip_code, chip_digest, chip_keys FROM instant_issue WHERE person_id = %(p)s",
        p=person_id,
    )
    plain = digest(laid_out(ordered))
    assert (reset, code, version) == (
        chip.reset.historical.hex().upper(),
        ordered.identification_code.hex().upper(),
        2,
    )
    assert kept not in (plain, plain[:16]), "only a keyed digest"
    facts = await counters.rows_of(
        "SELECT action, detail FROM audit_fact WHERE action IN ('keys.used', 'instant.chip_ordered')"
    )
    assert {action for action, _ in facts} == {"keys.used", "instant.chip_ordered"}
    assert all(ordered.name not in str(told) and ordered.id_number not in str(told) for _, told in facts)


async def test_what_changes_while_the_card_is_written_ends_this_blank(counters: Town) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "blank_taken")
    number, chip = session.issue.application_id, blank()
    read, _ = writes(chip, (await does(counters, order, number, chip)).order)
    async with counters.database.work(counters.clerk) as work:
        await upsert_many(work, [structs.replace(someone, name="虚改")])
    for act, given in ((order, chip), (make, read)):
        assert (await refused(counters, act, number, given)).slug == "chip-order-outdated"
    assert await cards_of(counters, person_id) == {former: "open"}
    await does(counters, commands.spoil, number, SpoiledBecause.FAULTY)
    await does(counters, commands.take_blank, number)
    second = blank()
    assert (await does(counters, order, number, second)).order.name == "虚改"
    await does(counters, makes, number, second)
    assert await reconciled(counters)


async def test_a_chip_that_keeps_something_else_is_found_out_and_spoiled(counters: Town) -> None:
    _, number, _, _ = await waiting(counters)
    chip = blank()
    ordered = (await does(counters, order, number, chip)).order
    writes(chip, replace(ordered, name="别人"))
    with pytest.raises(CardNotBlank):
        writes(chip, ordered)
    await does(counters, commands.spoil, number, SpoiledBecause.FAULTY)
    assert await reconciled(counters)


async def test_a_card_that_does_not_prove_itself_does_not_count(counters: Town) -> None:
    """What the machine says it read is not enough: a blank, another chip, another challenge and a guess are all refused."""
    session, number, person_id, former = await waiting(counters)
    chip = blank()
    ordered = await does(counters, order, number, chip)
    read, _ = writes(chip, ordered.order)
    right = proof_of(chip, ordered.challenge)
    _, elsewhere, _, _ = await waiting(counters, 2)
    copy = blank()
    other_order = await does(counters, order, elsewhere, copy)
    writes(copy, other_order.order)
    for wrong in (
        bytes(16), right[:8], proof_of(copy, ordered.challenge), proof_of(chip, other_order.challenge), b"\1" * 16,
    ):  # fmt: skip
        assert (await refused(counters, make, number, replace(read, proof=wrong))).slug == "chip-not-proved"
    assert (await status(counters, session), await cards_of(counters, person_id)) == (
        ("blank_taken", "in_production"), {former: "open"},
    )  # fmt: skip
    again = await does(counters, order, number, chip, who=8)
    assert again.challenge == ordered.challenge, "whoever asks again asks the same"
    made = await does(counters, make, number, replace(read, proof=right))
    assert (made.issue.status, await reconciled(counters)) == ("made", True)


async def test_a_blank_whose_machine_says_that_it_wrote_and_did_not(counters: Town) -> None:
    _, number, _, _ = await waiting(counters)
    chip = blank()
    ordered = await does(counters, order, number, chip)
    code = ordered.order.identification_code.hex().upper()
    told = ReadBack(code, chip.reset.historical.hex().upper(), digest(laid_out(ordered.order)), bytes(16))
    assert (await refused(counters, make, number, told)).slug == "chip-not-proved"
    await does(counters, commands.spoil, number, SpoiledBecause.FAULTY)
    assert await reconciled(counters)


async def test_while_the_keys_are_locked_a_written_card_waits(counters: Town) -> None:
    _, number, _, _ = await waiting(counters)
    chip, store = blank(), InMemory()
    read, _ = writes(chip, (await does(counters, order, number, chip)).order)
    store.closed = CardKeysClosed("锁定 · locked")
    assert (await refused(counters, make, number, read, Keys(store, "3100"))).slug == "card-keys-closed"
    assert (await does(counters, make, number, read)).issue.status == "made"


async def test_keys_that_were_renewed_meanwhile_still_check_the_card(counters: Town) -> None:
    """The card has the keys of its order; that another version is in force by now is no reason to spoil it."""
    _, number, _, _ = await waiting(counters)
    chip = blank()
    read, _ = writes(chip, (await does(counters, order, number, chip)).order)
    await counters.rows_of("UPDATE card_key_set SET status = 'former' WHERE algorithm = 3 RETURNING 1")
    assert (await does(counters, make, number, read)).issue.status == "made"


async def test_only_a_blank_of_the_outlet_gets_the_order_and_its_number_is_followed(counters: Town) -> None:
    """All blanks here have numbers: another outlet's, the centre's and a stranger's are refused, and nothing is bound."""
    async with counters.database.work(counters.clerk) as work:
        await deliver(work, "M1", "0000A000", "0000A0FF", 2)
        await deliver(work, "M2", "0000B000", "0000B00F", 1)
    numbered = Box("S9", "1", 10, "0000A000", "0000A009")
    former = Box("S9", "2", 2, "0000B000", "0000B001")
    for given in (numbered, former):
        await does(counters, stock.receive, counters.places[CENTRE], given)
    await does(
        counters, stock.give_back, counters.places[CENTRE], 10, "R1"
    )  # Those that came without numbers.
    await does(
        counters,
        stock.receive,
        counters.places[BANK_OUTLET],
        Box("S9", "3", 4, "0000A010", "0000A013"),
        at=BANK_OUTLET,
    )
    _, number, _, _ = await waiting(counters)
    for foreign in (0xA010, 0xA050, 0xC000):
        problem = await refused(counters, order, number, blank(foreign))
        assert (problem.slug, problem.members) == ("chip-not-of-stock", {"serial": f"{foreign:08X}"})
    assert (await refused(counters, order, number, blank(0xB000))).slug == "blank-keys-differ"
    assert await counters.rows_of("SELECT 1 FROM chip_directory") == [], "a refusal binds nothing"
    spoiled = blank(0xA000)
    await does(counters, order, number, spoiled)
    await does(counters, commands.spoil, number, SpoiledBecause.CHIP_DEAD)
    await does(counters, commands.take_blank, number)
    made = await does(counters, makes, number, blank(0xA001))
    async with counters.database.work(counters.clerk) as work:
        one = next(found for found in await stock_views.custody(work) if found.shipment == "M1")
        assert (one.used, one.spoiled, one.begun, one.at_outlets, one.adds_up) == (1, 1, 0, 12, True)
        assert [entry.application_id for entry in await stock_views.chip(work, 0xA001)] == [None, number]
    assert (made.issue.status, await reconciled(counters)) == ("made", True)
    # Given up, an ordered chip is spoiled by its number, too.
    _, elsewhere, _, _ = await waiting(counters, 2)
    await does(counters, order, elsewhere, blank(0xA002))
    await does(counters, commands.give_up, elsewhere, GivenUpBecause.MISTAKE)
    async with counters.database.work(counters.clerk) as work:
        assert all(found.adds_up for found in await stock_views.custody(work))


async def test_without_keys_nothing_is_bound(counters: Town) -> None:
    _, number, _, _ = await waiting(counters)
    store = InMemory()
    store.closed = CardKeysClosed("锁定 · locked")
    chip = blank()
    problem = await refused(counters, order, number, chip, Keys(store, "3100"))
    assert (problem.slug, await counters.rows_of("SELECT 1 FROM chip_directory")) == ("card-keys-closed", [])
    assert (await does(counters, makes, number, chip)).issue.status == "made"


async def test_what_no_card_can_say_is_said_before_anything_is_written(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "blank_taken")
    async with counters.database.work(counters.clerk) as work:
        await upsert_many(work, [structs.replace(someone, name="虚𠮷")])
    problem = await refused(counters, order, session.issue.application_id, blank())
    assert problem.slug == "card-face-refused"
    assert "𠮷" not in problem.detail
    back = await does(counters, commands.put_back, session.issue.application_id)
    assert (back.issue.status, await has(counters)) == ("begun", (10, 0))


async def test_a_blank_goes_back_until_its_chip_has_its_order(counters: Town) -> None:
    session, number, _, _ = await waiting(counters)
    back = await does(counters, commands.put_back, number)
    assert (back.issue.status, back.application.status, back.issue.card_number, await has(counters)) == (
        "begun", "account_opened", None, (10, 0),
    )  # fmt: skip
    await holds(counters)
    await does(counters, commands.take_blank, number)
    await does(counters, order, number, blank())
    for act, given, more in (
        (commands.put_back, (), {}), (commands.give_up, (GivenUpBecause.HOLDER_LEFT,), {"blank_unused": True}),
    ):  # fmt: skip
        assert (await refused(counters, act, number, *given, **more)).slug == "blank-begun"
    await does(counters, commands.give_up, number, GivenUpBecause.MACHINE_BROKEN)
    assert (await has(counters), await reconciled(counters)) == ((9, 0), True)
    assert session


async def test_without_a_reader_the_card_goes_by_post(counters: Town) -> None:
    session, number, _, _ = await waiting(counters)
    assert (await refused(counters, commands.send_on, number)).slug == "transition-refused"
    await does(counters, commands.put_back, number)
    await does(counters, commands.send_on, number)
    assert (await status(counters, session), await has(counters)) == (("by_post", "account_opened"), (10, 0))


async def race(town: Town, *acts: Any) -> list[str]:
    barrier = asyncio.Barrier(len(acts))

    async def run(actor: Any, act: Any, number: int, chip: Any) -> Any:
        async with town.database.work(actor) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work, number, chip)

    answers = await asyncio.gather(*(run(*one) for one in acts), return_exceptions=True)
    await holds(town)
    return sorted(
        getattr(one, "slug", None) or (repr(one) if isinstance(one, Exception) else "done") for one in answers
    )


async def test_two_counters_want_one_chip_and_two_chips_one_session(counters: Town) -> None:
    clerks = counters.actor(CENTRE), other(counters)
    for trial in range(1, 5):
        _, one, _, _ = await waiting(counters, 2 * trial)
        _, two, _, _ = await waiting(counters, 2 * trial + 1)
        chip = blank()
        assert await race(counters, (clerks[0], order, one, chip), (clerks[1], order, two, chip)) == [
            "chip-used",
            "done",
        ]
        ((winner,),) = await counters.rows_of(
            "SELECT application_id FROM chip_directory WHERE factor = %(f)s", f=chip.reset.factor
        )
        loser = ({one, two} - {winner}).pop()
        came = await race(counters, (clerks[0], order, loser, blank()), (clerks[1], order, loser, blank()))
        assert came == ["chip-another", "done"]
        for number in (one, two):
            await does(counters, commands.give_up, number, GivenUpBecause.MISTAKE)


async def test_the_face_is_masked_until_it_is_printed(counters: Town) -> None:
    session, number, person_id, _ = await waiting(counters)

    async def face(work: Any, *, whole: bool) -> Face:
        return await views.face(work, await load(work), DIVISION, number, whole=whole)

    masked, whole = await does(counters, face, whole=False), await does(counters, face, whole=True)
    assert (masked.photo, masked.name, masked.card_number) == (b"", "虚*", session.issue.card_number)
    assert (whole.name, whole.photo[:2]) == ("虚乙", b"\xff\xd8")
    facts = await counters.rows_of(
        "SELECT detail ->> 'whole' FROM audit_fact WHERE action = 'card.face_seen' ORDER BY fact_id"
    )
    assert facts == [("false",), ("true",)]
    await does(counters, commands.give_up, number, GivenUpBecause.MISTAKE)
    assert (await refused(counters, face, whole=True)).slug == "transition-refused"
    assert person_id


async def test_a_chip_is_one_card_s_for_ever_whoever_writes(counters: Town) -> None:
    _, number, _, _ = await waiting(counters)
    await does(counters, order, number, blank())
    for statement in (
        "UPDATE chip_directory SET attempt = 9 RETURNING 1",
        "DELETE FROM chip_directory RETURNING 1",
    ):
        with pytest.raises(Exception, match="for ever"):
            await counters.rows_of(statement)
