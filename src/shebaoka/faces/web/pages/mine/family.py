"""Whom a resident reaches, and which of them a page is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body

from shebaoka.faces.web.visiting import Ask, backend

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
One = Mapping[str, Any]
ENDED: Final = ("completed", "rejected", "withdrawn")


async def members(request: Ask) -> Sequence[One]:
    """Give the resident first, then the wards."""
    return (await backend(request).get("/api/family"))["items"]  # type: ignore[no-any-return]


async def cards(request: Ask) -> One:
    """Give one's own and the wards' cards, with what may be done to each."""
    return await backend(request).get("/api/family/cards")  # type: ignore[no-any-return]


def chosen(found: Sequence[One], number: str) -> One:
    """Give the member of a number, the resident where none is named; whoever is not of the family is not found."""
    if not number:
        return found[0]
    return one_of(found, "person_id", number)


def one_of(found: Sequence[One], name: str, value: str) -> One:
    """Give the one thing whose number is named; what is not there is not found."""
    for one in found:
        if one[name] == value:
            return one
    raise NotFoundException


async def outlets(request: Ask, kind: str) -> list[tuple[str, str, str]]:
    """Give the institutions of a kind that serve, to be chosen from."""
    listed = (await backend(request).get("/api/institutions", kind=kind))["items"]
    return [
        (one["institution"]["code"], one["institution"]["name_zh"], one["institution"]["name_en"])
        for one in listed if one["readiness"] == "live"
    ]  # fmt: skip


def newest(member: One) -> One | None:
    """Give the application that somebody thinks of: the live one, else the last."""
    return max(
        member["applications"], key=lambda one: (one["status"] not in ENDED, one["applied_at"]), default=None
    )
