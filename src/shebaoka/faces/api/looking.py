"""What looks at a person there are, said to the person: which audit facts count, and in which words."""

from __future__ import annotations

import re
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

LOOKS: Final = MappingProxyType(
    {
        "applicant.seen": ("查看申请办理情况", "looked at how an application goes"),
        "audit.facts_seen": ("审计人员查阅审计记录", "an auditor looked at the audit log about you"),
        "bank_account.seen": ("查看卡上账户", "looked at the accounts on your cards"),
        "capture.revealed": ("查看离线受理的完整内容", "opened what was captured without a network"),
        "capture.seen": ("查看离线受理记录", "looked at what was captured without a network"),
        "card.chip_seen": ("核验社保卡芯片", "checked whether a card's chip is yours"),
        "card.face_seen": ("查看卡面", "looked at the face of the card"),
        "card.looked_at": ("核验社保卡是否有效", "checked whether the card is good"),
        "card.seen": ("监护人查看您的卡", "a guardian looked at your cards"),
        "card.unopened_listed": ("查看待开通卡名单", "listed cards that are not open yet"),
        "collection.seats_seen": ("查看单位集中采集名单", "listed who comes to a collection at an employer"),
        "cross_province.seen": (
            "查看异地就医备案",
            "looked at your registrations for care in another province",
        ),
        "settlement.person_seen": (
            "医院或药店查询您的参保和结算信息",
            "a hospital or pharmacy looked at your insurance and settlements",
        ),
        "draft.seen": ("查看未提交的申请草稿", "looked at a draft of an application"),
        "ecard.seen": ("核验电子社保卡", "checked your electronic card"),
        "family.seen": ("监护人查看您的办理情况", "a guardian looked at how far you are"),
        "help.answered": ("热线答复咨询", "a hotline answered a question about you"),
        "help.case_found": ("热线查找工单", "a hotline looked for a case"),
        "help.case_seen": ("热线查看工单", "a hotline looked at a case"),
        "help.identified": ("热线核对来电人身份", "a hotline checked who called"),
        "help.medical_seen": (
            "热线查看医保账户和账单",
            "a hotline looked at your medical accounts and bills",
        ),
        "help.timeline_seen": ("热线查看办理经过", "a hotline looked at what happened"),
        "identity.asked_about": ("核验持卡人身份", "asked who you are, by your card"),
        "identity.requests_seen": ("监护人查看身份核验记录", "a guardian looked at who asked who you are"),
        "identity.revealed": ("查看完整姓名、证件号码和地址", "saw name, ID number and address in full"),
        "insurance.seen": ("查看参保和个人账户", "looked at your medical insurance and its accounts"),
        "ledger.statement_seen": ("查看个人账户明细", "looked at what happened at your personal accounts"),
        "settlement.message_seen": ("查看一笔医保结算", "looked at a settlement of yours"),
        "settlement.visit_seen": ("查看一次就诊及其费用", "looked at a visit of yours and its bill"),
        "settlement.visits_seen": ("查看就诊和医保结算", "looked at your visits and settlements"),
        "message.inbox_seen": ("查看站内消息", "looked at messages"),
        "order.looked_at": ("查看制卡情况", "looked at how the card is made"),
        "parcel.label_seen": ("查看寄送信息", "saw where the card is sent"),
        "parcel.looked_at": ("查看卡片寄送情况", "looked at where the card is"),
        "payout.due_listed": ("查看待发放名单", "listed benefits that are due, yours among them"),
        "payout.person_seen": ("查看待遇发放记录", "looked at the benefits paid to you"),
        "payout.returned_listed": ("查看退回的待遇", "listed benefits that came back, yours among them"),
        "payout.run_seen": ("查看发放批次明细", "looked at the payments of a run, yours among them"),
        "person.asked_about": (
            "按证件号码办理业务，未办成",
            "asked about you by ID number; nothing was done",
        ),
        "person.looked_up": ("按证件号码查找", "found you by ID number"),
        "photo.provenance_seen": ("查看相片来源", "looked at where the photo comes from"),
        "photo.seen": ("查看相片", "looked at the photo"),
        "programme.explained": ("查询换卡安排", "asked when and where you change the card"),
        "proxy_acts.seen": ("查看代办记录", "looked at what others did for you"),
        "looks.seen": ("监护人查看查询记录", "a guardian looked at this list"),
        "visit.revealed": ("查看上门联系方式", "opened whom to call and where to go for a visit at home"),
        "visit.route_seen": ("查看上门服务路线", "looked at the day's visits at home"),
        "visit.seen": ("查看上门服务安排", "looked at a visit at home"),
    }
)
"""By the fact's action, in Chinese and English; a test holds that no look is missing."""
NUMBERS: Final = re.compile(r"[0-9Xx*]{5,}")
"""What may be somebody's number in a reason that a clerk has typed."""


def purpose(reason: str, names: Collection[str]) -> str:
    """Give a reason as its person may read it: no clerk's name stands in it, nor anybody's number."""
    shown = NUMBERS.sub("*****", reason)
    for name in filter(None, names):
        shown = shown.replace(name, "**")
    return shown
