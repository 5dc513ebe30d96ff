"""What codes of production, parcels and institutions are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

Words = tuple[str, str]
BATCH: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "open": ("收集中", "open"),
        "closed": ("已封批", "closed"),
        "written": ("已写成，待交接", "written, not handed over"),
        "handed": ("已交制卡中心，待签收", "handed to the bureau"),
        "taken": ("制卡中心已签收", "the bureau has it"),
        "held": ("已停办，待核对", "stopped: look at it"),
        "answered": ("已回盘", "answered"),
        "called_off": ("已撤回", "called off"),
    }
)
DIFFERENCE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "not_ordered": ("未下单的卡", "never ordered"),
        "repeated": ("重复回盘", "answered twice"),
        "late": ("订单已结束后才回盘", "answered after its order had ended"),
        "content_differs": ("内容与订单不符", "differs from the order"),
        "chip_differs": ("芯片与订单不符", "the chip is not as ordered"),
        "receipt_differs": ("签收与所发不符", "the receipt does not fit"),
        "statement_differs": ("数目与明细不符", "the counts do not fit"),
        "file_refused": ("整个文件未能读取", "the whole file was refused"),
    }
)
STEP: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "written": ("写成文件", "file written"),
        "handed": ("交制卡中心", "handed to the bureau"),
        "taken": ("制卡中心签收", "taken by the bureau"),
        "returned": ("回盘", "returned"),
        "accepted": ("核对采用", "accepted"),
        "held": ("停办", "stopped"),
        "released": ("放行", "let go on"),
        "called_off": ("撤回", "called off"),
    }
)
KEYS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "outstanding": ("未报销毁", "not reported destroyed"),
        "destroyed": ("已报销毁", "reported destroyed"),
        "overused": ("使用次数超出", "used too often"),
    }
)
ORDER: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "ordered": ("在制", "being made"),
        "made": ("制成", "made"),
        "failed": ("失败", "failed"),
        "given_up": ("已放弃", "given up"),
    }
)
PARCEL: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "prepared": ("待交寄", "prepared"),
        "dispatched": ("已交寄", "dispatched"),
        "in_transit": ("在途", "in transit"),
        "failed": ("投递未成", "delivery failed"),
        "at_outlet": ("网点待领", "waiting at an outlet"),
        "recalled": ("通知退回", "recalled"),
        "returned": ("已退回", "returned"),
        "delivered": ("已妥投", "delivered"),
        "sent_back": ("网点已退出", "sent back by the outlet"),
        "at_centre": ("卡中心保管", "at the card centre"),
        "collected": ("已领取", "collected"),
        "lost": ("遗失", "lost"),
    }
)
WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "refused": ("邮政拒收", "the courier refused it"),
        "returned": ("已退回", "it was returned"),
        "silent": ("久无消息", "nothing heard for long"),
        "not_sent_back": ("网点未退回", "the outlet has not sent it back"),
        "not_arrived": ("退回途中未到", "sent back and not arrived"),
    }
)
"""Why somebody must look at a parcel; anything else is what became of a message that belongs to none."""
KIND: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "community_centre": ("社区中心", "community centres"),
        "bank": ("银行", "banks"),
        "bank_outlet": ("银行网点", "bank outlets"),
        "hospital": ("医院", "hospitals"),
        "pharmacy": ("药店", "pharmacies"),
    }
)
READINESS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "planned": ("计划中", "planned"),
        "built": ("已建成", "built"),
        "tested": ("已通过测试", "tested"),
        "live": ("已上线", "live"),
        "suspended": ("已暂停", "suspended"),
    }
)


def named(words: Mapping[str, Words], code: str) -> Words:
    """Give what a code is called; one without words is shown as it is."""
    return words.get(code, (code, code))


def plain(value: Any) -> str:
    """Write what a rule asks or decides, as short as it is in its file."""
    match value:
        case None | "":
            return "—"
        case True | False:
            return "是" if value else "否"
        case dict():
            return "；".join(f"{name} {plain(one)}" for name, one in value.items()) or "—"
        case list() | tuple():
            return "、".join(plain(one) for one in value) or "—"
        case _:
            return str(value)
