"""The demo as a program reads it: one JSON object whose figures add up, the same for the same seed."""

from __future__ import annotations

import csv
from datetime import date, datetime

import psycopg
import pytest
from PIL import Image
from tests.chain.command_line import (
    at_once,
    begin,
    bilingual,
    here,
    key_file,
    open_folder,
    shebaoka,
)

from shebaoka import wiring
from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import Opening, Outlet
from shebaoka.cli.common import OPERATOR
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.settings import read_settings
from shebaoka.kit.sm2 import PublicKey
from shebaoka.records.status_list import Presented, StatusList
from shebaoka.registry.people import views as people
from shebaoka.registry.programme import views as programmes

PEOPLE = 300
MASTER_KEY = bytes(range(16))
VERSIONS = {"old": "1.00", "new": "3.00"}
THE_DAY = date(2019, 5, 6)
# The last of the old cards ended on 2020-12-31.
BEFORE_THE_END = datetime(2020, 12, 20, 9, tzinfo=SHANGHAI)
CHANNELS = {"bank_outlet", "community_centre", "employer", "online"}
GROUPS = {"retirees", "pupils", "employees", "everyone_else"}
BANKS = {"ABC", "BCM", "BOC", "BOSC", "CCB", "CEB", "CMB", "ICBC", "PSBC", "SPDB", "SRCB"}


def demo(data_dir, seed, **settings):
    return begin(data_dir, "demo", "--people", str(PEOPLE), "--seed", str(seed), "--json", **settings)


@pytest.fixture(scope="module")
def demos(server, tmp_path_factory):
    """Three demos at once: seed 1 on the embedded server, seed 1 again and seed 2 on a server with a URL."""
    url = server.url
    server.create_database("demo_again")
    server.create_database("demo_other")
    again, other = (tmp_path_factory.mktemp(name) for name in ("again", "other"))
    key_file(again, MASTER_KEY), key_file(other, MASTER_KEY)
    with open_folder() as folder:
        ran = at_once([
            demo(folder, 1),
            demo(again, 1, database_url=url("demo_again")),
            demo(other, 2, database_url=url("demo_other")),
        ])  # fmt: skip
        yield folder, [one.did() for one in ran]
    server.drop_database("demo_again")
    server.drop_database("demo_other")


@pytest.fixture(scope="module")
def folder(demos):
    """The data folder in which the embedded demo city stands."""
    return demos[0]


@pytest.fixture(scope="module")
def figures(demos):
    return demos[1][0]


@pytest.fixture(scope="module")
def register(folder):
    """The register's extract as the demo city wrote it."""
    with (folder / "demo/city/register/extract.csv").open(encoding="gb18030", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def sql(folder):
    """A connection to the embedded demo city, as its database administrator has it."""
    settings = read_settings({"SHEBAOKA_DATA_DIR": str(folder)})
    with wiring.database_url(settings) as url, psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_every_figure_is_there_and_of_its_type(figures):
    numbers = {
        "people", "eligible", "applications", "rejected_rows", "cards_made", "delivered", "at_fallback_outlet",
        "collected", "opened", "old_cards_void", "old_cards_good", "two_live_cards",
    }  # fmt: skip
    assert {name for name in numbers if type(figures[name]) is int and figures[name] >= 0} == numbers
    assert isinstance(figures["seconds"], float)
    assert figures["audit_verified"] is True
    assert figures["ledger_adds_up"] is True
    assert figures["settlements"] > 20
    for name, known in (("by_channel", CHANNELS), ("by_group", GROUPS), ("by_bank", BANKS)):
        assert set(figures[name]) <= known
        assert all(type(count) is int for count in figures[name].values())


def test_the_face_of_a_made_card_is_drawn_masked_or_with_a_reason(sql, folder, tmp_path):
    order, person = sql.execute(
        "SELECT order_id, person_id FROM production_order JOIN application USING (person_id, application_id)"
        " WHERE production_order.status = 'made' AND photo_id IS NOT NULL ORDER BY order_id LIMIT 1"
    ).fetchone()
    sizes = []
    for more in ((), ("--reason", "核对返工卡面")):
        target = tmp_path / f"{len(more)}.png"
        ran = here(folder, "card", "face", str(order), str(target), *more)
        assert (ran.code, bilingual(ran.out)) == (0, True), ran.err
        with Image.open(target) as picture:
            assert (picture.size, [round(dots) for dots in picture.info["dpi"]]) == ((1011, 638), [300, 300])
        sizes.append(target.stat().st_size)
    assert sizes[1] > 2 * sizes[0], "only the full one has the photo"
    looks = "SELECT action, detail ->> 'reason' FROM audit_fact WHERE person_id = %s AND action IN ('order.looked_at', 'card.face_seen')"
    assert sorted(sql.execute(looks, (person,)).fetchall()) == [
        ("card.face_seen", "核对返工卡面"), ("order.looked_at", None),
    ]  # fmt: skip
    assert here(folder, "card", "face", "1", str(tmp_path / "none.png")).code == 1


def test_a_terminal_has_the_demo_city_s_status_list_and_needs_no_database(sql, folder, tmp_path):
    shown = here(folder, "status-list", "show", "--json")
    assert (shown.code, shown.document["overdue"]) == (1, True), "the demo's last day lies in the past"
    saved = here(folder, "status-list", "save", str(tmp_path / "usb"), "--json").did()
    files = [str(path) for path in sorted((tmp_path / "usb").iterdir())]
    assert [str(tmp_path / "usb" / one["name"]) for one in saved["files"]] == files
    assert [(one["version"], one["size_bytes"], one["digest"]) for one in saved["files"]] == [
        (one["version"], one["size_bytes"], one["digest"]) for one in shown.document["files"]
    ]
    (tmp_path / "file").touch()
    here(folder, "status-list", "save", str(tmp_path / "file" / "in"), "--json").refused(
        "folder-not-writable"
    )
    assert len(files) == len(shown.document["files"]) >= 1
    public = here(folder, "status-list", "key", "--json").did()["public_key"]
    alone = ["--public-key", public, "--json"]
    told = here(tmp_path, "status-list", "verify", *files, *alone).did()
    assert (told["version"], told["stale"]) == (shown.document["files"][-1]["version"], True)
    cards = sql.execute("SELECT card_number, generation, social FROM card").fetchall()
    base, *deltas = (path.read_bytes() for path in sorted((tmp_path / "usb").iterdir()))
    as_of = datetime.fromisoformat(told["as_of"])
    held = StatusList.load(base, deltas, PublicKey.from_bytes(bytes.fromhex(public)), as_of, city="3100")
    wrong = [
        (number, social)
        for number, generation, social in cards
        if held.standing(Presented(number, VERSIONS[generation], "3100"), as_of).hit != (social == "void")
    ]
    assert wrong == [], "every card of the city, to the last"
    assert sum(social == "void" for *_, social in cards) > 20
    for generation, says in (("old", "old_cards_ended"), ("new", "not_listed")):
        number = next(number for number, its, social in cards if (its, social) == (generation, "open"))
        ask = ["--card", number, "--card-version", VERSIONS[generation]]
        answer = here(tmp_path, "status-list", "check", *files, *ask, *alone).did()
        assert (answer["listed"], answer["stale"]) == (says, True), "today, years after the demo's last day"
    other = here(tmp_path, "status-list", "verify", *files, *alone, "--city", "3205")
    other.refused("status-list-of-another-city")
    here(tmp_path, "status-list", "verify", files[0][:-1], *alone).refused("status-list-unreadable")
    here(tmp_path, "status-list", "verify", files[0], "--public-key", "00", "--json").refused(
        "sm-two-key-refused"
    )
    here(tmp_path, "status-list", "verify", files[0], "--json").refused("sm-two-file-unusable")
    for command in (("show",), ("verify", *files, *alone[:2])):
        assert bilingual(here(folder, "status-list", *command).out)


def test_the_status_list_is_published_by_hand(folder):
    done = here(folder, "status-list", "publish", "--base", "--json").did()
    assert done["version"].endswith(".0")
    again = here(folder, "status-list", "publish")
    assert again.out.startswith(done["version"][:-1])
    assert here(folder, "status-list", "show", "--json").did()["overdue"] is False


def test_what_is_on_a_bill_has_a_name(sql):
    said = sql.execute(
        "SELECT count(*), count(i.code) FROM medical_visit_line AS l LEFT JOIN medical_item AS i"
        " ON i.code = l.item AND i.item_class = l.item_class AND i.prepay_percent IS NOT DISTINCT FROM l.prepay_percent"
    ).fetchone()
    assert said[0] == said[1] > 20


def test_the_dashboard_is_counted_when_the_demo_ends(sql, figures):
    counted = sql.execute(
        "SELECT sum(number) FROM figure_day WHERE dimension = 'city' AND measure = 'applied'"
    ).fetchone()
    assert counted == (figures["applications"],)


@pytest.mark.parametrize("which", [0, 2], ids=["seed 1", "seed 2"])
def test_the_figures_add_up(demos, which):
    found = demos[1][which]
    for shares in ("by_channel", "by_group", "by_bank", "by_status"):
        assert sum(found[shares].values()) == found["applications"], shares
    assert found["people"] == PEOPLE
    assert found["people"] >= found["eligible"] >= found["applications"] > 0
    assert found["two_live_cards"] == 0
    assert found["audit_verified"] is True
    handed_over = found["delivered"] + found["collected"]
    assert found["applications"] >= found["cards_made"] >= handed_over + found["at_fallback_outlet"]
    assert handed_over >= found["opened"] >= found["old_cards_void"] > 0
    assert found["opened"] >= found["financial_opened"]
    assert found["by_status"]["completed"] == found["opened"]


def test_the_same_seed_gives_the_same_counts_on_another_server(demos):
    first, again, other = ({**one, "seconds": None} for one in demos[1])
    assert first == again
    assert first != other


def test_nobody_is_lost_between_the_files_and_the_figures(figures, register):
    assert len(register) == figures["people"]
    old_cards = {row["老卡卡号"] for row in register} - {""}
    assert figures["old_cards_void"] + figures["old_cards_good"] == len(old_cards)


async def test_everybody_is_told_when_where_and_why(folder, register):
    settings = read_settings({"SHEBAOKA_DATA_DIR": str(folder)})
    with wiring.ready_database(settings) as url:
        async with wiring.city(settings, url) as city, city.database.work(OPERATOR) as work:
            programme = await programmes.load(work)
            for row in register:
                told = await programmes.explain(work, programme, row["证件号码"], THE_DAY)
                assert told.why, "every answer names the rules that decided"
                assert told.sentences_zh
                assert len(told.sentences_zh) == len(told.sentences_en)
                if told.eligible:
                    assert told.group, row["证件号码"]
                    assert told.when, row["证件号码"]
                    assert told.where, row["证件号码"]
                    assert told.bank, row["证件号码"]
                else:
                    assert told.remedy_zh, "who may not is told what would change it"
            assert await people.find(work, register[0]["证件号码"])


@pytest.mark.parametrize("place", [0, PEOPLE // 2])
def test_the_command_tells_one_person(folder, register, place):
    told = shebaoka(
        folder,
        "programme",
        "explain",
        "--id-number",
        register[place]["证件号码"],
        "--on",
        str(THE_DAY),
        "--json",
    ).did()
    assert told["on"] == str(THE_DAY)
    assert {reason["rule_set"] for reason in told["why"]} >= {"eligibility", "phase"}
    assert all(reason["reason_zh"] and reason["reason_en"] and reason["source"] for reason in told["why"])


def test_the_audit_log_verifies_until_somebody_rewrites_it(folder, sql):
    assert shebaoka(folder, "audit", "verify", "--json").did()["verified"] is True
    # The same fact both times, whichever way the server takes through the table.
    one = (
        "WHERE (person_id, fact_id) = (SELECT person_id, fact_id FROM audit_fact WHERE batch_no = 2"
        " ORDER BY person_id, fact_id LIMIT 1)"
    )
    sql.execute("ALTER TABLE audit_fact DISABLE TRIGGER USER")
    sql.execute(f"UPDATE audit_fact SET actor = actor || '!' {one}")
    rewritten = shebaoka(folder, "audit", "verify", "--json")
    sql.execute(f"UPDATE audit_fact SET actor = rtrim(actor, '!') {one}")
    sql.execute("ALTER TABLE audit_fact ENABLE TRIGGER USER")
    assert rewritten.code == 1
    assert rewritten.document["verified"] is False
    assert rewritten.document["findings"]
    assert shebaoka(folder, "audit", "verify", "--json").code == 0


async def test_an_old_card_is_good_until_the_new_one_opens(folder, sql):
    person_id, card_id, old, new = cards_of_somebody(sql)
    settings = read_settings({"SHEBAOKA_DATA_DIR": str(folder)})
    with wiring.ready_database(settings) as url:
        async with wiring.city(settings, url, SetClock(BEFORE_THE_END)) as city:
            assert await reasons(city, old, new) == ["good", "unopened"]
            async with city.database.work(OPERATOR) as work:
                opening = Opening(person_id, card_id, frozenset({"social"}), Outlet("community_centre"))
                await cards.open_functions(work, await programmes.load(work), opening)
            assert await reasons(city, old, new) == ["void", "good"]
    told = shebaoka(folder, "card", "standing", "--card-number", old, "--json").did()
    assert (told["good"], told["reason"], told["generation"]) == (False, "void", "old")


def cards_of_somebody(sql):
    """Give person, new card, and the numbers of the old and the new card of one who has not opened it."""
    found = sql.execute(
        "SELECT a.person_id, n.card_id, o.card_number, n.card_number FROM application a"
        " JOIN card o ON o.person_id = a.person_id AND o.generation = 'old'"
        " JOIN card n ON n.person_id = a.person_id AND n.generation = 'new'"
        " JOIN person p ON p.person_id = a.person_id AND p.died_on IS NULL"
        " WHERE a.status = 'received' LIMIT 1"
    ).fetchone()
    assert found
    return found


async def reasons(city, *numbers):
    async with city.database.work(OPERATOR) as work:
        programme = await programmes.load(work)
        return [(await card_views.standing(work, programme, card_number=number)).reason for number in numbers]
