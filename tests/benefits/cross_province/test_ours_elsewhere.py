"""We are the insured place: the other place's catalogue divides, our benefits pay, and we owe it to the province."""

from __future__ import annotations

import msgspec
import pytest
from tests.benefits.cross_province.provinces import HOME, JIANGSU, NANJING, Provinces
from tests.benefits.insurance.bills import PLACED, PROGRAMME
from tests.benefits.settlement.clinic_town import outcomes

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import NotRegisteredAway, NotSettledAway, PlaceRefused
from shebaoka.benefits.settlement import errors
from shebaoka.benefits.settlement import views as settled
from shebaoka.kit.problems import NotFound
from shebaoka.registry.programme.programme import Programme


async def test_a_stay_of_ours_is_settled_by_our_rules(provinces):
    """A retiree since 2012 at level three: in scope 25,000.00, of which 1,200.00 deductible; 92 % of 23,800.00 is 21,896.00."""
    quoted = await provinces.act(commands.quote_away, PROGRAMME, HOME, provinces.away("A"))
    done = (await provinces.settle_away(provinces.away("A"))).settlement
    assert (done.in_scope_fen, done.own_expense_fen, done.prepay_fen) == (2_500_000, 250_000, 125_000)
    assert (done.pooled_fen, done.supplementary_fen) == (2_189_600, 0)
    assert done.pooled_fen == quoted.sums.pooled_fen
    assert done.cash_fen == 2_875_000 - 2_189_600 - done.historic_account_fen
    owed = done.total_fen - done.cash_fen
    assert await provinces.owed_by() == -owed
    (bill,) = await provinces.act(views.bills, provinces.ids[2])
    assert (bill.role, bill.status, bill.fund_fen + bill.account_fen) == ("insured", "settled", owed)
    (told,) = await provinces.act(settled.bills, done)
    assert {"catalogue/care_place"}.isdisjoint(f"{why.rule_set}/{why.rule_id}" for why in told.quote.rules)
    assert await provinces.adds_up()


async def test_repeated_it_is_answered_as_the_first_time_and_undone_once(provinces):
    asked = provinces.away("A")
    first, second = await outcomes(provinces.settle_away(asked), provinces.settle_away(asked))
    assert {first.repeated, second.repeated} == {False, True}
    assert first.settlement.settlement_id == second.settlement.settlement_id
    assert (await provinces.settle_away(asked)).repeated
    for other in (
        msgspec.structs.replace(asked, stay=provinces.away("A", 2, 100).stay), provinces.away("A", 1),
    ):  # fmt: skip
        with pytest.raises(errors.MessageDiffers):
            await provinces.settle_away(other)
    with pytest.raises(errors.AlreadySettled):
        await provinces.settle_away(msgspec.structs.replace(asked, number="H-2"))
    for repeated in (False, True):
        undone = await provinces.undo_away("H-A", "U-A")
        assert (undone.repeated, undone.settlement.reversed_by) == (repeated, "U-A")
    assert await provinces.owed_by() == 0
    (bill,) = await provinces.act(views.bills, provinces.ids[2])
    assert (bill.status, bill.reversal) == ("reversed", "U-A")
    with pytest.raises(errors.NotReversible):
        await provinces.undo_away("H-A", "U-B")
    # A second settlement of the stay, and a reversal that overtakes what it names.
    await provinces.settle_away(msgspec.structs.replace(asked, number="H-2"))
    assert (await provinces.undo_away("H-late", "U-late")).settlement is None
    with pytest.raises(errors.MessageWithdrawn):
        await provinces.settle_away(provinces.away("late"))
    assert await provinces.adds_up()


async def test_who_is_not_settled_for(provinces: Provinces):
    for change, refused in (
        ({"n": 1}, NotRegisteredAway), ({"place": "330100"}, NotRegisteredAway), ({"place": "310115"}, PlaceRefused),
        ({"id_number": "100101199001010000"}, NotFound), ({"card_number": "A00000001"}, errors.NotHolder),
        ({"card_number": "Z00000009"}, errors.CardNotUsable),
    ):  # fmt: skip
        n = change.pop("n", 2)
        asked = msgspec.structs.replace(provinces.away("A", n), **change)
        with pytest.raises(refused):
            await provinces.settle_away(asked)
    assert await provinces.owed_by() == 0
    no_stays = Programme(rule for rule, _ in PLACED if rule.rule_id != "inpatient_only")
    with pytest.raises(NotSettledAway):
        await provinces.act(commands.settle_away, no_stays, HOME, provinces.away("A"))


async def test_a_withdrawal_after_admission_changes_nothing(provinces):
    (one,) = await provinces.act(views.registrations, provinces.ids[2])
    provinces.noon("2019-02-10")
    await provinces.act(commands.withdraw, provinces.ids[2], one.registration_id, "搬回本市")
    await provinces.settle_away(provinces.away("A"))  # Admitted three days ago.
    provinces.noon("2019-02-20")
    with pytest.raises(NotRegisteredAway):
        await provinces.settle_away(provinces.away("B"))
    assert (NANJING, await provinces.owed_by(JIANGSU) < 0) == ("320100", True)
