"""A message as a tree of nodes and fields: read with every fault named, and written. Pure; knows no particular message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shebaoka.records.messages.fields import Field, Wrong

MISSING = ("缺少此项，须填写", "is missing and must be given")
NO_OBJECT = ("须为一个对象", "must be an object")
NO_LIST = ("须为列表", "must be a list")


class Fault(NamedTuple):
    """What is wrong with one place of a message: node, field, its meaning, and how to mend it."""

    node: str
    name: str
    meaning: str
    zh: str
    en: str

    @property
    def sentence(self) -> str:
        """Say it in one plain Chinese sentence."""
        where = ".".join(part for part in (self.node, self.name) if part)
        return f"{where}{f'（{self.meaning}）' if self.meaning else ''}{self.zh}"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a message: its fields, and further nodes. `many`: a list of up to `most`; `needed`: it must be there.

    The whole of a message is a node without a name.
    """

    name: str = ""
    zh: str = ""
    fields: tuple[Field, ...] = ()
    nodes: tuple[Node, ...] = ()
    many: bool = False
    needed: bool = True
    most: int = 1_000
    by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a declaration that says a name twice, or a condition on nothing."""
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields})
        names = [*self.by_name, *(one.name for one in self.nodes)]
        if len(set(names)) != len(self.fields) + len(self.nodes):
            raise ValueError(f"{self.name}: a name stands there twice")
        for one in self.fields:
            if one.needed_with is not None and one.needed_with[0] not in self.by_name:
                raise ValueError(f"{self.name}.{one.name}: depends on what is not there")


class Read(NamedTuple):
    """What was read of a message: its values as a tree, and all that is wrong with it. With faults the values are not to be used."""

    values: dict[str, Any]
    faults: tuple[Fault, ...]


def read(whole: Node, raw: Any) -> Read:
    """Read a message by its declaration. What is blank or null counts as missing; what is not declared is passed over."""
    faults: list[Fault] = []
    values = _object(whole, raw, whole.name, faults)
    return Read(values, tuple(faults))


def _object(node: Node, raw: Any, path: str, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        faults.append(Fault(path, "", node.zh, *NO_OBJECT))
        return {}
    given = {name: value for name, value in raw.items() if not _blank(value)}
    values: dict[str, Any] = {}
    for one in node.fields:
        if one.name in given:
            try:
                values[one.name] = one.read(given[one.name])
            except Wrong as wrong:
                faults.append(Fault(path, one.name, one.zh, wrong.zh, wrong.en))
        elif one.must(given):
            faults.append(Fault(path, one.name, one.zh, *MISSING))
    for inner in node.nodes:
        _inner(inner, given, f"{path}.{inner.name}" if path else inner.name, values, faults)
    return values


def _inner(
    node: Node, given: Mapping[str, Any], path: str, values: dict[str, Any], faults: list[Fault]
) -> None:
    raw = given.get(node.name)
    if raw is None:
        if node.needed:
            faults.append(Fault(path, "", node.zh, *MISSING))
        elif node.many:
            values[node.name] = []
        return
    if not node.many:
        values[node.name] = _object(node, raw, path, faults)
        return
    if not isinstance(raw, list):
        faults.append(Fault(path, "", node.zh, *NO_LIST))
        return
    if len(raw) > node.most:
        faults.append(Fault(path, "", node.zh, f"一次最多{node.most}条，请分批", f"at most {node.most} at once"))  # fmt: skip
        return
    values[node.name] = [_object(node, one, f"{path}[{n}]", faults) for n, one in enumerate(raw, 1)]


def _blank(value: Any) -> bool:
    return value is None or value in ("", []) or (isinstance(value, str) and not value.strip())


def write(whole: Node, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write a message by its declaration; fields without a value are left out.

    Raises ValueError where a value does not fit, or one is missing that must be there: the program is wrong then.
    """
    written: dict[str, Any] = {}
    for one in whole.fields:
        value = values.get(one.name)
        if value is None or value == "":
            if one.must(values):
                raise ValueError(f"{whole.name}.{one.name} is missing")
            continue
        written[one.name] = one.write(value)
    for inner in whole.nodes:
        found = values.get(inner.name)
        if found is None:
            if inner.needed:
                raise ValueError(f"{whole.name}.{inner.name} is missing")
        elif inner.many:
            written[inner.name] = [write(inner, item) for item in found]
        else:
            written[inner.name] = write(inner, found)
    return written


def every(whole: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Give every field of a message with the nodes on the way to it."""
    for one in whole.fields:
        yield path, one
    for inner in whole.nodes:
        yield from every(inner, (*path, inner.name))
