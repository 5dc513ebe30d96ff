"""What a clerk would read aloud, in Chinese and in English. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from shebaoka.registry.programme.model import Bank, BankChoice, Documents, Reason, When, Where

CHANNEL_ZH: Final = MappingProxyType(
    {"bank_outlet": "服务银行网点", "community_centre": "社区事务受理服务中心", "online": "网上服务平台", "employer": "用人单位名册"}
)  # fmt: skip
CHANNEL_EN: Final = MappingProxyType(
    {"bank_outlet": "a service bank's outlet", "community_centre": "a community centre", "online": "the online platform",
     "employer": "the employer's roster"}
)  # fmt: skip

Pair = tuple[str, str]
"""A sentence in Chinese and in English."""


def reason(why: Reason) -> Pair:
    """Say why a rule decided; this function will close each sentence."""
    return f"{why.reason_zh}。", f"{why.reason_en}."


def window(when: When, on: date, *, begun: bool) -> Pair:
    """Say when, and whether it is now; once the programme has begun, a window never refuses anybody."""
    span_zh = f"{_zh(when.from_)}起" if when.to is None else f"{_zh(when.from_)}至{_zh(when.to)}"
    span_en = f"from {when.from_}" if when.to is None else f"from {when.from_} to {when.to}"
    if when.open_today:
        return f"换发时间：{span_zh}，今天即可办理。", f"Window: {span_en}; it is open today."
    state_zh, state_en = ("尚未开始", "not open yet") if on < when.from_ else ("已过", "over")
    if not begun:
        return f"换发时间：{span_zh}，今天{state_zh}。", f"Window: {span_en}, {state_en} today."
    return (
        f"换发时间：{span_zh}，今天{state_zh}；时间段只作引导，到柜面都会受理。",
        f"Window: {span_en}, {state_en} today; it only steers, a counter serves you all the same.",
    )


def channels(where: Where) -> Pair:
    """Say where; this function will name the main channel first, then those that are always possible."""
    others = [channel for channel in where.also if channel != where.channel]
    zh, en = f"主要渠道：{CHANNEL_ZH[where.channel]}", f"Main channel: {CHANNEL_EN[where.channel]}"
    if not others:
        return f"{zh}。", f"{en}."
    also_zh = "、".join(CHANNEL_ZH[channel] for channel in others)
    return (
        f"{zh}；也可以到{also_zh}。",
        f"{en}; also {' or '.join(CHANNEL_EN[channel] for channel in others)}.",
    )


def bank(choice: BankChoice, why: Reason) -> Pair:
    """Say which bank; this function will name the banks that are suggested."""
    zh, en = reason(why)
    if not choice.suggested:
        return zh, en
    return f"{zh}建议：{_names_zh(choice.suggested)}。", f"{en} Suggested: {_names_en(choice.suggested)}."


def card(valid_until: date | None, due_on: date) -> Pair:
    """Say how long a card lasts that is applied for today, and by when it is made; this function will give dates."""
    zh = "长期有效" if valid_until is None else f"有效至{_zh(valid_until)}"
    en = "without end" if valid_until is None else f"until {valid_until}"
    return (
        f"今天申请并核验通过的，新卡{zh}，最迟{_zh(due_on)}制成。",
        f"Applied for and verified today, the new card is good {en} and made by {due_on}.",
    )


def papers(documents: Documents, why: Reason) -> Pair:
    """Say who acts and what to bring; this function will list every paper."""
    zh, en = reason(why)
    return (
        f"{zh}请携带：{'、'.join(documents.documents_zh)}。",
        f"{en} Please bring: {'; '.join(documents.documents_en)}.",
    )


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _names_zh(banks: Sequence[Bank]) -> str:
    return "、".join(bank.name_zh for bank in banks)


def _names_en(banks: Sequence[Bank]) -> str:
    return ", ".join(bank.name_en for bank in banks)
