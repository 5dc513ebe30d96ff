"""XML in and out: written by names and values, read only after its schema has let it pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from lxml import etree

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.money import Fen
from shebaoka.records.iso20022.errors import DocumentRefused

T = TypeVar("T")
HERE: Final = Path(__file__).parent
SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
CURRENCY: Final = "CNY"
BYTES_MAX: Final = 32 * 2**20
FEN_DIGITS: Final = 2


@cache
def schema(message: str, folder: Path | None = None) -> Any:
    """Give the schema of a message, such as pain.001.001.09: a city's own where its folder has one, else ours."""
    name = f"{message}.xsd"
    own = folder / name if folder else None
    return etree.XMLSchema(etree.parse(own if own and own.is_file() else HERE / name))


class Node:
    """An element, to be asked for what is in it by names without their space."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self._space = etree.QName(element).namespace

    def all(self, *path: str) -> Iterator[Node]:
        """Give the elements at a path; none where there are none."""
        steps = "/".join(f"{{{self._space}}}{name}" for name in path)
        return (Node(found) for found in self.element.iterfind(steps))

    def one(self, *path: str) -> Node:
        """Give the first element at a path; DocumentRefused where there is none: ISO's own schema asks for less than we do."""
        if not path:
            return self
        for found in self.all(*path):
            return found
        raise DocumentRefused(f"缺少 {'/'.join(path)} · no {'/'.join(path)}")

    def text(self, *path: str, default: str | None = None) -> str:
        """Give the text of the first element at a path, or the default."""
        if default is not None and not any(True for _ in self.all(*path)):
            return default
        return (self.one(*path).element.text or "").strip()

    def fen(self, *path: str) -> int:
        """Give an amount in fen."""
        node = self.one(*path)
        if node.element.get("Ccy", CURRENCY) != CURRENCY:
            raise DocumentRefused(f"{'/'.join(path)}: 币种须为 CNY · the currency is CNY")
        return fen_of(node.text())

    def day(self, *path: str) -> date:
        """Give a day, also where a moment stands."""
        node = self.one(*path)
        for name in ("Dt", "DtTm"):
            for found in node.all(name):
                return _taken(date.fromisoformat, found.text()[:10])
        return _taken(date.fromisoformat, node.text()[:10])

    def moment(self, *path: str) -> datetime:
        """Give a moment; one without a zone is Shanghai's."""
        found = _taken(datetime.fromisoformat, self.text(*path))
        return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)

    def number(self, *path: str) -> int:
        """Give a whole number."""
        return _taken(int, self.text(*path))


def _taken(convert: Callable[[str], T], text: str) -> T:
    """Convert what a schema let pass: some of it, such as the year 12019, this house cannot keep."""
    try:
        return convert(text)
    except ValueError:
        raise DocumentRefused(f"{text[:35]}：不能识别 · cannot be used") from None


def fen_of(text: str) -> int:
    """Give an amount of yuan in fen. Nothing is rounded: DocumentRefused for a third decimal that is not nought."""
    whole, _, part = text.strip().lstrip("+").partition(".")
    part = part.rstrip("0")
    if len(part) > FEN_DIGITS or not (f"{whole}{part}".isdecimal() and text.isascii()):
        raise DocumentRefused(f"金额 {text} 不是整分 · {text} is no whole number of fen")
    return int((whole or "0") + part.ljust(FEN_DIGITS, "0"))


def yuan(fen: int) -> str:
    """Give an amount as yuan with two decimals."""
    return Fen(fen).yuan()


def read(content: bytes, message: str, folder: Path | None = None) -> Node:
    """Give the message of a document that its schema lets pass. Raises DocumentRefused, which says what is wrong and where."""
    if len(content) > BYTES_MAX:
        raise DocumentRefused(f"{len(content):,} > {BYTES_MAX:,} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentRefused(f"不是 XML · not XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise DocumentRefused("不得含 DOCTYPE · a DOCTYPE is not taken")
    if root.tag != f"{{{SPACE}{message}}}Document":
        raise DocumentRefused(f"不是 {message} · not {message}")
    rules = schema(message, folder)
    if not rules.validate(root):
        first = rules.error_log[0]
        # Never its text: libxml2 repeats the value, which may be a name or an account.
        raise DocumentRefused(
            f"第{first.line}行不符合模式 · line {first.line}: {first.type_name} {first.path}"
        )
    return Node(root[0])


class Writer:
    """Writes a document from the outside in."""

    def __init__(self, message: str) -> None:
        self._space = SPACE + message
        self.root = etree.Element(f"{{{self._space}}}Document", nsmap={None: self._space})

    def add(self, parent: Any, *path: str, text: str | None = None, **attributes: str) -> Any:
        """Add elements one in another and give the innermost."""
        for name in path:
            parent = etree.SubElement(parent, f"{{{self._space}}}{name}")
        if text is not None:
            parent.text = text
        for name, value in attributes.items():
            parent.set(name, value)
        return parent

    def money(self, parent: Any, *path: str, fen: int) -> None:
        """Add an amount with its currency."""
        self.add(parent, *path, text=yuan(fen), Ccy=CURRENCY)

    def done(self, message: str) -> bytes:
        """Give the document; what our own schema refuses is a fault of ours."""
        schema(message).assertValid(self.root)
        written: bytes = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        return written
