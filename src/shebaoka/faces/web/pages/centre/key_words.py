"""What codes of card keys are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from shebaoka.faces.web.pages.centre.words import Words

KIND: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "generate": ("生成根密钥", "generate a root"),
        "import": ("导入密钥", "take a key in"),
        "derive": ("派生", "derive"),
        "put_in_force": ("启用", "put in force"),
        "destroy": ("销毁", "destroy"),
    }
)
DOES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "generate": (
            "批准后在密钥库内生成新一版的根密钥，无人看到它；纸面只记校验值。",
            "Once approved, the store makes the root of a new version; nobody sees it, paper has its check value only.",
        ),
        "import": (
            "上级下发的密钥分成两个分量，两位管理员各持一个信封、各输入一个，在密钥库内合成；谁也看不到整钥。",
            "A key from above comes as two components: each officer enters the one of their envelope, and the store puts them together; neither sees the whole.",
        ),
        "derive": (
            "批准后由根密钥算出城市密钥和应用密钥。",
            "Once approved, the city's key and the application keys are derived.",
        ),
        "put_in_force": (
            "批准后新制的卡都用这一版；现用的一版转为原用，继续用于已发出的卡。",
            "Once approved, new cards get this version; the one in force becomes a former one, which cards in the field keep.",
        ),
        "destroy": (
            "批准后从密钥库中删除这一版的全部密钥，不能恢复：用这一版制的卡从此读不出、验不了。备份须另行销毁。",
            "Once approved, all keys of this version leave the store for good: cards made with it can be neither read nor checked any more. Destroy the backups, too.",
        ),
    }
)
VERSION: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "created": ("待派生", "to be derived"),
        "ready": ("待启用", "to be put in force"),
        "in_force": ("现用", "in force"),
        "former": ("原用", "former"),
        "destroyed": ("已销毁", "destroyed"),
    }
)
CEREMONY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "opened": ("待另一位管理员批准", "waits for another officer"),
        "done": ("已完成", "done"),
        "withdrawn": ("已撤回", "withdrawn"),
        "lapsed": ("逾期失效", "lapsed"),
    }
)
HAND_OUT: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "outstanding": ("未确认销毁", "not confirmed"),
        "overused": ("已销毁，超用", "destroyed, used too often"),
        "destroyed": ("已确认销毁", "destroyed"),
    }
)
PURPOSE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "read": ("读卡", "reading"),
        "check": ("验卡", "checking"),
        "personalise": ("当场制卡", "made on the spot"),
        "unblock": ("重置密码", "PINs reset"),
        "bureau": ("制卡中心", "the card bureau"),
    }
)
NUMBER: Final[Mapping[int, Words]] = MappingProxyType(
    {
        0x00: ("传输密钥", "transport"),
        0x01: ("内部认证密钥", "card's own"),
        0x04: ("写密钥", "writing"),
        0x06: ("解锁密钥", "unblocking"),
        0x0A: ("读密钥", "reading"),
        0x0C: ("识别码密钥", "identification code"),
    }
)
RECORD: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "ceremony_opened": ("发起", "opened"),
        "ceremony_approved": ("批准并执行", "approved and carried out"),
        "ceremony_withdrawn": ("撤回", "withdrawn"),
        "ceremony_lapsed": ("逾期失效", "lapsed"),
    }
)
FACT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "component": "分量校验值 component",
        "expected": "整钥校验值 whole key",
        "reason": "事由 reason",
        "checks": "校验值 check values",
    }
)
"""What of a record is told beside who and when; the rest stands at the head of the page."""


def key_of(level: str, number: int) -> Words:
    """Name a key."""
    return {"root": ("根密钥", "root"), "city": ("城市密钥", "city")}.get(level) or NUMBER.get(
        number, (f"密钥 {number:02X}", "key")
    )


def told(facts: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Give what a record tells, line by line."""
    return [(name, _lines(facts[code])) for code, name in FACT.items() if facts.get(code)]


def _lines(said: Any) -> list[str]:
    if not isinstance(said, Mapping):
        return [str(said)]
    named = []
    for name, check in said.items():
        _, _, level, number = name.split(".")
        named.append(f"{key_of(level, int(number))[0]} {check}")
    return named
