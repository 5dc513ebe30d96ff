"""Rules come from files, are answered from the table, and what is wrong with them is said with its place."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.people import commands as people
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme import checks, files, views
from shebaoka.registry.programme.commands import add_missing_sets, load_rules
from shebaoka.registry.programme.errors import ProgrammeIncomplete, RulesRefused
from shebaoka.registry.programme.model import Facts
from shebaoka.registry.programme.rules import compiled

ON = date(2019, 5, 6)
JOBLESS = Facts(birth_date=date(1985, 5, 6), hukou=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "rules"
    shutil.copytree(files.PACKAGED, copy)
    return copy


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


async def load(database, folder=files.PACKAGED):
    async with database.work(SYSTEM) as work:
        return await load_rules(work, folder)


async def programme_of(database):
    async with database.work(SYSTEM) as work:
        return await views.load(work)


async def test_loading_twice_changes_nothing(database):
    first, second = await load(database), await load(database)
    assert len(first.added) == len(files.read(files.PACKAGED))
    assert (second.added, second.changed, second.removed) == ((), (), ())
    assert second.unchanged == len(first.added)
    async with database.work(SYSTEM) as work:
        written = await work.value("SELECT count(*) FROM audit_fact WHERE action = 'programme.rule_added'")
    assert written == len(first.added)


async def test_the_table_answers_like_the_files(database):
    await load(database)
    from_table = (await programme_of(database)).explain(JOBLESS, ON)
    placed = files.read(files.PACKAGED)
    assert from_table.why
    assert {(w.rule_set, w.rule_id, w.reason_zh) for w in from_table.why} <= {
        (rule.rule_set, rule.rule_id, rule.reason.reason_zh) for rule, _ in placed
    }


async def test_a_changed_row_changes_the_answer_without_code(database, folder):
    await load(database)
    assert (await programme_of(database)).explain(JOBLESS, ON).due_on == date(2019, 6, 5)
    edit(folder, "4_card.toml", "decides = { days = 30 }", "decides = { days = 10 }")
    result = await load(database, folder)
    assert result.changed == ("due/thirty_days@2018-01-01",)
    assert (await programme_of(database)).explain(JOBLESS, ON).due_on == date(2019, 5, 16)


async def test_next_years_rule_is_a_new_row(database, folder):
    edit(
        folder,
        "4_card.toml",
        'rule_id = "free"\nvalid_from = 2018-01-01',
        'rule_id = "free"\nvalid_from = 2018-01-01\nvalid_to = 2020-12-31',
    )
    edit(folder, "4_card.toml", '[[rule]]\nrule_set = "target"', """
[[rule]]
rule_set = "fee"
rule_id = "twenty_yuan"
valid_from = 2021-01-01
rank = 100
applies = {}
decides = { fee_fen = 2000 }
reason_zh = "补换每张二十元"
reason_en = "Twenty yuan a card"
source = "inferred: a test"

[[rule]]
rule_set = "target\"""")  # fmt: skip
    await load(database, folder)
    programme = await programme_of(database)
    fees = [programme.explain(JOBLESS, day).fee_fen for day in (date(2020, 12, 31), date(2021, 1, 1))]
    assert fees == [0, 2000]


async def test_another_city_has_other_pilot_districts(database, folder):
    edit(folder, "1_eligibility.toml", '["310106", "310107", "310115"]', '["320102"]')
    await load(database, folder)
    programme = await programme_of(database)
    there = Facts(hukou=True, insured_status="retired", district="320102")
    assert programme.explain(there, date(2018, 8, 1)).when.from_ == date(2018, 7, 1)


async def test_a_rule_taken_out_of_its_set_is_removed(database, folder):
    await load(database)
    edit(folder, "1_eligibility.toml", '"310106", ', "")
    text = (folder / "3_banks.toml").read_text("utf-8")
    start = text.index('[[rule]]\nrule_set = "bank"\nrule_id = "guardian_of_small_child"')
    end = text.index("[[rule]]", start + 1)
    (folder / "3_banks.toml").write_text(text[:start] + text[end:], "utf-8")
    result = await load(database, folder)
    assert result.removed == ("bank/guardian_of_small_child@2018-01-01",)
    assert result.changed == ("pilot/pilot_districts@2018-01-01",)


async def test_a_folder_with_one_set_leaves_the_others(database, tmp_path):
    await load(database)
    (tmp_path / "due.toml").write_text('[[rule]]\nrule_set = "due"\nrule_id = "five"\nvalid_from = 2018-01-01\nrank = 1\napplies = {}\n'
        'decides = { days = 5 }\nreason_zh = "五天"\nreason_en = "five"\nsource = "inferred: a test"\n')  # fmt: skip
    result = await load(database, tmp_path)
    assert (result.added, result.removed) == (("due/five@2018-01-01",), ("due/thirty_days@2018-01-01",))
    assert (await programme_of(database)).due_on(ON) == date(2019, 5, 11)


WRONG = [
    ("4_card.toml", "applies = { age = { max = 6 } }", "applies = { agee = { max = 6 } }", "no fact is called agee"),
    ("4_card.toml", "applies = { age = { max = 6 } }", 'applies = { age = { max = "6" } }', "photo/under_7"),
    ("4_card.toml", "applies = { age = { max = 6 } }", "applies = { age = { most = 6 } }", "most"),
    ("4_card.toml", "applies = { age = { max = 6 } }", "applies = { age = {} }", "empty condition"),
    ("4_card.toml", "decides = { needed = false }", "decides = { wanted = false }", "line 3, photo/under_7"),
    ("4_card.toml", 'reason_en = "Under seven: no photo on the card"\n', "", "reason_en"),
    ("4_card.toml", 'reason_en = "Under seven: no photo on the card"', 'reason_en = ""', "reason_en"),
    ("4_card.toml", 'source = "high: Jiading', 'source = "Jiading', "source"),
    ("4_card.toml", 'rule_set = "photo"', 'rule_set = "picture"', "no such rule set"),
    ("4_card.toml", "rank = 10", "rank = ten", "4_card.toml"),
    ("4_card.toml", "valid_from = 2018-01-01\n", "valid_from = 2018-01-01\nvalid_to = 2017-01-01\n", "valid_to lies before"),
    ("4_card.toml", 'rule_id = "pupils"', 'rule_id = "under_7"', "overlaps"),
    ("2_groups.toml", 'applies = { group = "retirees" }', 'applies = { group = "retired" }', "no rule decides retired"),
    ("2_groups.toml", 'applies = { insured_status = "retired" }', 'applies = { insured_status = "old" }', "insured_status"),
    ("2_groups.toml", 'applies = { insured_status = "retired" }', 'applies = { group = "pupils" }', "no fact is called group"),
    ("2_groups.toml", 'rule_id = "after"\nvalid_from = 2021-01-01', 'rule_id = "after"\nvalid_from = 2021-02-01', "window: 自 2021-01-01"),
    ("1_eligibility.toml", 'rule_id = "hukou"\nvalid_from = 2018-01-01\nrank = 30', 'rule_id = "hukou"\nvalid_from = 2018-01-01\nrank = 300', "would never decide"),
    ("4_card.toml", "decides = { until_age = 7 }", "decides = { until_age = 7, years = 3 }", "years or until_age"),
    ("4_card.toml", 'sources = ["id_card", "counter"]', "sources = []", "no source"),
    ("4_card.toml", "applies = { age = { max = 6 } }", "applies = { age = { min = 7, max = 6 } }", "min lies above max"),
    ("2_groups.toml", "from = 2019-01-01, to = 2019-06-30", "from = 2019-07-01, to = 2019-06-30", "to lies before from"),
    ("2_groups.toml", 'outlets = ["online_platform"]', 'outlets = ["online_plattform"]', "online_platform"),
    ("5_opening.toml", '["community_centre", "hotline"', '["community_center", "hotline"', "opening/social_only: outlet_kind"),
    ("9_insurance_groups.toml", "retired_on = { max = 2000-12-31 }", 'retired_on = { max = "soon" }', "insured_group/retired_by_2000: retired_on"),
    ("9_insurance_groups.toml", "retired_on = { max = 2000-12-31 }", "retired_on = { max = 2000 }", "insured_group/retired_by_2000: retired_on"),
    ("9_insurance_costs.toml", 'insured_group = "retired_2000"', 'insured_group = "retired_1999"', "no rule decides retired_1999"),
    ("9_insurance_costs.toml", 'fund = "pooled", percent = [80, 80, 80]', "percent = [80, 80, 80]", "needs the fund"),
    ("5_opening.toml", '[[rule]]\nrule_set = "opening"', '[["rule"]]\nrule_set = "opening"', "a line of its own"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong[3])
def test_what_is_wrong_is_said_with_its_place(folder, wrong):
    file, before, after, said = wrong
    edit(folder, file, before, after)
    with pytest.raises(RulesRefused) as refusal:
        checks.check(files.read(folder))
    assert said in refusal.value.detail
    assert refusal.value.document()["remedy_zh"]


def added(rule_set: str, rank: int, applies: str, decides: str, *, valid_from: str = "2018-01-01") -> str:
    return (
        f'\n[[rule]]\nrule_set = "{rule_set}"\nrule_id = "z_added"\nvalid_from = {valid_from}\nrank = {rank}\n'
        f'applies = {applies}\ndecides = {decides}\nreason_zh = "新"\nreason_en = "new"\nsource = "inferred: a test"\n'
    )


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        # Next year's fee, and the fee of today was not ended: the new one would never count.
        (added("fee", 100, "{}", "{ fee_fen = 2000 }", valid_from="2021-01-01"), "same rank as fee/free"),
        (added("fee", 110, "{}", "{ fee_fen = 2000 }", valid_from="2021-01-01"), "would never decide"),
        # A longer window beside the old one: the names of the rules would decide which counts.
        (added("window", 10, '{ group = "retirees" }', "{ from = 2019-01-01 }"), "same rank as window/retirees"),
        (added("window", 10, '{ hukou = true, group = { in = ["pupils"] } }', "{ from = 2019-01-01 }"), "same rank as window/pupils"),
        (added("validity", 30, "{ age = { min = 45, max = 50 } }", "{ years = 5 }"), "same rank as validity/from_26_to_45"),
        (added("validity", 30, "{ age = { min = 46 } }", "{ years = 5 }"), ""),
        (added("fee", 50, "{}", "{ fee_fen = 0 }").replace("rank", "valid_to = 2018-12-31\nrank"), ""),
    ],
)  # fmt: skip
def test_a_rule_that_another_takes_the_word_from_is_refused(folder, rule, said):
    (folder / "9_added.toml").write_text(rule, "utf-8-sig")  # as Windows' editor saves it
    placed = files.read(folder)
    if not said:
        checks.check(placed)
        return
    with pytest.raises(RulesRefused) as refusal:
        checks.check(placed)
    assert "9_added.toml, line 2, " in refusal.value.detail
    assert said in refusal.value.detail


def test_a_missing_set_an_empty_folder_and_a_strange_file(folder, tmp_path):
    (folder / "5_opening.toml").unlink()
    with pytest.raises(RulesRefused, match="old_card, opening"):
        checks.check(files.read(folder))
    with pytest.raises(RulesRefused, match="toml"):
        files.read(tmp_path / "nothing")
    (folder / "6.toml").write_text("rules = 1")
    with pytest.raises(RulesRefused, match=r"6\.toml"):
        files.read(folder)


async def test_a_wrong_folder_changes_nothing(database, folder):
    await load(database)
    edit(folder, "4_card.toml", "days = 30", "days = 31")
    (folder / "2_groups.toml").unlink()
    edit(folder, "4_card.toml", 'rule_id = "thirty_days"', 'rule_id = "Thirty days"')
    with pytest.raises(RulesRefused):
        await load(database, folder)
    assert (await programme_of(database)).due_on(ON) == date(2019, 6, 5)


async def test_a_new_release_adds_its_new_sets_and_leaves_the_others_alone(database, folder):
    edit(folder, "4_card.toml", "days = 30", "days = 20")
    await load(database, folder)
    async with database.work(SYSTEM) as work:
        await work.run("DELETE FROM programme_rule WHERE rule_set = 'fee'")
    async with database.work(SYSTEM) as work:
        added = await add_missing_sets(work)
    assert added.added == ("fee/free@2018-01-01",)
    assert (await programme_of(database)).due_on(ON) == date(2019, 5, 26)
    async with database.work(SYSTEM) as work:
        assert (await add_missing_sets(work)).added == ()


async def test_an_empty_database_says_what_to_do(database):
    with pytest.raises(ProgrammeIncomplete) as refusal:
        await programme_of(database)
    assert "programme load" in refusal.value.remedy_en


def test_conditions():
    assert [
        compiled(c)(v) for c, v in (("x", "x"), ("x", "y"), ({"not": "x"}, "y"), ({"not": "x"}, "x"))
    ] == [True, False, True, False]
    between = compiled({"min": 7, "max": 25})
    assert [between(age) for age in (6, 7, 25, 26, None)] == [False, True, True, False, False]
    assert compiled({"in": ["a"], "not": "b"})("a")


async def test_explaining_a_person_looks_everything_up_and_is_audited(database, clerk):
    await load(database)
    row = PersonRow(id_number="100101195005061230", name="测试", mobile="", address="", sex="male", birth_date=date(1950, 5, 6),
        hukou=True, insured="employee", insured_status="retired", pension_bank="虚构银行")  # fmt: skip
    async with database.work(clerk) as work:
        await work.run(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (7, 'BX', 'bank', '中国虚构银行本市分行', 'Bank X'), (8, 'BY', 'bank', '另一银行', 'Bank Y'), (9, 'E1', 'employer', '单位', 'Employer')"
        )
        await work.run(
            "INSERT INTO payroll_bank (employer_id, rank, bank_id, bank_name, chosen) VALUES (9, 1, 8, '另一银行', false), (9, 2, NULL, '外地银行', false), (9, 3, 8, '另一银行南支行', false)"
        )
        await people.upsert_many(work, [row, PersonRow(
            id_number="100101198505061232", name="乙", mobile="", address="", sex="male", birth_date=date(1985, 5, 6), hukou=False,
            insured="employee", insured_status="active", employer_id=9)])  # fmt: skip
    async with database.work(clerk) as work:
        programme = await views.load(work)
        retiree = await views.explain(work, programme, row.id_number, ON)
        employee = await views.explain(work, programme, "100101198505061232", ON)
        unknown = await views.explain(work, programme, "100101201905061230", ON)
    assert [bank.code for bank in retiree.bank.suggested] == ["BX"]
    assert (employee.bank.rule, [bank.code for bank in employee.bank.suggested]) == ("payroll_bank", ["BY"])
    assert (unknown.eligibility, unknown.documents.by) == ("unknown", "guardian")
    async with database.work(clerk) as work:
        looks = await work.rows(
            "SELECT person_id > 0, detail->>'eligibility', actor FROM audit_fact WHERE action = 'programme.explained' ORDER BY fact_id"
        )
    assert looks == [
        (True, "eligible", clerk.name),
        (True, "eligible", clerk.name),
        (False, "unknown", clerk.name),
    ]
