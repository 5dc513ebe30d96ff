"""Outlets: which district, which outlet, and what one needs to know before going there. For anybody, without a log-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.district_map import NAMED
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page
from shebaoka.kit.clock import SHANGHAI

WANTED: Final = (
    ("apply", "申请新卡", "apply"),
    ("collect", "领取寄存的卡", "collect a card that waits"),
    ("open", "开通新卡", "open the card"),
    ("replace", "卡坏了、丢了，当场补换", "replace a card on the spot"),
)
WEEKDAYS: Final = (
    ("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"), ("周六", "Sat"), ("周日", "Sun"),
)  # fmt: skip
NOT_SERVING: Final = {
    "suspended": ("暂停办理社保卡业务", "Does no card business for the time being"),
    "live": ("所属银行尚未上线，暂不办理", "Its bank is not live yet: no business here"),
}
"""By readiness; all others have not begun."""
NOT_YET: Final = ("尚未开始办理社保卡业务", "Does no card business yet")
PAGE: Final = 20
Code = Annotated[str, PathParameter(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
DistrictCode = Annotated[str, PathParameter(pattern=r"^[0-9]{6}$")]
One = Mapping[str, Any]


@get("/outlets", **page("everybody"))
async def districts(request: Ask) -> Template:
    """Ask what somebody wants and lead to the district: the list is the way, the map a second one."""
    wanted = _wanted(request)
    found = await backend(request).get("/api/outlets/districts", **wanted)
    links = {one["district_code"]: _to(one["district_code"], wanted) for one in found["items"]}
    mapped = links if links.keys() >= NAMED.keys() else {}
    return show(
        request, "outlets/districts.html", found=found["items"], links=links, mapped=mapped, **_asked(wanted, found["banks"])
    )  # fmt: skip


@get("/outlets/{district:str}", **page("everybody"))
async def in_district(request: Ask, district: DistrictCode) -> Template:
    """Show the outlets of a district, a page at a time."""
    wanted, ask = _wanted(request), backend(request)
    cursor = request.query_params.get("after", "")[:64]
    everywhere = await ask.get("/api/outlets/districts", **wanted)
    named = next((one for one in everywhere["items"] if one["district_code"] == district), None)
    if named is None:
        raise NotFoundException
    found = await ask.get("/api/outlets", district=district, limit=PAGE, cursor=cursor, **wanted)
    return show(
        request, "outlets/district.html", district=named, found=[_told(one) for one in found["items"]],
        more=_to(district, wanted | {"after": found["next"]}) if found["next"] else "", after=cursor,
        all_districts="/outlets" + _query(wanted), **_asked(wanted, everywhere["banks"]),
    )  # fmt: skip


@get("/outlets/{district:str}/{code:str}", **page("everybody"))
async def one_outlet(request: Ask, district: DistrictCode, code: Code) -> Template:
    """Show an outlet, to be printed if need be."""
    found = await _outlet(request, code)
    if found["district_code"] != district:
        raise NotFoundException
    return show(request, "outlets/outlet.html", one=_told(found), week=_week(found["profile"]))


@get("/outlets/at/{code:str}", no_page=True, **page("everybody"))
async def lead_to(request: Ask, code: Code) -> Redirect:
    """Lead from an outlet's code alone, which is all that other pages know, to its page."""
    found = await _outlet(request, code)
    return go(f"/outlets/{found['district_code']}/{code}")


async def _outlet(request: Ask, code: str) -> One:
    try:
        found: One = await backend(request).get(f"/api/outlets/{code}")
    except Refused as refused:
        if refused.slug == "not-found":
            raise NotFoundException from refused
        raise
    return found


def _wanted(request: Ask) -> dict[str, str]:
    """Give what somebody looks for, as far as it makes sense."""
    service, bank = (request.query_params.get(name, "") for name in ("service", "bank"))
    known = service if service in {one[0] for one in WANTED} else ""
    return {name: text for name, text in (("service", known), ("bank", bank[:20])) if text.isalnum()}


def _asked(wanted: Mapping[str, str], banks: list[One]) -> dict[str, Any]:
    return {
        "services": WANTED, "banks": [(one["code"], one["name_zh"], one["name_en"]) for one in banks],
        "service": wanted.get("service", ""), "bank": wanted.get("bank", ""),
    }  # fmt: skip


def _query(wanted: Mapping[str, str]) -> str:
    return f"?{urlencode(wanted)}" if wanted else ""


def _to(district: str, wanted: Mapping[str, str]) -> str:
    return f"/outlets/{district}{_query(wanted)}"


def _told(one: One) -> dict[str, Any]:
    """Add to an outlet what people read of it: whether it is open, and how many wait."""
    now, waiting = one["now"], one["waiting"]
    return {
        **one, "standing": _standing(now) if now else None,
        "not_serving": None if one["serves"] else NOT_SERVING.get(one["readiness"], NOT_YET),
        "noted": f"{_there(waiting['noted_at']):%H:%M}" if waiting else "",
    }  # fmt: skip


def _standing(now: One) -> tuple[str, str]:
    if now["open"]:
        until = f"{_there(now['until']):%H:%M}"
        return f"正在开放，到{until}", f"open until {until}"
    if now["opens_at"] is None:
        return "近期不开放", "closed for now"
    opens, today = _there(now["opens_at"]), _there(now["at"]).date()
    zh, en = _day(opens, (opens.date() - today).days)
    return f"现在休息，{zh} {opens:%H:%M} 开放", f"closed, opens {en} {opens:%H:%M}"


def _day(moment: datetime, ahead: int) -> tuple[str, str]:
    near = {0: ("今天", "today"), 1: ("明天", "tomorrow")}
    if ahead in near:
        return near[ahead]
    zh, en = WEEKDAYS[moment.weekday()]
    return f"{moment.month}月{moment.day}日{zh}", f"{en} {moment:%d %b}"


def _week(profile: One | None) -> list[tuple[str, str, str]]:
    """Give the week as people write it: days with the same hours in one line. No hours: closed."""
    lines, days = [], enumerate(profile["week"]) if profile else []
    for hours, same in groupby(days, key=lambda day: _hours(day[1])):
        first, *_, last = [number for number, _ in same] * 2
        names = [WEEKDAYS[first]] if first == last else [WEEKDAYS[first], WEEKDAYS[last]]
        lines.append(("至".join(zh for zh, _ in names), "–".join(en for _, en in names), hours))
    return lines


def _hours(spans: list[One]) -> str:
    return "，".join(f"{span['opens'][:5]}–{span['closes'][:5]}" for span in spans)


def _there(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


HANDLERS: tuple[Any, ...] = (districts, in_district, one_outlet, lead_to)
