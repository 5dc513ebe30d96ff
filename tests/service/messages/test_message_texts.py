"""The texts: every parameter of every template, in both languages, short enough, and nothing personal in them."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.registry.programme import files
from shebaoka.registry.programme.model import MessageKind
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.messages.model import KINDS
from shebaoka.service.messages.salutation import salutation
from shebaoka.service.messages.templates import (
    LANGUAGES,
    newest,
    parts,
    placeholders,
    sms,
    templates,
    text,
)

# The longest that comes: the name of a real centre has about this many characters.
LONGEST = {
    "waybill": "EM123456785CN", "outlet_id": 7, "days": 1000, "apply_by": "2019-12-28", "collect_by": "2019-12-28",
    "employer_id": 7, "at": "2019-12-28T13:30:00+08:00", "day": "2019-12-28", "slot": "afternoon",
}  # fmt: skip
NAMED = {
    7: (
        "静安区南京西路街道社区事务受理服务中心",
        "Nanjing Road West Community Affairs Service Centre, Jing'an",
    )
}
PLACES = {"outlet_id": "outlet", "employer_id": "employer"}
EVERY = [
    (one, language, ward) for one in templates().template for language in LANGUAGES for ward in (False, True)
]


def test_every_kind_has_a_text_an_event_and_a_rule():
    kinds = set(get_args(MessageKind))
    assert {one.kind for one in templates().template} == kinds == set(KINDS.values())
    programme = Programme(rule for rule, _ in files.read(files.PACKAGED))
    urgent = {kind for kind in kinds if programme.message(kind, files_day()).urgent}
    declinable = {kind for kind in kinds if programme.message(kind, files_day()).may_decline}
    assert urgent == {"loss_reported", "loss_lifted"}
    assert declinable == {"card_unopened", "card_waiting"}


def files_day():
    return min(rule.valid_from for rule, _ in files.read(files.PACKAGED))


def test_versions_are_counted_from_one_and_the_last_is_used():
    for kind in get_args(MessageKind):
        versions = [one.version for one in templates().template if one.kind == kind]
        assert versions == list(range(1, len(versions) + 1))
        assert newest(kind).version == versions[-1]


@pytest.mark.parametrize("one", templates().template, ids=lambda one: f"{one.kind}-{one.version}")
def test_a_text_has_places_for_exactly_its_parameters(one):
    wanted = {PLACES.get(name, name) for name in one.parameters} | {"whose"}
    assert placeholders(one.zh) == placeholders(one.en) == wanted
    assert set(one.parameters) <= set(LONGEST), "a parameter that templates.py does not know"


@pytest.mark.parametrize(("one", "language", "ward"), EVERY)
def test_a_text_is_short_enough_at_its_longest(one, language, ward):
    said = sms(text(one.kind, one.version, LONGEST, NAMED, language, ward=ward), language, "欧阳女士，")
    assert "{" not in said
    assert parts(said) <= (1 if language == "zh" else 2), f"{len(said)} {said}"
    assert said.isascii() or language == "zh", "one strange character makes a part of an English text 70 long"


def test_a_part_is_counted_as_telephone_companies_do():
    assert [parts("卡" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert [parts("c" * n) for n in (1, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("name", "sex", "said"),
    [
        ("王示例", "male", "王先生，"), ("欧阳示例", "female", "欧阳女士，"), ("欧阳", "male", "欧先生，"), ("李一", "female", "李女士，"),
        ("阿依古丽·示例", "female", ""), ("Smith John", "male", ""), ("王", "male", ""), ("", "male", ""), ("司马某", "male", "司马先生，"),
    ],
)  # fmt: skip
def test_a_person_is_addressed_by_surname_or_not_at_all(name, sex, said):
    assert salutation(name, sex) == said


@given(st.text(min_size=0, max_size=12), st.sampled_from(["male", "female"]))
def test_a_salutation_never_holds_a_whole_name(name, sex):
    said = salutation(name, sex)
    assert not said or (name not in said and len(said) <= 5)
