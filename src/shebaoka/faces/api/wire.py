"""Values as they go over the wire: what several areas share. Identifiers are strings: JavaScript's numbers end at 2^53."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from shebaoka.benefits.cross_province.places import is_province, named
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records import id_number as numbers
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people.model import Identity, masked_name

T = TypeVar("T")
ID_MAX: Final = 2**63 - 1
PAGE_MAX: Final = 200
_COULD_RUN: Final = tuple("=+-@\t\r")
_PLAIN: Final = r"^[^\x00]*$"

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PLAIN)]
"""One line of text; PostgreSQL keeps no NUL."""
LongText = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=_PLAIN)]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=_PLAIN)]
Secret = Annotated[str, Meta(min_length=1, max_length=500, pattern=_PLAIN)]
IdNumberText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=_PLAIN,
        description="证件号码；空格、全角数字、小写 x 均可 · ID number; blanks, full-width digits and a small x are read",
    ),
]
CardNumberText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=20,
        pattern=_PLAIN,
        description="社保卡号，9 位 · card number, nine characters",
    ),
]
Why = Annotated[
    str,
    Meta(
        min_length=4,
        max_length=200,
        pattern=r"^[^\x00]*\S[^\x00]*$",
        description="查询事由，写入审计日志，请勿填写个人信息 · why, for the audit log; put nothing personal in it",
    ),
]
Id = Annotated[str, Meta(pattern="^[0-9]{1,19}$", description="编号 · identifier")]
PathId = Annotated[int, PathParameter(ge=0, le=ID_MAX, description="编号 · identifier")]
Cursor = Annotated[
    int | None,
    QueryParameter(ge=1, le=ID_MAX, description="上一页的 next · `next` of the page before", required=False),
]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="每页条数 · how many of them")]


NEXT: Final = "X-Next-Cursor"
ROWS: Final = 5_000
FileLimit = Annotated[int, QueryParameter(ge=1, le=ROWS, description="行数 · how many rows")]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a request says; fields that the interface does not know are refused."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page of a longer list. `next`: the cursor of the next page, null at the end."""

    items: list[T]
    next: str | None = None


class InstitutionRef(msgspec.Struct, frozen=True):
    """An organisation that something names."""

    institution_id: str
    code: str
    kind: str
    name_zh: str
    name_en: str

    @classmethod
    def of(cls, one: Institution) -> InstitutionRef:
        """Give the reference to an institution."""
        return cls(str(one.institution_id), one.code, one.kind, one.name_zh, one.name_en)


class Holder(msgspec.Struct, frozen=True):
    """Who somebody is, masked; a reveal is asked for on its own, with a reason."""

    name_masked: str
    id_number_masked: str

    @classmethod
    def of(cls, identity: Identity) -> Holder:
        """Give an identity, masked."""
        return cls(masked_name(identity.name), numbers.mask(identity.id_number))


async def references(work: Work, ids: Iterable[int | None]) -> dict[int, InstitutionRef]:
    """Give references to institutions by identifier; to another province, where its number stands in place of one."""
    asked = {one for one in ids if one is not None}
    found = await institutions.by_ids(work, asked)
    provinces = {one for one in asked - found.keys() if is_province(one)}
    return {one: InstitutionRef.of(institution) for one, institution in found.items()} | {
        one: InstitutionRef(str(one), str(one), "province", *named(one)) for one in provinces
    }


async def institution_of(work: Work, code: str) -> Institution:
    """Give the institution of a code, NotFound when there is none."""
    found = await institutions.by_code(work, code)
    if found is None:
        raise NotFound(f"机构代码 institution {code}")
    return found


async def own_institution(work: Work) -> Institution:
    """Give the institution that the actor acts for."""
    found = await institutions.by_id(work, work.actor.organisation_id)
    if found is None:
        raise NotFound("本机构 · your own institution")
    return found


async def read_id_number(work: Work, text: str) -> str:
    """Give an ID number in its eighteen characters; IdNumberRefused says what is wrong with it."""
    invented = await has_invented_people(work)
    return numbers.parse(text, on=work.today, invented_allowed=invented).text


def rows_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV that Excel opens as it should: UTF-8 with its mark, and nothing in it that could run."""
    target = io.StringIO()
    lines = csv.writer(target)
    lines.writerow(columns)
    lines.writerows([[_harmless(cell) for cell in row] for row in rows])
    return target.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _COULD_RUN else cell


def page_of(items: Collection[T], cursor: int | None) -> Page[T]:
    """Give a page with the cursor that goes on from it."""
    return Page(list(items), None if cursor is None else str(cursor))
