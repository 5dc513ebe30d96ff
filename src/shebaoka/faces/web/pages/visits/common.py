"""What the pages of visits share: whose outlet is meant, who may be sent, and forms as they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter

from shebaoka.faces.web.pages.visits import words
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

HERE: Final = "/staff/visits"
PLANS: Final = page("staff", "outreach.plan")
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Many = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""A form in which several boxes of one name may be ticked."""
Number = Annotated[int, PathParameter(ge=0, le=2**63 - 1)]
Option = tuple[str, str, str]


def outlet_meant(request: Ask) -> str | None:
    """Give the code of the outlet that the address names; None: one's own."""
    return request.query_params.get("outlet", "").strip() or None


def own_code(request: Ask) -> str:
    """Give the code of one's own organisation, empty without one."""
    return str(((visitor(request).me or {}).get("organisation") or {}).get("code", ""))


def text(data: Mapping[str, Any], name: str) -> str:
    """Give what was typed into a field."""
    return str(data.get(name, "")).strip()


def several(data: Mapping[str, Any], name: str) -> list[str]:
    """Give all values of a name that may be ticked more than once."""
    value = data.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


async def staff_names(request: Ask, outlet: str | None) -> dict[str, str]:
    """Give who may be sent for an outlet: names by number."""
    found = await backend(request).get("/api/outreach/staff", outlet=outlet)
    return {one["staff_id"]: one["name"] for one in found["items"]}


async def outlets(request: Ask, bank_id: str | None = None) -> list[Option]:
    """Give the banks' outlets that are live as options, of one bank where it is named."""
    found = (await backend(request).get("/api/institutions", kind="bank_outlet"))["items"]
    return [
        (one["institution"]["code"], one["institution"]["name_zh"], one["institution"]["name_en"])
        for one in found
        if one["readiness"] == "live" and bank_id in (None, one["parent_id"])
    ]


SHARED: Final[Mapping[str, Any]] = {"words": words}
