"""Payouts: lists in, runs drawn by one officer and approved by another, what came back worked off, differences with banks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Template

from shebaoka.faces.web.backend import Refused, new_key
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page
from shebaoka.kit.money import Fen

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
HERE: Final = "/staff/payouts"
ONE: Final = f"{HERE}/runs/{{run_id:int}}"
SEEN: Final = page("staff", "payout.read")
DRAW: Final = page("staff", "payout.draw")
UPLOAD_BYTES_MAX: Final = 4 * 2**20
BENEFITS: Final[Mapping[str, tuple[str, str]]] = {
    "pension": ("养老金", "Pensions"), "unemployment": ("失业保险金", "Unemployment benefits"),
    "work_injury": ("工伤待遇", "Work injury"), "medical": ("医疗报销", "Medical reimbursements"),
}  # fmt: skip
LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "items": ("待发放的待遇", "Benefits that are owed"), "accounts": ("原发放账户", "Accounts that benefits went to before"),
}  # fmt: skip
STATUS: Final[Mapping[str, tuple[str, str]]] = {
    "due": ("待发放", "due"), "in_run": ("发放中", "under way"), "paid": ("已发放", "paid"), "failed": ("退回待处理", "came back"),
    "stopped": ("停发", "stopped"), "drawn": ("待批准", "to be approved"), "approved": ("已批准", "approved"),
    "cancelled": ("已取消", "cancelled"), "sent": ("已送银行", "sent"), "accepted": ("银行已受理", "accepted"),
    "booked": ("已入账", "paid"), "rejected": ("银行拒绝", "rejected"), "returned": ("退回", "came back"),
}  # fmt: skip
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "unknown": ("不是本市的发放", "no payment of ours"), "amount_differs": ("金额不符", "amounts differ"),
    "contradiction": ("前后矛盾", "a contradiction"), "gap": ("缺一份对账单", "a statement is missing"),
}  # fmt: skip
NOT_TEXT: Final = {
    "title": "The file is no text in UTF-8", "title_zh": "文件不是 UTF-8 编码的文本", "remedy_zh": "请选择 .csv 或 .json 文件，用 UTF-8 编码保存",
    "remedy_en": "Choose a .csv or .json file, saved in UTF-8", "errors": [{"field": "file", "message": "请选择文件 · choose a file"}],
}  # fmt: skip


@get(HERE, **SEEN)
async def overview(request: Ask) -> Template:
    """Show how payouts stand, and what an officer does about them."""
    return await _overview(request)


@post(f"{HERE}/lists", request_max_body_size=UPLOAD_BYTES_MAX, **DRAW)
async def take(request: Ask, data: Upload) -> Response[Any]:
    """Take a list in and say what became of each line that is wrong."""
    try:
        name, content = await _text(data.get("file"))
        asked = {"kind": data.get("kind", ""), "name": name, "content": content}
        taken = await backend(request).post(
            "/api/payouts/lists", asked, key=str(data.get("key") or new_key())
        )
    except Refused as refused:
        return await _overview(request, refused)
    return await _overview(request, taken=taken)


@post(f"{HERE}/runs", **DRAW)
async def draw(request: Ask, data: Form) -> Response[Any]:
    """Draw a run up; its page waits for another officer."""
    asked = {"benefit": data.get("benefit", ""), "pay_on": data.get("pay_on", "")}
    try:
        drawn = await backend(request).post("/api/payouts/runs", asked, key=data.get("key"))
    except Refused as refused:
        return await _overview(request, refused)
    return go(f"{HERE}/runs/{drawn['run']['run_id']}")


@get(ONE, **SEEN)
async def run(request: Ask, run_id: FromPath[int]) -> Template:
    """Show a run: its files, sums and payments."""
    return await _run(request, run_id)


@post(f"{ONE}/approval", **page("staff", "payout.approve"))
async def approve(request: Ask, run_id: FromPath[int], data: Form) -> Response[Any]:
    """Approve another officer's run."""
    return await _step(request, run_id, "approval", data)


@post(f"{ONE}/cancellation", **DRAW)
async def cancel(request: Ask, run_id: FromPath[int], data: Form) -> Response[Any]:
    """Cancel a run that is not approved."""
    return await _step(request, run_id, "cancellation", data)


@get(f"{HERE}/due", **SEEN)
async def due(request: Ask) -> Template:
    """Show what is due of a benefit, and why some of it cannot be paid."""
    benefit = request.query_params.get("benefit", "pension")
    benefit = benefit if benefit in BENEFITS else "pension"
    found = await backend(request).get("/api/payouts/due", benefit=benefit)
    return show(request, "payouts/due.html", benefit=benefit, due=found, **_words())


@get(f"{HERE}/returned", **SEEN)
async def returned(request: Ask) -> Template:
    """Show what banks rejected or sent back, to be paid again or stopped."""
    return await _returned(request)


@post(f"{HERE}/returned", **DRAW)
async def work_off(request: Ask, data: Form) -> Response[Any]:
    """Let an item be paid again, or stop it."""
    asked: dict[str, Any] = {"number": data.get("number", ""), "reason": data.get("reason", "").strip()}
    what = "stoppings" if data.get("act") == "stop" else "repayments"
    if what == "repayments":
        asked["same_account"] = "same_account" in data
    try:
        await backend(request).post(f"/api/payouts/{what}", asked, key=data.get("key"))
    except Refused as refused:
        return await _returned(request, refused)
    return go(f"{HERE}/returned?done={what}")


@get(f"{HERE}/differences", **SEEN)
async def differences(request: Ask) -> Template:
    """Show what banks told and we cannot book."""
    return await _differences(request)


@post(f"{HERE}/differences", **DRAW)
async def close(request: Ask, data: Form) -> Response[Any]:
    """Close a difference, with a reason."""
    number = data.get("difference_id", "")
    path = f"/api/payouts/differences/{number if number.isdecimal() else 0}/closing"
    try:
        await backend(request).post(path, {"reason": data.get("reason", "").strip()}, key=data.get("key"))
    except Refused as refused:
        return await _differences(request, refused)
    return go(f"{HERE}/differences?done=closed")


async def _overview(request: Ask, refused: Refused | None = None, taken: Any = None) -> Template:
    found = await backend(request).get("/api/payouts")
    counts = {(one["benefit"], one["status"]): one for one in found["counts"]}
    return show(
        request, "payouts/index.html", refused=refused, found=found, counts=counts, taken=taken,
        columns=("due", "in_run", "paid", "failed", "stopped"), lists=[(one, *LISTS[one]) for one in LISTS],
        options=[(one, *BENEFITS[one]) for one in BENEFITS],
        **_words(),
    )  # fmt: skip


async def _run(request: Ask, run_id: int, refused: Refused | None = None) -> Template:
    ask, cursor = backend(request), request.query_params.get("cursor")
    found = await ask.get(f"/api/payouts/runs/{run_id}")
    payments = await ask.get(f"/api/payouts/runs/{run_id}/payments", cursor=cursor, limit=50)
    return show(request, "payouts/run.html", refused=refused, found=found, payments=payments, **_words())


async def _step(request: Ask, run_id: int, step: str, data: Mapping[str, str]) -> Response[Any]:
    try:
        await backend(request).post(f"/api/payouts/runs/{run_id}/{step}", key=data.get("key"))
    except Refused as refused:
        return await _run(request, run_id, refused)
    return go(f"{HERE}/runs/{run_id}")


async def _returned(request: Ask, refused: Refused | None = None) -> Template:
    cursor = request.query_params.get("cursor")
    found = await backend(request).get("/api/payouts/returned", cursor=cursor, limit=50)
    done = request.query_params.get("done", "")
    return show(request, "payouts/returned.html", refused=refused, found=found, done=done, **_words())


async def _differences(request: Ask, refused: Refused | None = None) -> Template:
    found = await backend(request).get("/api/payouts/differences")
    done = request.query_params.get("done", "")
    return show(request, "payouts/differences.html", refused=refused, found=found, done=done, kinds=KINDS)


async def _text(file: Any) -> tuple[str, str]:
    """Give the name and the text of a file that was sent. Refused for none, or for one that is no text."""
    if not isinstance(file, UploadFile) or not file.filename:
        raise Refused(422, NOT_TEXT)
    try:
        return file.filename[:200], (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(422, NOT_TEXT) from None


def _words() -> dict[str, Any]:
    return {"benefits": BENEFITS, "stands": STATUS, "yuan": lambda fen: Fen(fen).yuan()}


HANDLERS: Final = (
    overview, take, draw, run, approve, cancel, due, returned, work_off, differences, close,
)  # fmt: skip
MENU: Final = (Menu(HERE, "待遇发放", "Payouts", "payout.read"),)
