"""Declarations of messages as text: one line a field, as the tables of an interface have them. Pure.

    # 1101 人员信息获取                                      a message: its code and name
    > data                                                  a node of what comes in; `<` of what is answered
    mdtrt_cert_type | 就诊凭证类型 | C 3 | mdtrt_cert_type | Y     field | meaning | kind and length | dictionary | needed
    card_sn | 卡识别码 | C 64 | | mdtrt_cert_type=03             needed with one of these values of another field
    < insuinfo[]                                            a list; `?` after it: the node may be missing
    < insuinfo[].more                                       a node within the node above
    >                                                       no name: fields of the message itself
    % money                                                 fields that several nodes have; `+ money` puts them into a node

Kinds are those of `fields`; of M (money) the length is that of its digits, two of which are decimals. `//` begins a remark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, get_args

from shebaoka.records.messages.fields import Field, Kind
from shebaoka.records.messages.layouts import Node

HEAD: Final = re.compile(r"# (\S+) (.+)")
NODE: Final = re.compile(r"([<>])(?: (\S+?)(\[\])?( \?)?(?: (\S+))?)?")
COLUMNS: Final = 5
KINDS: Final = frozenset(get_args(Kind))


class Message(NamedTuple):
    """A message as it is declared: what comes in, and what is answered."""

    code: str
    zh: str
    asks: Node
    answers: Node


@dataclass(slots=True)
class _Growing:
    """A node while its lines are read."""

    name: str = ""
    zh: str = ""
    many: bool = False
    needed: bool = True
    fields: list[Field] = field(default_factory=list)
    nodes: dict[str, _Growing] = field(default_factory=dict)

    def grown(self) -> Node:
        """Give the node."""
        inner = tuple(one.grown() for one in self.nodes.values())
        return Node(self.name, self.zh, tuple(self.fields), inner, self.many, self.needed)


def read_tables(text: str, dictionaries: Mapping[str, Mapping[str, str]]) -> dict[str, Message]:
    """Read declarations. ValueError names the line that is wrong: declarations are part of a program."""
    found: dict[str, tuple[str, dict[str, _Growing]]] = {}
    sides: dict[str, _Growing] = {}
    blocks: dict[str, _Growing] = {}
    node = _Growing()
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("//")[0].strip()
        if not said:
            continue
        try:
            if head := HEAD.fullmatch(said):
                sides = _message(found, head[1], head[2])
            elif said[0] in sides:
                node = _node(sides, said)
            elif said[0] == "%":
                node = blocks[said[1:].strip()] = _Growing()
            elif said[0] == "+":
                node.fields += blocks[said[1:].strip()].fields
            else:
                node.fields.append(_field(said, dictionaries))
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"line {number}: {line.strip()}: {error}") from error
    return {code: Message(code, zh, both[">"].grown(), both["<"].grown()) for code, (zh, both) in found.items()}  # fmt: skip


def _message(found: dict[str, tuple[str, dict[str, _Growing]]], code: str, zh: str) -> dict[str, _Growing]:
    if code in found:
        raise ValueError("the message stands there twice")
    found[code] = zh, {"<": _Growing(), ">": _Growing()}
    return found[code][1]


def _node(sides: Mapping[str, _Growing], said: str) -> _Growing:
    parts = NODE.fullmatch(said)
    if parts is None:
        raise ValueError("no node")
    node = sides[parts[1]]
    if parts[2] is None:
        return node
    *above, name = parts[2].replace("[]", "").split(".")
    for one in above:
        node = node.nodes[one]
    if name in node.nodes:
        raise ValueError("the node stands there twice")
    grown = _Growing(name, parts[5] or "", many=parts[3] is not None, needed=parts[4] is None)
    node.nodes[name] = grown
    return grown


def _field(said: str, dictionaries: Mapping[str, Mapping[str, str]]) -> Field:
    cells = [cell.strip() for cell in said.split("|")]
    if len(cells) != COLUMNS:
        raise ValueError("five columns: field | meaning | kind and length | dictionary | needed")
    name, zh, held, codes, when = cells
    kind, _, length = held.partition(" ")
    digits, _, decimals = length.partition(",")
    if kind not in KINDS:
        raise ValueError("no kind")
    given: dict[str, Any] = {"length": int(digits or 0), "decimals": int(decimals or 0)}
    made = Field(name, zh, kind, **given, codes=dictionaries[codes] if codes else None)  # type: ignore[arg-type]
    if kind == "M" and made.decimals != 2:  # noqa: PLR2004 - fen
        raise ValueError("money has two decimals")
    if when in ("", "Y"):
        return replace(made, needed=bool(when))
    other, _, values = when.partition("=")
    return replace(made, needed_with=(other, tuple(values.split(","))))
