"""What a conformance run is given, and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from shebaoka.kit.problems import Problem


class KeyFileRefused(Problem):
    """The file for a conformance run is missing, or not what it should be."""

    slug = "key-file-refused"
    status = 422
    title_zh = "联调文件无法使用"
    title_en = "The file for the conformance run cannot be used"
    remedy_zh = "请用 shebaoka conformance prepare 为演示城市生成，或按 docs/terminals.md 的样子填写"
    remedy_en = "Make it for a demo city with `shebaoka conformance prepare`, or fill it in as docs/terminals.md shows"


class System(Struct, frozen=True):
    """An institution's system: its key, and the institution's code and name."""

    paasid: str
    secret: str
    code: str
    name: str


class Patient(Struct, frozen=True):
    """A test person's card: its number, and the identification code of its chip."""

    card_number: str
    card_sn: str


class Visitor(Patient, frozen=True):
    """A test person of another province: their card, what stands on it, and the division where they are insured."""

    id_number: str
    name: str
    place: str


class Given(Struct, frozen=True, kw_only=True):
    """What a run goes by: systems, a test person, one of another province, an item that the catalogue lists in full, our division."""

    hospital: System
    patient: Patient
    item: str
    division: str
    pharmacy: System | None = None
    guest: Visitor | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message: what was sent, and what came back. `status`: of HTTP."""

    infno: str
    sent: Any
    status: int
    received: Any


@dataclass(slots=True)
class Check:
    """One thing that must hold: whether it did, why not, and the messages that showed it."""

    order: str
    name: str
    zh: str
    en: str
    passed: bool = True
    detail: str = ""
    exchanges: list[Exchange] = field(default_factory=list)


def read(path: Path) -> Given:
    """Read the file of a run. Raises KeyFileRefused, which names what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Given)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeyFileRefused(f"{path.name}: {getattr(error, 'strerror', None) or error}") from None
