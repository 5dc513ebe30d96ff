"""What stands in a case's history and on its head, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from shebaoka.faces.web.showing import moment

Words = tuple[str, str]
HISTORY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "opened": ("来电，立工单", "A call: the case was opened"),
        "called_again": ("再次来电", "Another call"),
        "topic_set": ("选定主题", "Put on a topic"),
        "identified": ("来电人已核对", "The caller was identified"),
        "identification_failed": ("来电人核对未通过", "The caller could not be identified"),
        "answered": ("已解答", "Answered"),
        "medical_seen": ("查看了医保账户和账单", "Medical accounts and bills were looked at"),
        "timeline_seen": ("查看了办理进度", "The timeline was looked at"),
        "loss_reported": ("已口头挂失", "A card was reported lost"),
        "handed_over": ("转接", "Handed over"),
        "accepted": ("接手", "Accepted"),
        "declined": ("谢绝转接", "The hand-over was declined"),
        "recalled": ("撤回转接", "The hand-over was recalled"),
        "lapsed": ("无人接手，转接退回", "Nobody accepted the hand-over: it came back"),
        "loop_refused": ("再转接会绕圈，已拦下", "A hand-over in circles was refused"),
        "decided": ("卡中心裁定归属", "The card centre decided whose it is"),
        "call_ended": ("通话结束", "The call ended"),
        "resolved": ("办结", "Resolved"),
        "taken": ("坐席领取", "An agent took it"),
        "released": ("坐席退回", "The agent released it"),
        "noted": ("备注", "Note"),
        "waits": ("等待", "It waits"),
        "resumed": ("恢复办理", "Work goes on"),
        "closed": ("关闭", "Closed"),
        "reopened": ("重新打开", "Opened again"),
        "holder_died": ("持卡人已去世", "The holder has died"),
    }
)
"""By the kind of an entry."""
STATUS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "open": ("办理中", "open"),
        "waiting": ("等待中", "waiting"),
        "resolved": ("已办结", "resolved"),
        "closed": ("已关闭", "closed"),
    }
)
LEVEL: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "anonymous": ("未核对", "not identified"),
        "named": ("姓名和证件号码相符", "name and ID number fit"),
        "matched": ("已核对本人", "identified"),
    }
)
WAITING_FOR: Final = (
    ("caller", "来电人补充", "the caller"),
    ("card_centre", "卡中心", "the card centre"),
    ("bank", "银行", "the bank"),
    ("courier", "邮政", "the courier"),
    ("bureau", "制卡厂", "the card bureau"),
    ("community_centre", "社区中心", "the community centre"),
)
GENERATIONS: Final = (
    ("", "正在使用的卡", "the card in use"),
    ("new", "新卡", "the new card"),
    ("old", "老卡", "the old card"),
)
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "apply": ("when", "where", "bank", "documents", "photo", "who_may_act", "fee"),
        "replace": ("lost", "renewal", "documents", "fee", "where"),
        "deliver": ("where_is_my_card", "documents", "who_may_act"),
        "open": ("open", "who_may_act", "old_card"),
        "loss": ("lost", "where", "fee"),
        "social_use": ("old_card", "validity", "whom_to_call"),
        "medical_use": ("old_card", "validity", "whom_to_call"),
        "financial": ("bank", "account_after", "whom_to_call"),
        "other": ("whom_to_call", "where", "when"),
    }
)
"""By topic, what its callers ask first; all other questions follow."""


def told(entry: Mapping[str, Any], topics: Mapping[str, Words], titles: Mapping[str, Words]) -> Words:
    """Give what an entry of a history says. `topics`, `titles`: how topics and questions are called."""
    zh, en = HISTORY.get(entry["kind"], (entry["kind"], entry["kind"]))
    details = [one for one in _details(entry["detail"], topics, titles) if one]
    return "：".join([zh, *(one[0] for one in details)]), ": ".join([en, *(one[1] for one in details)])


def _details(
    detail: Mapping[str, Any], topics: Mapping[str, Words], titles: Mapping[str, Words]
) -> tuple[Words | None, ...]:
    until, waits = detail.get("until"), {code: (zh, en) for code, zh, en in WAITING_FOR}
    return (
        topics.get(detail.get("topic", "")),
        titles.get(detail.get("question", "")),
        LEVEL.get(detail.get("level", "")),
        waits.get(detail.get("waiting_for") or ""),
        (f"至{moment(until)}", f"until {moment(until)}") if until else None,
        _outcome(detail),
    )


def _outcome(detail: Mapping[str, Any]) -> Words | None:
    if "resolved" not in detail:
        return None
    return ("已解决", "done") if detail["resolved"] else ("未解决", "not done yet")


def spoken(number: str) -> str:
    """Write a case's number as one says it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def late_days(due_on: str, on: str) -> int:
    """Give by how many days a case is overdue on a day."""
    return max((date.fromisoformat(on) - date.fromisoformat(due_on)).days, 0)
