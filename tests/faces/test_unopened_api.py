"""Lists of unopened cards over HTTP: whose they are to see, page by page and as a file, and counts without people."""

from __future__ import annotations

import csv
import io

import pytest
from tests.faces.api_town import BANK_B, FIRM, OUTLET_A, OUTLET_B, SCHOOL, id_number, person

from shebaoka.cards.commands import note_received
from shebaoka.kit.actor import SYSTEM

LIST, FILE = "/api/cards/unopened", "/api/cards/unopened/file"


@pytest.fixture
async def held(town):
    """Three people with unopened cards of bank A since the first of January; the third is no employee of the firm's."""
    async with town.database.work(SYSTEM) as work:
        await work.run("INSERT INTO district VALUES ('310101', '黄浦区', 'Huangpu')")
    for n, more in ((1, {}), (2, {"district_code": "310101"}), (3, {"employer_id": None})):
        await town.cards(n, **more)
    async with town.database.work(SYSTEM) as work:
        cards = await work.rows(
            "SELECT person_id, card_id, DATE '2019-01-01' FROM card WHERE generation = 'new'"
        )
        await note_received(work, cards)
    return town


async def people_seen(town, path, role, at=None) -> list[str]:
    answer = await town.call("GET", path, role, at)
    assert answer.status_code == 200, answer.text
    return [one["holder"]["name_masked"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("role", "at", "path", "seen"),
    [
        ("card_centre_operator", None, LIST, 3), ("card_centre_operator", None, f"{LIST}?employer=FIRM", 2),
        ("card_centre_operator", None, f"{LIST}?district=310101", 1), ("card_centre_operator", None, f"{LIST}?bank=ICBC", 0),
        ("bank_clerk", OUTLET_A, LIST, 3), ("bank_clerk", OUTLET_B, LIST, 0), ("bank_system", BANK_B, LIST, 0),
        ("bank_clerk", OUTLET_A, f"{LIST}?employer=FIRM&bank=BOSC", 2), ("employer_hr", FIRM, LIST, 2),
        ("employer_system", FIRM, f"{LIST}?district=310101", 1),
    ],
)  # fmt: skip
async def test_each_sees_what_is_theirs(held, role, at, path, seen):
    assert len(await people_seen(held, path, role, at)) == seen
    looks = await held.facts("card.unopened_listed")
    assert len(looks) == seen, "every look is recorded"
    assert all(fact[2] == (at or 1) for fact in looks)


@pytest.mark.parametrize(
    ("role", "at", "path"),
    [
        ("bank_clerk", OUTLET_A, "?bank=ICBC"), ("bank_system", BANK_B, "?bank=BOSC"), ("employer_hr", FIRM, "?employer=BOSC"),
        ("school_office", SCHOOL, ""), ("hospital_system", None, ""), ("hotline_agent", None, ""), ("community_clerk", None, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("list_or_file", [LIST, FILE])
async def test_nobody_sees_another_s(held, role, at, path, list_or_file):
    answer = await held.call("GET", list_or_file + path, role, at)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    assert await held.facts("card.unopened_listed") == []


async def test_pages_go_on_and_say_how_old_a_card_is(held, clock):
    first = (await held.call("GET", f"{LIST}?limit=2", "card_centre_operator")).json()
    rest = (await held.call("GET", f"{LIST}?limit=2&cursor={first['next']}", "card_centre_operator")).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    one = first["items"][0]
    assert (one["received_on"], one["age_days"], one["reminded_on"]) == ("2019-01-01", 1, None)
    assert (one["bank"]["code"], one["employer"]["code"]) == ("BOSC", "FIRM")
    assert id_number(1) not in str(first)


async def test_the_file_says_the_same_and_where_the_next_begins(held):
    answer = await held.call("GET", f"{FILE}?limit=2", "employer_hr", FIRM)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["姓名", "证件号码"]
    assert [row[5] for row in rows[1:]] == ["2019-01-01", "2019-01-01"]
    assert len(await held.facts("card.unopened_listed")) == 2
    more = await held.call(
        "GET", f"{FILE}?limit=2&cursor={answer.headers['x-next-cursor']}", "employer_hr", FIRM
    )
    assert len(more.text.splitlines()) == 1
    assert "x-next-cursor" not in more.headers


async def test_figures_name_nobody(held, clock):
    clock.at = clock.at.replace(month=2)
    answer = await held.call("GET", "/api/cards/unopened/figures", "programme_head")
    figures = answer.json()
    assert figures["cards"] == 3
    assert figures["by_age"] == {"0": 0, "14": 0, "30": 3, "60": 0, "90": 0}
    assert (figures["by_district"], figures["by_bank"]) == ({"": 2, "310101": 1}, {"BOSC": 3})
    assert [(one["employer"]["code"], one["cards"]) for one in figures["employers"]] == [("FIRM", 2)]
    assert person(1).name[0] not in answer.text.replace("虚构", "")


async def test_an_unknown_bank_is_not_found(held):
    assert (await held.call("GET", f"{LIST}?bank=NONE", "card_centre_operator")).status_code == 404
