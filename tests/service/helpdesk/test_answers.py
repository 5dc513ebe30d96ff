"""Answers come from the rules of the day: change a rule from a day on, and the answer changes on that day."""

from __future__ import annotations

import re
import shutil
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.cards.model import Card
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme import checks, files
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Bank, Facts, HelpTopic
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk import answers
from shebaoka.service.helpdesk.answers import Asker, answer, answer_all
from shebaoka.service.helpdesk.lines import owner
from shebaoka.service.helpdesk.model import Next, Question

PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))
DAY = date(2019, 5, 6)
HANZI = re.compile(r"[\u4e00-\u9fff]")
RETIREE = Facts(
    birth_date=date(1950, 5, 6), hukou=True, insured="employee", insured_status="retired",
    pension_bank=Bank("ICBC", "甲银行", "Bank A"),
)  # fmt: skip


def card(**more):
    given = {
        "person_id": 1, "card_id": 1, "card_number": "A12345678", "generation": "new", "social": "open", "financial": "open",
        "bank_id": 1, "identification_code": None, "reset_code": None, "issued_on": DAY, "expires_on": date(2029, 5, 6),
        "social_due_on": None, "social_opened_at": None, "financial_opened_at": None, "void_at": None, "void_reason": None,
        "replaced_by": None, "loss": None, "lost_at": None, "loss_until": None, "version": 1,
    }  # fmt: skip
    return Card(**given | more)


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_every_question_has_an_answer_on_every_day(on):
    for one in answer_all(PROGRAMME, on):
        assert one.sentences_zh
        assert len(one.sentences_zh) == len(one.sentences_en)
        assert all(HANZI.search(zh) and zh.endswith("。") for zh in one.sentences_zh), one
        assert all(not HANZI.search(en) and en.endswith(".") for en in one.sentences_en), one
        assert one.why
        for why in one.why:
            assert why.valid_from <= on
            assert why.valid_to is None or on <= why.valid_to
            assert why.reason_zh
            assert why.source


def test_before_the_rules_there_is_no_answer():
    with pytest.raises(NoRuleApplies):
        answer(PROGRAMME, "fee", date(2017, 12, 31))


def numbers_in(table):
    for value in table.values():
        if isinstance(value, dict):
            yield from numbers_in(value)
        elif isinstance(value, str):
            yield from re.findall(
                r"[0-9０-９]+|[一二三四五六七八九十百两]+(?=[天年岁周]|个月)", re.sub(r"{\w+}", "", value)
            )


@pytest.mark.parametrize("name", ["sentences.toml", "words.toml"])
def test_no_text_knows_a_number(name):
    """What a rule decides stands in no template: it could not become stale."""
    table = tomllib.loads(Path(answers.__file__).with_name(name).read_text("utf-8"))
    assert list(numbers_in(table)) == []


CHANGES = [
    # question, file, set/rule, what it decides, what it will decide, said before, said after
    ("lost", "6_loss.toml", "days = 5", "days = 7", "有效5天", "有效7天"),
    ("renewal", "6_loss.toml", "days = 60", "days = 90", "前60天", "前90天"),
    ("where_is_my_card", "4_card.toml", "days = 30", "days = 15", "30天内", "15天内"),
    ("fee", "4_card.toml", "fee_fen = 0", "fee_fen = 2050", "免费", "20.50元"),
    ("validity", "4_card.toml", "years = 20", "years = 12", "有效20年", "有效12年"),
    ("when", "2_groups.toml", 'to = 2019-06-30 }\nreason_zh = "退休', 'to = 2019-08-31 }\nreason_zh = "退休',
     "退休人员：2019年1月1日至2019年6月30日", "退休人员：2019年1月1日至2019年8月31日"),
    ("open", "5_opening.toml", "days_later = 1", "days_later = 3", "1天后", "3天后"),
    ("old_card", "5_opening.toml", 'void_from = 2020-12-31 }\nreason_zh = "新卡', 'void_from = 2021-06-30 }\nreason_zh = "新卡',
     "2020年12月31日", "2021年6月30日"),
    ("documents", "4_card.toml", 'documents_zh = ["本人身份证件"]', 'documents_zh = ["本人身份证件", "近照"]',
     "请携带本人身份证件。", "请携带本人身份证件、近照。"),
    ("whom_to_call", "7_helpdesk.toml", 'line = "H12333", number = "12333"', 'line = "H12345", number = "12345"', "12333", "12345"),
    ("who_may_act", "6_family.toml", 'documents = ["holder_id", "agent_id"]\nauthorisations = ["notarised", "home_witness"]',
     'documents = ["holder_id", "agent_id"]\nauthorisations = ["notarised"]', "或两名工作人员", "银行网点办理：请携带持卡人身份证件、代办人身份证件，以及公证委托书。"),
    ("account_after", "6_loss.toml", "请持卡人（继承人）到开户银行结清或销户", "请到开户银行办理", "结清或销户", "请到开户银行办理"),
    ("bank", "3_banks.toml", 'decides = { chooser = "applicant", suggest = "pension_bank" }',
     'decides = { chooser = "applicant", suggest = "any" }', "建议养老金代发银行", "养老金由服务银行代发）：由本人选择，任何一家"),
    ("where", "2_groups.toml", 'decides = { main = "bank_outlet", also = ["community_centre", "bank_outlet"]',
     'decides = { main = "bank_outlet", also = ["bank_outlet"]', "退休人员主要通过服务银行网点办理，也可以", "退休人员到服务银行网点办理。"),
    ("photo", "4_card.toml", 'sources = ["id_card", "counter"]', 'sources = ["counter"]', "依次取自身份证相片库、柜面拍照", "依次取自柜面拍照"),
]  # fmt: skip
FROM = date(2019, 5, 20)


def changed_from(folder, name, was, now, day):
    """Let a rule decide something else from a day on: its row ends the day before, and another one begins."""
    path = folder / name
    rows = re.split(r"(?=^\[\[rule\]\]$)", path.read_text("utf-8"), flags=re.MULTILINE)
    (hit,) = [n for n, row in enumerate(rows) if was in row]
    old = rows[hit]
    after = re.sub(r"^valid_from = .*$", f"valid_from = {day}", old.replace(was, now), flags=re.MULTILINE)
    before = re.sub(r"^valid_to = .*\n", "", old, flags=re.MULTILINE)
    before = before.replace("\nrank =", f"\nvalid_to = {day - timedelta(days=1)}\nrank =")
    rows[hit] = before.rstrip() + "\n\n" + after
    path.write_text("".join(rows), "utf-8")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0])
def test_a_changed_rule_changes_the_answer_from_its_day_on(change, tmp_path):
    question, name, was, now, said_before, said_after = change
    folder = tmp_path / "rules"
    shutil.copytree(files.PACKAGED, folder)
    changed_from(folder, name, was, now, FROM)
    placed = files.read(folder)
    checks.check(placed)
    programme = Programme(rule for rule, _ in placed)
    before, after = (answer(programme, question, day) for day in (FROM - timedelta(days=1), FROM))
    assert said_before in "".join(before.sentences_zh)
    assert said_before not in "".join(after.sentences_zh) or said_before in said_after
    assert said_after in "".join(after.sentences_zh)
    in_chinese_only = question in {"documents", "account_after"}
    assert (before.sentences_en == after.sentences_en) == in_chinese_only, "both languages say the same"
    assert any(why.valid_from == FROM for why in after.why), "the answer names the new rule with its day"
    assert all(why.valid_from < FROM for why in before.why)
    assert answer(PROGRAMME, question, FROM - timedelta(days=1)).sentences_zh == before.sentences_zh


def test_every_question_has_its_change():
    assert {change[0] for change in CHANGES} == set(get_args(Question))


def test_a_person_is_answered_for_himself():
    asker = Asker(RETIREE, (card(),), (Next("正在制卡", "The card is being made", date(2019, 6, 1)),))
    told = {one: answer(PROGRAMME, one, DAY, asker) for one in get_args(Question)}
    assert all(one.personal for one in told.values())
    assert told["bank"].sentences_zh == ("退休人员：由本人选择，建议甲银行。",)
    assert told["when"].sentences_zh[0] == "退休人员：2019年1月1日至2019年6月30日。"
    assert "尾号5678的卡有效至2029年5月6日，2029年3月7日起可以换领。" in told["renewal"].sentences_zh
    assert told["where_is_my_card"].sentences_zh[:2] == ("正在制卡。", "期限：2019年6月1日。")
    assert told["validity"].sentences_zh == ("您本人：新卡长期有效。",)
    assert told["documents"].sentences_en == ("For you: the holder acts; bring ID document.",)


def test_a_child_is_told_of_the_guardian_only():
    asker = Asker(Facts(birth_date=date(2012, 1, 1), hukou=True), (), ())
    told = answer(PROGRAMME, "who_may_act", DAY, asker)
    assert "只能由监护人办理" in told.sentences_zh[0]
    assert not any("代办人到" in zh for zh in told.sentences_zh)
    assert answer(PROGRAMME, "where_is_my_card", DAY, asker).sentences_zh[0].startswith("没有正在办理的申请")


@pytest.mark.parametrize(
    ("topic", "number"),
    [("apply", "962222"), ("replace", "962222"), ("deliver", "962222"), ("social_use", "12333"), ("medical_use", "962218"),
     ("financial", ""), ("other", "962222")],
)  # fmt: skip
def test_the_topic_decides_the_number(topic, number):
    found = owner(PROGRAMME, topic, DAY)
    assert (found.number, found.own_bank) == (number, topic == "financial")
    assert found.why.reason_zh
    assert found.why.reason_en


def test_every_topic_has_an_owner():
    for topic in get_args(HelpTopic):
        assert owner(PROGRAMME, topic, datetime(2019, 1, 1, tzinfo=SHANGHAI).date()).topic_zh
