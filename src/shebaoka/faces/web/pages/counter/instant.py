"""A card replaced on the spot, step by step: one thing on a page, and what is left lying is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import (
    CHECKED,
    COUNTER,
    Field,
    Form,
    Number,
    Sheet,
    acts_for,
    ask,
    banks,
    outlets,
    own,
    ticked,
)
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

LIST: Final = f"{COUNTER}/instant"
HERE: Final = f"{LIST}/{{application_id:int}}"
API: Final = "/api/instant-issues"
LINES_MAX: Final = 50
SIMPLE: Final = ("account", "blank", "putting-back", "posting")
"""Steps that ask nothing: have the account opened, take a blank, put it back, let the card go by post."""
SIGNED: Final = Field("tick", "signed", "已签名", "Signed")


def at(application_id: int | str) -> str:
    """Give where a session's next step is."""
    return f"{LIST}/{application_id}"


@get(LIST, **page("staff", "instant.issue"))
async def sessions(request: Ask) -> Template:
    """Show what lies here unfinished, longest untouched first."""
    issues = await backend(request).get(API, limit=LINES_MAX)
    return show(request, "counter/instant_list.html", issues=issues, words=words, limit=LINES_MAX)


async def _beginning(request: Ask) -> Sheet:
    centre = own(request).get("kind") == "community_centre"
    fields = [
        Field("text", "id_number", "证件号码", "ID number"),
        Field("text", "name", "姓名", "Name"),
        Field("select", "replacement", "补换原因", "Reason", "", words.REPLACEMENT),
        Field("text", "mobile", "手机", "Mobile"),
        Field("area", "address", "地址", "Address"),
        Field("select", "bank", "改用服务银行（留空不变）", "Another bank (empty: the same)", "", await banks(request), required=False),
    ]  # fmt: skip
    if not centre:
        fields.append(
            Field(
                "select",
                "fallback_outlet",
                "备用网点（万一须邮寄）",
                "Fallback outlet, should it go by post",
                "",
                await outlets(request),
            )
        )
    note = (
        "遗失的卡须先挂失；新卡开通前，原卡照常",
        "A lost card is reported lost first; the former card is as it was until the new one opens",
    )
    return Sheet("受理即时补换", "Replace a card on the spot", (*fields, CHECKED), LIST, note, acts=True)


@get(f"{LIST}/new", **page("staff", "instant.issue"))
async def ask_begin(request: Ask) -> Template:
    """Ask who stands there, and why."""
    return await ask(request, await _beginning(request), act="apply", person=None, card=None)


@post(f"{LIST}/new", **page("staff", "instant.issue"))
async def begin(request: Ask, data: Form) -> Response[Any]:
    """Begin, or say why not."""
    names = ("id_number", "name", "replacement", "mobile", "address", "bank", "fallback_outlet")
    said: dict[str, Any] = {name: data[name] for name in names if data.get(name)}
    said |= {"id_checked": ticked(data, "id_checked"), "acts_for": acts_for(data)}
    try:
        begun = await backend(request).post(API, said, key=data.get("key"))
    except Refused as refused:
        sheet = await _beginning(request)
        return await ask(request, sheet, data, refused=refused, act="apply", person=None, card=None)
    return go(at(begun["application_id"]))


@get(HERE, **page("staff", "instant.issue"), reader=True)
async def step(request: Ask, application_id: Number) -> Template:
    """Show the next step of a session, and nothing else."""
    return await show_step(request, application_id)


async def show_step(request: Ask, application_id: int, *, refused: Refused | None = None) -> Template:
    """Show where a session stands and what comes next; `refused`: what was refused just now."""
    one = await backend(request).get(f"{API}/{application_id}")
    return show(
        request, "counter/instant.html", one=one, refused=refused, words=words, step=_step(one), here=at(application_id),
        reader=request.app.state.reader, counter=own(request).get("name_zh", ""),
    )  # fmt: skip


def _step(one: Mapping[str, Any]) -> str:
    """Name what comes next: it is in the session's status, and before the blank in the application's."""
    if one["status"] == "begun":
        status: str = one["application"]["status"]
        return {"needs_photo": "photo", "bank_refused": "bank", "account_opened": "blank"}.get(
            status, "account"
        )
    if one["status"] == "handed_over" and not one["to_open"]:
        return "opened"
    return str(one["status"])


def _simple(deed: str) -> Any:
    """Give what a form leads to that asks nothing."""

    @post(f"{HERE}/{deed}", **page("staff", "instant.issue"), reader=True)
    async def simple(request: Ask, application_id: Number, data: Form) -> Response[Any]:
        try:
            await backend(request).post(f"{API}/{application_id}/{deed}", key=data.get("key"))
        except Refused as refused:
            return await show_step(request, application_id, refused=refused)
        return go(at(application_id))

    return simple


def _sheets(deed: str, sheet: Sheet, say: Any) -> tuple[Any, Any]:
    """Give the page of a step that asks something, and what its form leads to."""

    @get(f"{HERE}/{deed}", **page("staff", "instant.issue"))
    async def asked(request: Ask, application_id: Number) -> Template:
        return await _ask(request, application_id)

    @post(f"{HERE}/{deed}", **page("staff", "instant.issue"))
    async def carried_out(request: Ask, application_id: Number, data: Form) -> Response[Any]:
        try:
            await backend(request).post(f"{API}/{application_id}/{deed}", say(data), key=data.get("key"))
        except Refused as refused:
            return await _ask(request, application_id, data, refused)
        return go(at(application_id))

    async def _ask(
        request: Ask, application_id: int, data: Any = None, refused: Refused | None = None
    ) -> Template:
        filled = Sheet(
            sheet.zh,
            sheet.en,
            sheet.fields,
            at(application_id),
            sheet.note,
            danger=sheet.danger,
            acts=sheet.acts,
        )
        act = {"hand-over": "collect", "opening": "open"}.get(deed, "other")
        return await ask(request, filled, data, refused=refused, act=act, person=None, card=None)

    return asked, carried_out


def _handing(data: Mapping[str, str]) -> Any:
    return {
        "id_checked": ticked(data, "id_checked"),
        "signed": ticked(data, "signed"),
        "acts_for": acts_for(data),
    }


def _giving_up(data: Mapping[str, str]) -> Any:
    return {"reason": data.get("reason", ""), "blank_unused": ticked(data, "blank_unused")}


SPOILAGE: Final = Sheet(
    "空白卡作废", "Book the blank as spoiled", (Field("select", "reason", "作废原因", "Why", "", words.SPOILED),), "",
    ("在卡面和芯片处打孔，放入作废卡盒；随后另取一张，同一申请继续", "Punch it, lay it to the spoiled ones; the same application goes on with the next blank"),
    danger=True,
)  # fmt: skip
HANDING: Final = Sheet("交付卡片", "Hand the card over", (CHECKED, SIGNED), "", acts=True)
OPENING: Final = Sheet(
    "开通新卡", "Open the card", (), "",
    ("开通后原卡立即失效，不能恢复", "From this moment the former card is void for good"), acts=True,
)  # fmt: skip
GIVING_UP: Final = Sheet(
    "放弃本次办理", "Give this session up", (
        Field("select", "reason", "原因", "Why", "", words.GIVEN_UP),
        Field("tick", "blank_unused", "空白卡未开始写，放回抽屉", "The blank was not begun: it goes back", required=False),
    ), "", ("已开始写的空白卡计为作废，已制成的卡注销；原卡照常", "A blank that was begun is spoiled, a card that was made is void; the former card is as it was"),
    danger=True,
)  # fmt: skip
HANDLERS = (
    sessions, ask_begin, begin, step, *map(_simple, SIMPLE),
    *_sheets("spoilage", SPOILAGE, lambda data: {"reason": data.get("reason", "")}),
    *_sheets("hand-over", HANDING, _handing),
    *_sheets("opening", OPENING, lambda data: {"acts_for": acts_for(data)}),
    *_sheets("giving-up", GIVING_UP, _giving_up),
)  # fmt: skip
