"""What the pages of visits call things; the interface says them as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shebaoka.faces.web.pages.counter import words as counter

Words = tuple[str, str]
STATUS: Final[Mapping[str, tuple[str, str, str]]] = {
    "requested": ("待安排", "to be planned", "care"), "planned": ("已安排", "planned", ""),
    "not_met": ("未遇，待再约", "not met, to be planned again", "care"), "done": ("已办结", "done", "good"),
    "refused": ("不符合条件", "not visited", "wrong"), "given_up": ("多次未遇，已停止", "given up", "wrong"),
    "cancelled": ("已取消", "cancelled", "wrong"),
}  # fmt: skip
SLOT: Final[Mapping[str, Words]] = {"morning": ("上午", "morning"), "afternoon": ("下午", "afternoon")}
TASK: Final[Mapping[str, Words]] = {
    "apply": ("受理申请", "take in an application"),
    "open": ("开通新卡", "open the new card"),
}
GROUND: Final[Mapping[str, Words]] = {
    "very_old": ("高龄", "very old"), "mobility": ("行动不便", "can hardly leave home"), "none": ("无", "none"),
}  # fmt: skip
DOCUMENTS: Final[Mapping[str, tuple[Words, ...]]] = {
    "apply": (("本人身份证件原件", "the holder's identity document"), ("一张白底相片，或当场拍摄", "a photo on white, or one taken there")),
    "open": (("本人身份证件原件", "the holder's identity document"), ("寄到的新卡", "the new card that came by post")),
}  # fmt: skip
REPRESENTED: Final = (
    "见证委托：由两名工作人员上门，带授权委托书，查验代办人证件",
    "An authorisation is witnessed: two go, with its form, and see the agent's document",
)
CANCEL: Final = (
    ("moved_away", "已搬离", "has moved away"), ("done_elsewhere", "已在别处办理", "had it done elsewhere"),
    ("not_wanted", "不再需要", "wishes it no more"),
)  # fmt: skip
SITE: Final[Mapping[str, Words]] = {"station": ("企业驻点", "station"), "stall": ("便民摊点", "stall")}
KIND: Final[Mapping[str, Words]] = {
    "application": ("受理的申请", "an application"), "opening": ("开通的卡", "an opening"),
    "visit_outcome": ("上门结果", "how a visit went"),
}  # fmt: skip
CAPTURE: Final[Mapping[str, tuple[str, str, str]]] = {
    "conflict": ("有冲突", "conflict", "care"), "held": ("待核实", "held", "care"), "refused": ("被拒", "refused", "wrong"),
}  # fmt: skip
DEVICE: Final[Mapping[str, tuple[str, str, str]]] = {
    "active": ("可用", "works", "good"),
    "blocked": ("已停用", "blocked", "wrong"),
}
FIELDS: Final[Mapping[str, Words]] = {
    "id_number": ("证件号码", "ID number"), "name": ("姓名", "Name"), "mobile": ("手机", "Mobile"), "address": ("地址", "Address"),
    "bank": ("银行", "Bank"), "fallback_outlet": ("备用网点", "Fallback outlet"), "card_number": ("卡号", "Card number"),
    "functions": ("开通的功能", "Functions"), "outcome": ("上门结果", "Outcome"), "attempt": ("第几次上门", "Attempt"),
    "reason": ("原因", "Reason"), "replacement": ("补换原因", "Why replaced"), "signature": ("签名", "Signature"),
    "shared_photo": ("同意使用已有相片", "Consent to a photo that is held"), "acts_for": ("代办人", "Who acts"),
    "application": ("已有的申请", "The application there is"), "card": ("卡", "Card"), "visit": ("上门", "Visit"),
    "died_on": ("去世日期", "Died on"), "applied_on": ("受理日期", "Taken in on"), "channel": ("渠道", "Channel"),
    "status": ("状态", "Status"), "social": ("社会保障功能", "Social"), "financial": ("金融功能", "Financial"),
    "social_opened_at": ("开通时间", "Opened at"), "void_at": ("失效时间", "Void since"), "since": ("时间", "Since"),
    "application_id": ("回执号", "Receipt"), "visit_id": ("上门编号", "Visit"), "loss": ("挂失", "Reported lost"),
}  # fmt: skip


VALUES: Final[Mapping[str, str]] = {
    code: said[0] for some in (counter.SOCIAL, counter.FINANCIAL, counter.CHANNEL, counter.STATUS, STATUS) for code, said in some.items()
}  # fmt: skip


def named(field: str) -> Words:
    """Give what a field of an item is called; one that has no name keeps its own."""
    return FIELDS.get(field, (field, field))


def lines(said: object) -> list[tuple[Words, str]]:
    """Give what was said as lines of a name and a value; what lies deeper stands on lines of its own."""
    found: list[tuple[Words, str]] = []
    for field, value in said.items() if isinstance(said, Mapping) else ():
        if isinstance(value, Mapping):
            found += [
                ((f"{named(field)[0]} · {zh}", f"{named(field)[1]}: {en}"), text)
                for (zh, en), text in lines(value)
            ]
        elif value not in (None, "", [], {}):
            found.append(
                (named(field), "、".join(map(str, value)) if isinstance(value, list) else str(value))
            )
    return found


def plain(value: object) -> str:
    """Give a value in words, where it is one that has any."""
    if isinstance(value, list):
        return "、".join(plain(one) for one in value)
    return VALUES.get(str(value), str(value))
