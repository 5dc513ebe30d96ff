"""What the sets of rules are about, in words: their codes are for programs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RULE_SETS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "eligibility": ("谁可以办卡", "who may have a card"),
        "phase": ("换发处于哪个阶段", "how far the programme is"),
        "pilot": ("试点", "where it was tried first"),
        "group": ("人群划分", "groups of people"),
        "window": ("各人群什么时候换", "when each group changes"),
        "channel": ("各人群到哪里办", "where each group goes"),
        "target": ("完成期限", "by when all should have it"),
        "bank": ("由谁选哪家银行", "who chooses which bank"),
        "documents": ("申请材料", "papers for an application"),
        "due": ("制卡期限", "when a card is due"),
        "fee": ("费用", "fees"),
        "validity": ("卡的有效期", "how long a card is good"),
        "renewal": ("到期换卡", "when a card is renewed"),
        "photo": ("相片从哪里来", "where photos come from"),
        "photo_standard": ("相片标准", "what a photo must be"),
        "photo_consent": ("使用共享相片的同意", "consent to shared photos"),
        "photo_reuse": ("相片重复使用", "how long a photo may be used again"),
        "photo_rejected": ("错误相片的保存", "how long wrong photos are kept"),
        "old_card": ("老卡用到什么时候", "until when old cards are good"),
        "opening": ("哪里可以开通", "where cards are opened"),
        "opening_reminder": ("提醒开通", "reminders to open"),
        "waiting_at_outlet": ("网点待领与退回", "cards that wait at outlets"),
        "authority": ("谁可以代办", "who may act for whom"),
        "pupil_age": ("学生的年龄", "plausible ages of pupils"),
        "pupil_notice": ("学校告知单", "the school's notice"),
        "pupil_online": ("家长网上申请", "guardians apply online"),
        "draft": ("草稿保存多久", "how long drafts are kept"),
        "loss": ("挂失与解挂", "loss reports and lifting them"),
        "temporary_loss": ("临时挂失多久", "how long a temporary report lasts"),
        "loss_undo": ("撤销挂失的时限", "taking a report back"),
        "cancelling": ("注销", "cancelling cards"),
        "account_after": ("注销后的账户", "the account after cancelling"),
        "message": ("短信种类", "kinds of messages"),
        "quiet_hours": ("免打扰时段", "quiet hours"),
        "collection": ("集中采集", "collections at employers"),
        "instant": ("即时补换", "cards replaced on the spot"),
        "blank_stock": ("空白卡存量", "stock of blank cards"),
        "visit": ("谁可以上门服务", "who is visited at home"),
        "visit_terms": ("上门服务安排", "how visits are made"),
        "capture": ("离线采集的时限", "how old offline work may be"),
        "help_line": ("哪条热线负责", "whose line a topic is"),
        "help_due": ("工单期限", "when cases are due"),
        "help_level": ("来电人核对程度", "how well a caller is known"),
        "help_need": ("办事所需核对", "how well one must be known"),
        "help_lock": ("核对失败后暂停", "pause after failed identification"),
        "help_desk": ("工单流转", "how cases move"),
        "readiness": ("机构上线条件", "what institutions need to be live"),
        "readiness_target": ("上线目标", "how many are to be live"),
        "second_factor": ("两步验证", "who needs a second factor"),
    }
)
"""A set without words fails the tests."""
