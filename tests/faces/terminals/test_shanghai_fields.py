"""Every field of every message: missing, too long, of another kind, not in its dictionary; each is told by name, none is our fault."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benefits.settlement.clinic_town import THIRD
from tests.faces.terminals.shanghai_hospital import ShanghaiHospital

from shebaoka.faces.terminals.shanghai.declared import ENVELOPE, MESSAGES
from shebaoka.faces.terminals.shanghai.transactions import TRANSACTIONS
from shebaoka.records.messages.fields import Field
from shebaoka.records.messages.layouts import Node, every, read
from shebaoka.registry.senders import commands as senders
from shebaoka.registry.senders.model import Sender

PLAIN = {"C": "1", "N": 1, "M": 1, "D": "2019-01-02", "DT": "2019-01-02 12:00:00"}
WRONG = {
    "C": ({"a": 1}, 5),
    "N": ("一", True),
    "M": ("1.001", [1]),
    "D": ("2019-02-30", 20190102),
    "DT": ("2019-01-02", {}),
}
GONE = object()


def sample(node: Node) -> dict[str, Any]:
    """Give a message that is well formed."""
    said = {one.name: next(iter(one.codes)) if one.codes else PLAIN[one.kind] for one in node.fields}
    return said | {one.name: [sample(one)] if one.many else sample(one) for one in node.nodes}


def spoiled(field: Field) -> Iterator[Any]:
    """Give what a field may not be."""
    if field.needed:
        yield GONE
        yield "  "
    yield from WRONG[field.kind]
    if field.length and field.codes is None:
        yield "9" * (field.length + 1)
    if field.codes is not None:
        yield "?" * min(field.length, 1)


def changed(whole: dict[str, Any], path: tuple[str, ...], name: str, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(whole)
    here: Any = made
    for part in path:
        here = here[part][0] if isinstance(here[part], list) else here[part]
    if value is GONE:
        del here[name]
    else:
        here[name] = value
    return made


async def test_every_fault_is_told_and_none_is_ours(town):
    """Past the guard, which knows nothing of content: what a message says is answered, whatever it is."""
    secret = await town.act(senders.make_key, THIRD, "sys-H3")
    here = ShanghaiHospital(town.http, town.clock, "sys-H3", secret, "H3")
    door = town.app._doors["/terminals/shanghai"]
    sender = Sender("sys-H3", THIRD, "H3", "机构H3")
    tried = 0

    async def said(document: Any) -> dict[str, Any]:
        answer = json.loads(await door(sender, json.dumps(document).encode()))
        assert answer["xxfhm"] in ("P001", "-1")
        assert "系统内部错误" not in answer["fhxx"], document
        return answer

    for code, message in MESSAGES.items():
        good = sample(message.asks)
        await said(here.wrapped(code, good))
        for path, field in every(message.asks):
            for value in spoiled(field):
                told = await said(here.wrapped(code, changed(good, path, field.name, value)))
                assert told["xxfhm"] == "-1", (code, field.name, value)
                assert field.name in told["fhxx"], (code, field.name, value, told["fhxx"])
                tried += 1
        for node in message.asks.nodes:
            for value in (GONE, {"a": 1}, [5]) if node.needed else ({"a": 1}, [5]):
                told = await said(here.wrapped(code, changed(good, (), node.name, value)))
                assert node.name in told["fhxx"], (code, node.name, value)
    whole = here.wrapped("SM01", sample(MESSAGES["SM01"].asks))
    for _, field in every(ENVELOPE):
        for value in spoiled(field):
            told = await said(changed(whole, (), field.name, value))
            assert (told["xxfhm"], field.name in told["fhxx"]) == ("-1", True), (
                field.name,
                value,
                told["fhxx"],
            )
            tried += 1
    for value in (None, [], "x"):
        assert "xxnr" in (await said(whole | {"xxnr": value}))["fhxx"]
    assert tried > 600, tried
    for body in (b"", b"[]", b"\xff", b"[" * 90, b'{"xxlxm": "SM01"}'):
        assert json.loads(await door(sender, body))["xxfhm"] == "-1"


async def test_what_must_be_there_with_something_else(town):
    here = ShanghaiHospital(
        town.http, town.clock, "sys-H3", await town.act(senders.make_key, THIRD, "sys-H3"), "H3"
    )
    for code, given, lacking in (
        ("SJ11", {"djtype": "3"}, "djno"), ("SI51", {"cyjsbz": "1"}, "jsjsrq"), ("SH01", {"persontype": "1"}, "gsrdh"),
    ):  # fmt: skip
        said = sample(MESSAGES[code].asks) | given
        del said[lacking]
        assert lacking in await here.not_done(code, said)


def test_all_that_is_declared_is_done():
    assert set(TRANSACTIONS) == set(MESSAGES) == {
        "S000", "SE01", "SM01", "SH01", "SH02", "SN01", "SN02", "SI11", "SI12", "SI51", "SI52", "SI91", "SJ11", "SJ21",
        "SK01", "SL01",
    }  # fmt: skip


def test_the_documents_examples_are_well_formed():
    text = (Path(__file__).parents[3] / "docs" / "terminals.md").read_text("utf-8")
    found = [
        json.loads(one, parse_float=Decimal)
        for one in re.findall(r"```json\n(\{.*?\n?\})\n```", text, re.DOTALL)
    ]
    ours = [one for one in found if "xxlxm" in one]
    assert [one["xxlxm"] for one in ours] == ["SN01", "SI11"]
    for one in ours:
        assert read(ENVELOPE, one).faults == ()
        assert read(MESSAGES[one["xxlxm"]].asks, one["xxnr"]).faults == ()
