"""Every field of every transaction: missing, too long, of the wrong kind. It is answered -1 with a sentence that names it.

No database: a message is read whole before anything is looked up.
"""

from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.terminals.hospital import Hospital

from shebaoka.faces.terminals.envelopes import SENTENCE_MAX
from shebaoka.faces.terminals.national.declared import ENVELOPE, MESSAGES
from shebaoka.faces.terminals.national.endpoint import Endpoint
from shebaoka.faces.terminals.national.transactions import TRANSACTIONS
from shebaoka.kit.clock import SystemClock
from shebaoka.kit.ids import Ids
from shebaoka.kit.settings import Settings
from shebaoka.records.messages.fields import Field
from shebaoka.records.messages.layouts import Node, every, read, write
from shebaoka.registry.senders.model import Sender

CLOCK = SystemClock()
ASKED = ["1101", "2101", "2102", "2103", "2201", "2202", "2203", "2204", "2205", "2206", "2207", "2208", "2301", "2302", "2303",
         "2304", "2305", "2401", "2402", "2403", "2404", "2405", "2501", "2502", "2601", "3201", "3202", "5203", "5204", "5205",
         "5206", "9001", "9002"]  # fmt: skip
GOOD = {"C": "1", "N": "1", "M": "1.00", "D": "2019-01-02", "DT": "2019-01-02 09:00:00"}
WRONG: dict[str, list[Any]] = {
    "C": [1, True, ["1"], {"a": 1}], "N": ["一", True, [1], "1e3", "1,000"], "M": ["一", True, "1.005", Decimal("0.001"), "1e3"],
    "D": [20190102, "2019-02-30", "2019/01/02"], "DT": [20190102, "2019-01-02", "2019-01-02 25:00:00"],
}  # fmt: skip


def door() -> Endpoint:
    ids = Ids(CLOCK, SimpleNamespace(getrandbits=lambda _bits: 1))
    city = SimpleNamespace(clock=CLOCK, settings=Settings(data_dir="x"), database=SimpleNamespace(ids=ids))
    return Endpoint(city, SimpleNamespace())


DOOR = door()
SENDER = Sender("p-1", 1, "H1", "医院")
HERE = Hospital(None, CLOCK, "p-1", "s", "H1")


async def answer(message: Any) -> dict[str, Any]:
    told = json.loads(await DOOR(SENDER, json.dumps(message, default=float).encode()))
    assert told["infcode"] == -1, told
    assert 0 < len(told["err_msg"]) <= SENTENCE_MAX
    assert any("\u4e00" <= one <= "\u9fff" for one in told["err_msg"])
    return told


def example(node: Node) -> dict[str, Any]:
    """Give a message with every field that its declaration has."""
    values: dict[str, Any] = {
        one.name: next(iter(one.codes)) if one.codes else GOOD[one.kind] for one in node.fields
    }
    for inner in node.nodes:
        values[inner.name] = [example(inner)] if inner.many else example(inner)
    return values


def too_long(field: Field) -> str:
    match field.kind:
        case "C":
            return "长" * (field.length + 1)
        case "N" | "M":
            return "9" * (field.length - field.decimals + 1)
    return GOOD[field.kind] + "0"


def changed(node: Node, path: tuple[str, ...], name: str, value: Any) -> dict[str, Any]:
    """Give the example with one place changed; None leaves it out."""
    whole = deepcopy(example(node))
    place: Any = whole
    for one in path:
        place = place[one][0] if isinstance(place[one], list) else place[one]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return whole


def places(node: Node, path: tuple[str, ...] = ()):
    """Give every field and node with its way."""
    yield from ((path, one) for one in node.fields)
    for inner in node.nodes:
        yield path, inner
        yield from places(inner, (*path, inner.name))


def wrong_values(place: Field | Node, beside: dict[str, Any]):
    if isinstance(place, Node):
        yield from ([None] if place.needed else [])
        yield from ("x", 1, [1]) if not place.many else ("x", 1, ["x"], {"a": 1}, [{}] * 1001)
        return
    if place.must(beside):
        yield from (None, "", "  ")
    yield too_long(place)
    yield from WRONG[place.kind]
    if place.codes:
        yield "ZZ"


def test_all_transactions_are_offered():
    assert sorted(TRANSACTIONS) == ASKED
    assert sorted(MESSAGES) == ASKED


@pytest.mark.parametrize("code", ASKED)
async def test_what_is_wrong_with_a_field_is_named(code):
    node = MESSAGES[code].asks
    good = read(node, example(node))
    assert good.faults == ()
    assert read(node, write(node, good.values)) == good, "what is read can be written, and is read the same"
    tried = 0
    for path, place in places(node):
        for value in wrong_values(place, example(node) | {"mdtrt_cert_type": "03"}):
            if place.name == "card_sn" and value in (None, "", "  "):
                continue  # The example shows an electronic card, which has none: see below.
            told = await answer(HERE.envelope(code, changed(node, path, place.name, value)))
            assert place.name in told["err_msg"], (path, place.name, value, told["err_msg"])
            tried += 1
    assert tried >= 3


async def test_a_code_of_the_chip_is_needed_with_a_card():
    data = {"mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "psn_cert_type": "01"}
    assert (
        "data.card_sn（卡识别码）缺少此项" in (await answer(HERE.envelope("1101", {"data": data})))["err_msg"]
    )


async def test_what_is_wrong_with_the_envelope_is_named():
    good = HERE.envelope("9002", example(MESSAGES["9002"].asks)) | {"sign_no": "1"}
    for field in ENVELOPE.fields:
        values = [too_long(field), *WRONG[field.kind]] + ([None, ""] if field.needed else [])
        for value in values:
            message = {name: one for name, one in good.items() if name != field.name}
            told = await answer(message if value is None else message | {field.name: value})
            assert field.name in told["err_msg"] or "没有交易" in told["err_msg"], (field.name, value, told)
    for message in (good | {"input": []}, good | {"input": None}, good | {"msgid": "1234567"}, [], "x", 1):
        await answer(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["data", "2019-01-02", "1.00", "03"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["data", "feedetail", "psn_no", "mdtrt_id", "signIn", "input", "infno", "msgid", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ASKED), JSON)
async def test_whatever_comes_is_answered(code, content):
    for message in (HERE.envelope(code, content), content):
        told = json.loads(await DOOR(SENDER, json.dumps(message).encode()))
        assert told["infcode"] == -1
        assert "内部错误" not in told["err_msg"], (code, content, told)


def test_what_other_faces_take_can_be_told():
    """Numbers of up to 64 characters, and long names: they come by the JSON interface, and are asked about by this one."""
    lengths = {
        "medins_setl_id": 64,
        "feedetl_sn": 64,
        "chrg_bchno": 64,
        "med_list_codg": 64,
        "msgid": 64,
        "psn_name": 200,
    }
    asked = [
        field
        for code in ("1101", "2304", "3202", "5203", "5204", "5205")
        for _, field in every(MESSAGES[code].answers)
    ]
    told = [field for field in asked if field.name in lengths]
    assert {field.name for field in told} == set(lengths)
    assert [field.name for field in told if field.length < lengths[field.name]] == []
