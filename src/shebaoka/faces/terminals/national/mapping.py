"""How our rules' words map to the interface's codes, as `mapping.toml` declares it. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, convert

from shebaoka.registry.programme.model import CatalogueClass, Proof, Scheme, VisitKind, WorkStatus


class PersonType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conditions for a code of psn_type; what is not named is not asked."""

    code: str
    scheme: Scheme
    status: WorkStatus | None = None
    stage: tuple[str, ...] | None = None
    pupil: bool | None = None
    age_below: int | None = None
    age_from: int | None = None

    def fits(self, scheme: Scheme, status: WorkStatus | None, stage: str | None, age: int) -> bool:
        """Tell whether somebody is of this kind."""
        return (
            self.scheme == scheme
            and self.status in (None, status)
            and (self.stage is None or stage in self.stage)
            and (self.pupil is None or self.pupil == (stage is not None))
            and (self.age_below is None or age < self.age_below)
            and (self.age_from is None or age >= self.age_from)
        )


class Paying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fund of a scheme: the part of our sums, its field of setlinfo, its type in setldetail. Without one: of another province."""

    scheme: Scheme | None = None
    part: str
    field: str
    code: str


class Declared(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    insutype: dict[Scheme, str]
    visits: dict[VisitKind, tuple[str, ...]]
    care: dict[VisitKind, str]
    clearing: dict[VisitKind, str]
    proofs: dict[str, Proof]
    classes: dict[CatalogueClass, str]
    sexes: dict[str, str]
    psn_type: tuple[PersonType, ...]
    fund: tuple[Paying, ...]


MAPPING: Final = convert(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")), Declared)
SCHEMES: Final[Mapping[str, Scheme]] = {code: scheme for scheme, code in MAPPING.insutype.items()}
KINDS: Final[Mapping[str, VisitKind]] = {code: kind for kind, codes in MAPPING.visits.items() for code in codes}  # fmt: skip
CLEARING: Final[Mapping[str, VisitKind]] = {code: kind for kind, code in MAPPING.clearing.items()}
ACCOUNT: Final = "310200"
"""The personal account in setldetail."""


def psn_type(scheme: Scheme, status: WorkStatus | None, stage: str | None, age: int) -> str:
    """Give the code of what kind of person somebody is."""
    return next(one.code for one in MAPPING.psn_type if one.fits(scheme, status, stage, age))


def paying(scheme: Scheme | None) -> tuple[Paying, ...]:
    """Give the funds of a scheme; None: of another province."""
    return tuple(one for one in MAPPING.fund if one.scheme == scheme)
