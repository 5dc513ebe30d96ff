"""What a holder is told of an application and a card, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]
STANDS: Final[Mapping[str, Words]] = {
    "submitted": ("已提交，正在核验身份和资格", "Handed in; identity and entitlement are being verified"),
    "verified": ("已核验，正在调取相片", "Verified; the photo is being fetched"),
    "needs_photo": ("缺少相片", "A photo is missing"),
    "photo_ready": ("相片已备妥，等待银行开户", "The photo is there; the bank is to open the account"),
    "account_opened": ("账户已开立，等待制卡", "The account is open; the card is to be made"),
    "bank_refused": ("银行未能开户", "The bank did not open an account"),
    "in_production": ("正在制卡", "The card is being made"),
    "made": ("已制成，等待寄出", "Made, and to be sent"),
    "dispatched": ("已寄出", "Sent"),
    "at_outlet": ("已到备用网点，等您领取", "At the fallback outlet, waiting for you"),
    "at_centre": ("已退回卡中心", "Back at the card centre"),
    "received": ("已领到，尚未开通", "Received, not open yet"),
    "completed": ("已开通，办理完毕", "Open: all is done"),
    "rejected": ("未通过或已终止", "Not accepted, or ended"),
    "withdrawn": ("已撤回", "Withdrawn"),
}
"""How an application stands, by its status."""
WHERE: Final[Mapping[str, Words]] = {
    "in_production": ("制卡单位", "at the card bureau"),
    "made": ("卡中心，即将寄出", "at the card centre, to be sent"),
    "dispatched": ("邮寄途中", "in the post"),
    "at_outlet": ("备用网点", "at the fallback outlet"),
    "at_centre": ("卡中心保管", "kept at the card centre"),
    "received": ("在您手中", "with you"),
    "completed": ("在您手中", "with you"),
}
"""Where a card is, once there is one."""
NOT_MADE: Final[Words] = ("尚未制作", "not made yet")
CARD: Final[Mapping[str, tuple[str, str, str]]] = {
    "unopened": ("care", "未开通", "not open"),
    "lost_unopened": ("wrong", "未开通，已挂失", "not open, reported lost"),
    "open": ("good", "有效", "good"),
    "suspended": ("wrong", "已挂失", "reported lost"),
    "void": ("wrong", "已作废", "void"),
}
"""How a card stands: the badge's colour and its words."""
GENERATION: Final[Mapping[str, Words]] = {"old": ("老卡", "old card"), "new": ("新卡", "new card")}
DONE: Final[Mapping[str, Words]] = {
    "nothing": ("与现有信息相同，没有改动", "It is as it was: nothing was changed"),
    "this_card": ("已更改，卡片将寄往新地址", "It is changed: the card goes there"),
    "asked": ("卡片已交邮政，正在请邮政改寄；结果将以消息告知", "The courier has the card and is asked to take it there; a message tells of the answer"),
    "next_sending": ("已更改，用于下一次寄送", "It is changed for the next sending"),
    "again": ("已申请重新寄送，寄出后会发消息告知", "It is sent again; a message tells when it is on its way"),
    "replaced": ("补换卡申请已提交", "The application for another card is handed in"),
    "preferences": ("已保存", "Saved"),
    "read": ("已全部标为已读", "All are marked as read"),
}  # fmt: skip
"""What has just been done, by the word that the address carries."""
REDIRECTS: Final[Mapping[str, Words]] = {
    "asked": ("已请邮政改寄，等待答复", "The courier is asked to take it elsewhere"),
    "accepted": ("邮政同意改寄", "The courier takes it elsewhere"),
    "refused": ("邮政不能改寄，送不到时转备用网点", "The courier does not take it elsewhere; it goes to the fallback outlet if nobody is met"),
    "too_late": ("改寄太晚，邮件已到", "Too late: it has arrived"),
    "dropped": ("邮件已到，不再改寄", "It has arrived and is not taken elsewhere"),
}  # fmt: skip
"""What became of a wish to send the card elsewhere while it was on its way."""
