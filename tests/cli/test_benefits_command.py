"""`shebaoka benefits quote`: the city's rules or those of a folder, JSON or sentences, and refusals with their place."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.benefits.insurance.bills import ACTIVE, RESIDENT, money, quoted
from tests.chain.command_line import bilingual, here, shebaoka

from shebaoka.registry.programme import files


@pytest.fixture
def case_file(tmp_path):
    def written(document) -> str:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(document), "utf-8")
        return str(path)

    return written


BILL = ACTIVE | {"in_scope_fen": 300_000, "prepay_fen": 5_000}


def test_the_city_s_rules_answer_a_program(home, case_file):
    told = shebaoka(home, "benefits", "quote", case_file(BILL)).did()
    expected = quoted(BILL)
    assert {name: told[f"{name}_fen"] for name in money(expected)} == money(expected)
    assert set(told) == {
        "total_fen", "current_account_fen", "deductible_fen", "shared_fen", "pooled_fen", "supplementary_fen",
        "historic_account_fen", "cash_fen", "own_share_fen", "rules", "steps",
    }  # fmt: skip
    assert told["steps"] == list(expected.steps)
    assert {"rule_set", "rule_id", "reason_zh", "reason_en", "source"} == set(told["rules"][0])


def test_the_rules_of_a_folder_need_no_database(tmp_path, case_file):
    folder = tmp_path / "rules"
    shutil.copytree(files.PACKAGED, folder)
    costs = folder / "9_insurance_costs.toml"
    text = costs.read_text("utf-8").replace("percent = [65, 60, 50]", "percent = [65, 60, 55]")
    costs.write_text(text, "utf-8")
    told = here(
        tmp_path / "nothing", "benefits", "quote", case_file(BILL), "--rules", str(folder), "--json"
    ).did()
    assert told["supplementary_fen"] == 82_500
    assert not (tmp_path / "nothing").exists()
    costs.write_text(text.replace("[65, 60, 55]", "[65, 60, 155]"), "utf-8")
    here(tmp_path, "benefits", "quote", case_file(BILL), "--rules", str(folder)).refused("rules-refused")


def test_people_read_sentences(tmp_path, case_file):
    told = here(tmp_path, "benefits", "quote", case_file(BILL), "--rules", str(files.PACKAGED), "--sentences")
    assert told.code == 0
    assert bilingual(told.out)
    assert "地方附加基金支付50%，即750.00元" in told.out
    assert "[cost_share/outpatient_active_under_45]" in told.out


def test_a_wrong_case_is_refused_with_its_place(tmp_path, case_file):
    rules = ("--rules", str(files.PACKAGED))
    problem = here(tmp_path, "benefits", "quote", case_file(BILL | {"level": 4}), *rules).refused(
        "case-refused"
    )
    assert problem["errors"][0]["field"] == "level"
    here(tmp_path, "benefits", "quote", case_file(RESIDENT | {"care": "home_bed"}), *rules).refused(
        "care-not-settled"
    )
    here(tmp_path, "benefits", "quote", case_file(BILL | {"on": "2017-01-01"}), *rules).refused(
        "no-rule-applies"
    )
    assert here(tmp_path, "benefits", "quote", str(tmp_path / "none.json"), *rules).code == 2
