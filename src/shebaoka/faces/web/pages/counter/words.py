"""What the counter's pages call things; the interface says them as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]
STATUS: Final[Mapping[str, Words]] = {
    "submitted": ("已受理，待核验", "taken in, to be verified"), "verified": ("已核验", "verified"),
    "needs_photo": ("待补相片", "needs a photo"), "photo_ready": ("相片齐全，待开户", "photo there, account to be opened"),
    "account_opened": ("已开户，待制卡", "account open, to be made"), "bank_refused": ("银行未能开户，待另选银行", "the bank refused"),
    "in_production": ("制卡中", "being made"), "made": ("已制成，待寄送", "made, to be posted"),
    "dispatched": ("寄送中", "in the post"), "at_outlet": ("在网点待领", "waits at an outlet"),
    "at_centre": ("卡中心保管", "kept at the card centre"), "received": ("已领取，待开通", "received, to be opened"),
    "completed": ("已开通，办结", "open, done"), "rejected": ("已终止", "ended"), "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip
CHANNEL: Final[Mapping[str, Words]] = {
    "bank_outlet": ("银行网点", "a bank's outlet"), "community_centre": ("社区事务受理服务中心", "a community centre"),
    "online": ("网上", "online"), "employer": ("单位或学校", "an employer or school"),
}  # fmt: skip
GENERATION: Final[Mapping[str, Words]] = {"old": ("老卡", "old card"), "new": ("新卡", "new card")}
SOCIAL: Final[Mapping[str, Words]] = {
    "unopened": ("未开通", "not open"), "lost_unopened": ("未开通，已挂失", "not open, reported lost"),
    "open": ("可用", "good"), "suspended": ("已挂失", "reported lost"), "void": ("已失效", "void"),
}  # fmt: skip
FINANCIAL: Final[Mapping[str, Words]] = {
    "none": ("无", "none"), "unopened": ("未开通", "not open"), "lost_unopened": ("未开通，已挂失", "not open, reported lost"),
    "open": ("可用", "good"), "suspended": ("已挂失", "reported lost"), "closed": ("已销户", "closed"),
}  # fmt: skip
STANDING: Final[Mapping[str, Words]] = {
    "waiting": ("待领", "waiting"), "overdue": ("逾期未领", "overdue"), "recalled": ("应退回卡中心", "to be sent back"),
    "at_centre": ("卡中心保管", "kept at the card centre"),
}  # fmt: skip
CHOOSER: Final[Mapping[str, Words]] = {
    "applicant": ("由本人选择", "the applicant chooses"), "employer": ("由单位选定", "the employer chooses"),
    "guardian": ("由监护人选择", "the guardian chooses"),
}  # fmt: skip
REPLACEMENT: Final = (
    ("lost", "遗失", "lost"), ("damaged", "损坏", "damaged"), ("unreadable", "无法读取", "cannot be read"),
    ("worn", "磨损", "worn"), ("data_changed", "信息变更", "data have changed"), ("expiring", "即将到期", "about to expire"),
    ("expired", "已到期", "expired"), ("photo_wrong", "相片有误", "wrong photo"),
)  # fmt: skip
FLAW: Final = (
    ("another_person", "是他人的相片", "another person's"), ("unlike", "与本人不像", "does not look like the holder"),
    ("outdated", "过旧", "too old"), ("spoiled", "破损或不清晰", "spoiled or not clear"),
)  # fmt: skip
ENTITLEMENT: Final = (
    ("moved_away", "户籍迁出本市", "moved away"), ("settled_abroad", "出国定居", "settled abroad"),
    ("insurance_ended", "终止参保", "insurance has ended"),
)  # fmt: skip
MOBILITY: Final = (
    ("disability_certificate", "残疾人证", "disability certificate"), ("medical_certificate", "医院证明", "medical certificate"),
    ("care_assessment", "老年照护评估", "care assessment"),
)  # fmt: skip
LOSS: Final = (
    ("formal", "书面挂失（长期有效）", "formal, without end"), ("temporary", "口头挂失（到期自动解除）", "temporary, ends by itself"),
)  # fmt: skip
SPOILED: Final = (
    ("misprinted", "印刷错误", "misprinted"), ("chip_dead", "芯片无响应", "the chip is dead"),
    ("damaged", "破损", "damaged"), ("faulty", "来料不良", "faulty"),
)  # fmt: skip
FINANCIAL_REPORT: Final = (
    ("suspend", "已挂失", "suspended"), ("lift", "已解挂", "restored"), ("close", "已销户", "closed"),
)  # fmt: skip
BY: Final = (
    ("holder", "本人", "the holder"),
    ("guardian", "监护人", "the guardian"),
    ("agent", "代办人", "an agent"),
)
MOVEMENT: Final[Mapping[str, Words]] = {
    "received": ("领入", "received"), "taken": ("取用", "taken"),
    "put_back": ("放回", "put back"), "used": ("制成", "made into a card"), "spoiled": ("作废", "spoiled"), "returned": ("退回", "returned"),
    "corrected": ("更正", "corrected"), "counted": ("盘点差额", "difference booked"),
}  # fmt: skip
GIVEN_UP: Final = (
    ("holder_left", "持卡人离开", "the holder left"), ("bank_silent", "银行无答复", "the bank is silent"),
    ("no_blanks", "没有空白卡", "no blanks"), ("machine_broken", "设备故障", "the machine is broken"), ("mistake", "受理有误", "a mistake"),
)  # fmt: skip
INSTANT_STEPS: Final = (
    ("开户", "Account"), ("取卡", "Blank"), ("写卡", "Write"), ("交付", "Hand over"), ("开通", "Open"),
)  # fmt: skip
INSTANT_AT: Final = {
    "photo": 0,
    "bank": 0,
    "account": 0,
    "blank": 1,
    "blank_taken": 2,
    "made": 3,
    "handed_over": 4,
    "opened": 5,
}
INSTANT: Final[Mapping[str, Words]] = {
    "begun": ("已受理", "begun"), "blank_taken": ("已取空白卡", "blank taken"), "made": ("已制成，待交付", "made, to be handed over"),
    "handed_over": ("已交付，待开通", "handed over, to be opened"),
}  # fmt: skip
