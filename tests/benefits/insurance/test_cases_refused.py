"""A case that is not what it should be is refused with its place, what is wrong, and how to mend it."""

from __future__ import annotations

import msgspec
import pytest
from tests.benefits.insurance.bills import ACTIVE, NO_STATE, RESIDENT

from shebaoka.benefits.insurance.errors import CaseRefused
from shebaoka.benefits.insurance.quoting import read_case

OPTIONAL = {"status", "retired_on", "worked_since"}


def refused(text: bytes) -> CaseRefused:
    with pytest.raises(CaseRefused) as refusal:
        read_case(text)
    assert refusal.value.document()["remedy_zh"]
    assert "·" in refusal.value.detail
    return refusal.value


def field(document: object) -> str:
    return refused(msgspec.json.encode(document)).members["errors"][0]["field"]


@pytest.mark.parametrize("name", sorted(set(ACTIVE) - OPTIONAL))
def test_a_field_that_is_missing_or_of_the_wrong_type_is_named(name):
    assert field({key: value for key, value in ACTIVE.items() if key != name}) == name
    for wrong in ({"a": 1}, None, [], "x", -1, 1.5, True):
        found = field(ACTIVE | {name: wrong})
        assert found.partition(".")[0] == name


@pytest.mark.parametrize("name", sorted(NO_STATE))
def test_so_are_those_of_the_state(name):
    assert field(ACTIVE | {"state": {key: 0 for key in NO_STATE if key != name}}) == f"state.{name}"
    for wrong in (-1, "1", None, 1.0, 10**13):
        assert field(ACTIVE | {"state": NO_STATE | {name: wrong}}) == f"state.{name}"


def test_what_is_not_known_is_refused_too():
    assert field(ACTIVE | {"surplus": 1}) == "surplus"
    assert field(ACTIVE | {"state": NO_STATE | {"surplus": 1}}) == "state.surplus"


@pytest.mark.parametrize(
    ("change", "name"),
    [({"status": None}, "status"), ({"birth_date": "2020-01-01"}, "on"), ({"retired_on": "1979-01-01"}, "retired_on"),
     ({"worked_since": "1979-01-01"}, "worked_since"), ({"on": "2019-02-29"}, "on"), ({"level": 4}, "level")],
)  # fmt: skip
def test_what_cannot_be_of_one_person(change, name):
    assert field(ACTIVE | change) == name


def test_what_may_be_left_out():
    for less in ("retired_on", "worked_since"):
        read_case(msgspec.json.encode({key: value for key, value in ACTIVE.items() if key != less}))
    read_case(msgspec.json.encode({key: value for key, value in RESIDENT.items() if key not in OPTIONAL}))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"1", b"\xff\xfe", b'{"scheme": "employ\xff"}', b"[" * 10_000]
)
def test_what_is_no_case_at_all(text):
    refused(text)
