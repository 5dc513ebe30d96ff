"""Partners behave badly, the chain goes on; once they behave again the city ends as if they always had."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import psycopg
import pytest
from tests.chain import ends

from shebaoka.issuing.delivery.commands import send_again
from shebaoka.issuing.production.commands import order_again
from shebaoka.issuing.production.views import differences, exceptions
from shebaoka.kit.actor import SYSTEM

PEOPLE, SEED, GATHERED = 100, 5, 99
# All partners at once lose, repeat, reorder and delay; by several dice.
ALL_AT_ONCE = [
    *((partner, {"lose": 0.3, "duplicate": 0.3, "delay_ms": 20}) for partner in ("register", "photos", "bank")),
    ("bureau", {"lose": 0.2, "duplicate": 0.4, "return_files": 3}),
    ("courier", {"duplicate": 0.5, "reorder": 0.5, "delivery_before_dispatch": True}),
    ("sms", {"lose": 0.3, "duplicate": 0.4, "reorder": 0.4, "lose_report": 0.2}),
]  # fmt: skip
DICE = {f"all_at_once, dice {number}": number for number in (11, 12)}
# A faulty partner, and what it leaves different in the end: which bank, how many tries.
CASES = {
    "a bank refuses every third": ([("bank", {"refuse": 0.35})], {"bank", "bank_reason", "texts"}),
    "the register and one bank are down": (
        [("register", {"down": True}), ("bank:BCM", {"down": True})], set(),
    ),
    "register, photo stores and banks lose answers and say others twice": (
        [(partner, {"lose": 0.5, "duplicate": 0.4}) for partner in ("register", "photos", "bank")], set(),
    ),
    "the photo stores are slower than our patience, the courier refuses parcels": (
        [("photos", {"delay_ms": 600}), ("courier", {"refuse": 0.4})], set(),
    ),
    "the bureau returns cards twice and some nobody ordered": (
        [("bureau", {"duplicate": 0.5, "unordered_card": True, "return_files": 3})], set(),
    ),
    "the bureau miscounts": ([("bureau", {"wrong_total": True})], {"orders"}),
    "the bureau forgets cards and fails at others": (
        [("bureau", {"lose": 0.35, "refuse": 0.35})], {"orders"},
    ),
    "the courier repeats itself, out of order, before the dispatch": (
        [("courier", {"duplicate": 0.5, "reorder": 0.5, "delivery_before_dispatch": True})], set(),
    ),
    "the text gateway is slow to report, says things twice, wrong first, and some not at all": (
        [("sms", {"lose": 0.4, "duplicate": 0.5, "reorder": 0.5, "lose_report": 0.3})], set(),
    ),
    "all but the bureau are down": (
        [(partner, {"down": True}) for partner in ("register", "photos", "bank", "courier", "sms")], set(),
    ),
    **dict.fromkeys(DICE, (ALL_AT_ONCE, {"orders"})),
}  # fmt: skip


@pytest.fixture(scope="module")
async def calm(found_town):
    """What becomes of everybody when every partner behaves."""
    town = found_town(PEOPLE, SEED, GATHERED)
    async with town.life() as life:
        await life.live()
        assert not [report for report in life.reports if report.problem]
        assert (await differences_of(life.city)) == set()
    return ends.everybody(town.url)


async def differences_of(city):
    async with city.database.work(SYSTEM) as work:
        return {found.kind for found in await differences(work)}


@pytest.fixture
async def survived(found_town, request):
    """The town after its trouble: a life with the faults, then a month without them."""
    faults, _ = CASES[request.param]
    town = found_town(PEOPLE, SEED, GATHERED, DICE.get(request.param))
    if request.param.startswith("the photo stores are slower"):
        town = replace(town, settings=msgspec.structs.replace(town.settings, partner_timeout_seconds=0.2))
    for partner, switches in faults:
        town.faults(partner, **switches)
    async with town.life() as life:
        life.must_answer = False
        await life.live()
        told = await told_of(town, life)
        town.behave()
        await life.recover(partial(clear_exceptions, town, life.city))
    return request.param, town, told


async def told_of(town, life):
    """Give what an operator was told of the trouble: refusals of stages, counts, differences, files with their reason."""
    refused = [report.problem for report in life.reports if report.problem]
    for problem in refused:
        assert problem["remedy_zh"], problem
        assert problem["remedy_en"], problem
    counted = [msgspec.to_builtins(report.counts) for report in life.reports if report.counts]
    return {
        "refused": {problem["type"] for problem in refused},
        "down": [count for count in counted if count.get("partner_down") or count.get("banks_down")],
        "unanswered": sum(count.get("unanswered") or 0 for count in counted),
        "bank_refused": sum((count.get("refused") or 0) for count in counted if "banks_down" in count),
        "reordered": sum(count.get("reordered") or 0 for count in counted),
        "differences": await differences_of(life.city),
        "words": words(town),
    }


def words(town):
    """Give the texts that lie beside files that could not be used."""
    return [path.read_text() for path in Path(town.settings.bureau_dir).rglob("refused/*.txt")]


async def clear_exceptions(town, city):
    """Somebody of the card centre has parcels sent and cards ordered again that were given up."""
    with psycopg.connect(town.url) as connection:
        refused = connection.execute("SELECT waybill FROM parcel WHERE refused_at IS NOT NULL").fetchall()
    async with city.database.work(SYSTEM) as work:
        for (waybill,) in refused:
            await send_again(work, waybill)
        for given_up in await exceptions(work):
            await order_again(work, given_up.order_id)


TOLD = {
    "a bank refuses every third": lambda told: told["bank_refused"],
    "the register and one bank are down": lambda told: len(told["down"]) >= 1 and told["refused"] == set(),
    "register, photo stores and banks lose answers and say others twice": lambda told: told["unanswered"],
    "the photo stores are slower than our patience, the courier refuses parcels": lambda told: told["down"],
    "the bureau returns cards twice and some nobody ordered": lambda told: (
        told["differences"] >= {"repeated", "not_ordered"}
    ),
    "the bureau miscounts": lambda told: told["differences"] == {"file_refused"} and told["words"],
    "the bureau forgets cards and fails at others": lambda told: told["reordered"],
    "the courier repeats itself, out of order, before the dispatch": lambda told: not told["refused"],
    "the text gateway is slow to report, says things twice, wrong first, and some not at all": lambda told: (
        not told["refused"]
    ),
    "all but the bureau are down": lambda told: told["refused"] == {"/problems/partner-unavailable"} and told["down"],
    **dict.fromkeys(DICE, lambda told: told["unanswered"] and "repeated" in told["differences"]),
}  # fmt: skip


@pytest.mark.parametrize("survived", CASES, indirect=True)
async def test_it_ends_as_if_the_partner_had_behaved(calm, survived):
    case, town, told = survived
    assert TOLD[case](told), told
    after = ends.everybody(town.url)
    otherwise = [line for line in ends.differences(calm, after) if line.split()[1][:-1] not in CASES[case][1]]
    assert otherwise == []
    assert ends.stray(town.url) == (0,) * 6
    stats = town.stats()
    for partner in ("register", "courier"):
        assert stats[partner]["people"] <= stats[partner]["answers"]
    texts = [one["reference"] for one in town.ask("GET", "/_texts")]
    assert texts, "people were told"
    assert len(texts) == len(set(texts)), "nobody was told the same twice"
