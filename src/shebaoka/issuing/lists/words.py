"""How it stands with a row, said to whoever handed it in: in plain words, with what is to be done next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shebaoka.issuing.applications.errors import ApplicationExists, CardExists
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.lists.model import REPEATS, Standing

TO_MEND: Final = "to_mend"
MENDED: Final = "mended"
REPEATED: Final = "repeated"
ELSEWHERE: Final = "elsewhere"
HAS_ALREADY: Final = frozenset({ApplicationExists.slug, CardExists.slug})


@dataclass(frozen=True, slots=True)
class Said:
    """A status as people read it, and the next step."""

    status: str
    zh: str
    en: str
    next_zh: str
    next_en: str


NOTHING: Final = ("无须办理", "Nothing to do")
PLAIN: Final[dict[str, tuple[str, str, str, str]]] = {
    Status.SUBMITTED: ("已受理，等待核验", "Taken in, to be verified", *NOTHING),
    Status.VERIFIED: ("已核验，正在取得相片", "Verified; the photo is being fetched", *NOTHING),
    Status.NEEDS_PHOTO: ("缺少相片", "A photo is missing", "请本人到备用网点拍照", "The employee has one taken at the fallback outlet"),
    Status.PHOTO_READY: ("相片已齐，等待银行开户", "The photo is there; the bank is to open the account", *NOTHING),
    Status.ACCOUNT_OPENED: ("已开户，等待制卡", "The account is open; the card is to be made", *NOTHING),
    Status.BANK_REFUSED: ("银行未能开户", "The bank did not open an account", "请本人另选一家服务银行",
                          "The employee chooses another service bank"),
    Status.IN_PRODUCTION: ("正在制卡", "The card is being made", *NOTHING),
    Status.MADE: ("卡片已制成，等待寄出", "The card is made and will be sent", *NOTHING),
    Status.DISPATCHED: ("卡片已寄出", "The card is on its way", "请本人凭身份证件签收", "The employee signs for it with an ID document"),
    Status.AT_OUTLET: ("卡片在备用网点", "The card waits at the fallback outlet", "请本人凭身份证件领取",
                       "The employee collects it with an ID document"),
    Status.AT_CENTRE: ("卡片由卡中心保管", "The card is kept at the card centre", "请本人申请重新寄送，或携带证件前往领取",
                       "The employee asks to have it sent again, or collects it there with an ID document"),
    Status.RECEIVED: ("已领卡，尚未开通", "Received, not open yet", "请本人开通新卡", "The employee opens the new card"),
    Status.COMPLETED: ("新卡已开通", "The new card is open", *NOTHING),
    Status.REJECTED: ("申请已终止", "The application has ended", "请本人携带身份证件到社区事务受理服务中心咨询",
                      "The employee asks at a community centre, with an ID document"),
    Status.WITHDRAWN: ("申请已撤回", "Withdrawn", "仍需办理的，可再次报送", "Send the row again if a card is still wanted"),
    ELSEWHERE: ("本人已通过其他渠道申请或已有新卡", "Applied for through another channel, or has a new card", *NOTHING),
    MENDED: ("已改正重报并通过", "Corrected, sent again and passed", *NOTHING),
}  # fmt: skip
"""Said to an employer or an outlet: status and next step, Chinese and English."""


def said(row: Standing) -> Said:
    """Say how it stands with a row, going by the application where there is one, else by why the row made none."""
    if row.application is not None:
        return _plain(row.application.status)
    assert row.failed, "a row without an application was refused"
    if row.failed.mended:
        return _plain(MENDED)
    failed = row.failed
    if failed.reason in HAS_ALREADY:
        return _plain(ELSEWHERE)
    if failed.reason in REPEATS:
        return Said(REPEATED, failed.reason_zh, failed.reason_en, *NOTHING)
    return Said(
        TO_MEND,
        f"退回：{failed.reason_zh}",
        f"Sent back: {failed.reason_en}",
        failed.remedy_zh,
        failed.remedy_en,
    )


def _plain(status: str) -> Said:
    return Said(str(status), *PLAIN[status])
