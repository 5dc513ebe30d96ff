"""Refusals of this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem


class PayrollChangeUnexplained(Problem):
    """Applications were made with the bank chosen before; member `live` says how many of them are under way."""

    slug = "payroll-change-unexplained"
    status = 409
    title_zh = "已按原选定银行申请，改选须说明原因"
    title_en = "Applications were made with the bank chosen before: a change needs a reason"
    remedy_zh = "请在 why 中写明改选原因后重新提交；改选只影响之后的申请，在办的申请仍由原银行办理"
    remedy_en = "Say why in `why` and send it again; the change holds for later applications, those under way stay with their bank"

    def __init__(self, live: int) -> None:
        super().__init__(f"在办 {live} 件 · {live} under way", live=live)


class PayrollBanksTwice(Problem):
    """The same bank was declared twice."""

    slug = "payroll-banks-twice"
    status = 422
    title_zh = "同一家银行申报了两次"
    title_en = "The same bank is declared twice"
    remedy_zh = "每家代发工资银行只填一次"
    remedy_en = "Name each bank that pays wages once"


class CollectionSlotWrong(Problem):
    """The collection ends before it begins, lasts longer than a day, or begins sooner than people can be called."""

    slug = "collection-slot-wrong"
    status = 422
    title_zh = "集中采集的时间不合适"
    title_en = "The time of the collection does not do"
    remedy_zh = "结束须晚于开始，且在同一天之内；开始时间须留出通知员工的时间"
    remedy_en = "It ends after it begins, on the same day, and begins late enough for people to be called"

    @classmethod
    def too_soon(cls, earliest: datetime) -> CollectionSlotWrong:
        """Give the refusal that says from when."""
        at = earliest.astimezone(SHANGHAI)
        return cls(f"最早 {at:%Y-%m-%d %H:%M} · not before that", earliest=at.isoformat())


class CollectionFull(Problem):
    """More people than seats; members `free` and `wanted` say how many."""

    slug = "collection-full"
    status = 409
    title_zh = "名额不足，未通知任何人"
    title_en = "There are fewer seats than people; nobody was called"
    remedy_zh = "请用 limit 分批通知，或另设一场，或先增加本场名额"
    remedy_en = "Call fewer with `limit`, set another collection, or move this one to a larger capacity first"

    def __init__(self, free: int, wanted: int) -> None:
        super().__init__(
            f"剩余 {free}，需要 {wanted} · {free} free, {wanted} wanted", free=free, wanted=wanted
        )


class NobodyToCall(Problem):
    """The list or the applications named are not this employer's with this bank, or their cards have been brought."""

    slug = "nobody-to-call"
    status = 409
    title_zh = "没有可通知的员工"
    title_en = "There is nobody to call"
    remedy_zh = "请核对名单或申请编号：须是该单位批量申请、选定本行且尚未领卡的"
    remedy_en = (
        "Check the list or the applications: the employer's own, with your bank, and the card not brought yet"
    )


class CollectionNotBegun(Problem):
    """The day of the collection has not come."""

    slug = "collection-not-begun"
    status = 409
    title_zh = "集中采集尚未开始"
    title_en = "The collection has not begun"
    remedy_zh = "请在采集当天起登记结果；时间有变的请先改期"
    remedy_en = "Note what came of it from its day on; if it took place earlier, move it first"


class SeatUnknown(Problem):
    """The collection has no seat of this number."""

    slug = "seat-unknown"
    status = 404
    title_zh = "本场没有此名额编号"
    title_en = "This collection has no seat of that number"
    remedy_zh = "请对照本场采集名单核对编号"
    remedy_en = "Check the number against the sheet of this collection"


class SeatNoted(Problem):
    """Something else was noted of this seat before; member `was` says what."""

    slug = "seat-noted"
    status = 409
    title_zh = "此人已登记为其他结果"
    title_en = "Another outcome was noted of this person before"
    remedy_zh = "请以先登记的为准；登记为未到场而本人又来的，请另设一场或请其到所告网点办理"
    remedy_en = "What was noted first stands; one who was missed and came after all goes to the outlet named, or is called again"

    def __init__(self, was: str) -> None:
        super().__init__(was, was=was)


class CollectionIncomplete(Problem):
    """Not everything was taken that the programme asks for; member `missing` names it."""

    slug = "collection-incomplete"
    status = 422
    title_zh = "采集内容不全"
    title_en = "Not everything was taken"
    remedy_zh = "请补齐所列各项后登记为已采集；当场不能补齐的，登记为未办成，本人到网点办理"
    remedy_en = "Take what is named, then note it as done; if it cannot be taken, note it as missed: the person goes to an outlet"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing), missing=list(missing))


class NextOutletWrong(Problem):
    """The outlet named for later is no community centre and none of the bank's outlets, or is not live."""

    slug = "next-outlet-wrong"
    status = 422
    title_zh = "后续办理网点不对"
    title_en = "The outlet named for later does not do"
    remedy_zh = "请填写已上线的社区事务受理服务中心或本行网点代码，或留空以告知其备用网点"
    remedy_en = "Name a live community centre or an outlet of your own bank, or leave it empty for the fallback outlet"


class SheetUnreadable(Problem):
    """The sheet is no CSV with the columns needed, too long, or a cell says nothing that is known; member `row` says where."""

    slug = "sheet-unreadable"
    status = 422
    title_zh = "采集结果表无法读取，未登记任何人"
    title_en = "The sheet cannot be read; nobody was noted"
    remedy_zh = "请下载本场名单，只填写“结果”“采集内容”“后续网点”三列，另存为 CSV（UTF-8 或 GB18030）后上传"
    remedy_en = (
        "Download the sheet, fill in its last three columns only, and save it as CSV (UTF-8 or GB18030)"
    )
