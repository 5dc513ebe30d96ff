"""Roles as data: what each may do, and how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shebaoka.kit.actor import Actor
from shebaoka.registry.institutions.model import KINDS, RELYING
from shebaoka.registry.staff.errors import Forbidden


class Scope(StrEnum):
    """How far a permission goes; README says what each means."""

    SELF = "self"
    OWN = "own"
    ALL = "all"


class Holder(StrEnum):
    """Who may hold a role."""

    STAFF = "staff"
    CLIENT = "client"
    RESIDENT = "resident"
    PROCESS = "process"


SELF, OWN, ALL = Scope.SELF, Scope.OWN, Scope.ALL

PERMISSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "application.apply": ("代为或自行申请", "apply for a card"),
    "application.read": ("查看申请", "see applications"),
    "application.withdraw": ("撤回申请", "withdraw an application"),
    "application.choose_bank": ("银行拒绝后另选银行", "choose another bank after a refusal"),
    "application.correct": (
        "更正联系方式、更改寄送地址和备用网点、申请重寄",
        "correct mobile and address, change where the card goes, have it sent again",
    ),
    "photo.bring": ("提交、检查、更换相片", "bring, check and replace a photo"),
    "photo.read": ("查看相片及其来源", "look at a photo and where it comes from"),
    "photo.consent": ("记录对使用共享相片的同意或撤回", "note consent to shared photos, or its withdrawal"),
    "card.open": ("开通卡片功能", "open functions of a card"),
    "card.read": ("查看卡片", "see a person's cards"),
    "card.standing": ("核验卡片当前是否有效", "ask whether a card is good now"),
    "card.prove_reader": (
        "读写卡：领取向卡片证明终端的凭证",
        "take tickets by which a terminal proves itself to a card",
    ),
    "card.reset_pin": (
        "当面核对证件后重置卡片密码",
        "reset the PIN of a card, the holder's document having been seen",
    ),
    "card.check_chip": (
        "验卡：核验芯片真伪和卡片状态",
        "check whether a chip is the card it claims to be, and good",
    ),
    "cross_province.register": (
        "办理异地就医备案",
        "register for care in another province, and see registrations",
    ),
    "benefit.read": (
        "查看医保账户、账单和缴费",
        "see medical accounts, bills and contributions",
    ),
    "cross_province.ask": (
        "代其他省份询问本市参保人的住院结算",
        "ask, for other provinces, what we pay for ours in their hospitals",
    ),
    "ecard.show": ("出示电子社保卡", "show the electronic card"),
    "status_list.read": (
        "取用离线终端的卡片状态名单",
        "fetch the status list for terminals that lose the network",
    ),
    "card.report_loss": ("挂失", "report a card lost"),
    "card.lift_loss": ("解挂", "lift a loss report"),
    "card.note_financial": (
        "记录金融功能挂失、解挂、销户",
        "note what the bank did to the financial function",
    ),
    "card.cancel": ("注销社保卡", "cancel the cards of somebody entitled no more"),
    "card.unopened": ("查看未开通卡片名单", "list cards that are held and not open"),
    "identity.ask": ("经持卡人同意核验其身份", "ask who a holder is, with the holder's consent"),
    "identity.consent": ("同意一次身份核验", "consent to a request who one is"),
    "relying.register": ("登记机构的身份核验用途", "register for what institutions may ask who a holder is"),
    "look.read": ("查看谁查过本人和被监护人的信息", "see who looked at one's own data and one's wards'"),
    "message.read": ("查看个人消息", "read a person's messages"),
    "message.prefer": ("设置个人消息偏好", "set how a person is told"),
    "message.manage": ("查看与重发短信", "see what became of text messages, and send them again"),
    "stock.keep": ("管理本网点空白卡", "keep an outlet's stock of blank cards"),
    "stock.deliver": ("登记空白卡到货", "book blanks that the chips' maker delivered"),
    "stock.overview": ("查看各网点空白卡", "see the blank cards of all outlets"),
    "instant.issue": ("即时补换", "replace a card on the spot"),
    "parcel.collect": (
        "本柜台交付、登记到达、退回卡片",
        "hand over cards at one's own counter, note their arrival, send them back",
    ),
    "outlet.note_waiting": ("登记本网点等候人数", "note how many wait at one's own outlet"),
    "visit.request": ("申请上门服务", "ask for a visit at home, and cancel it"),
    "visit.read": ("查看上门服务", "see visits at home"),
    "outreach.plan": (
        "安排上门、服务点与设备",
        "plan visits, stations and stalls, and register devices",
    ),
    "outreach.capture": (
        "同步离线受理的业务并处理冲突",
        "bring in what was captured without a network, and work conflicts off",
    ),
    "resident.vouch": (
        "为已实名认证的市民开启会话",
        "open a session for a resident who has been authenticated",
    ),
    "help.call": ("接听来电、核对来电人身份", "take calls and identify callers"),
    "help.case": ("办理热线工单", "work on cases of a line"),
    "help.decide": ("裁定工单归属", "decide whose a case is"),
    "person.search": ("查找人员", "find a person by a number"),
    "person.reveal": ("查看人员登记的完整信息", "see who a person is, in full"),
    "list.submit": ("提交名册", "hand in lists"),
    "list.read": ("查看名册处理结果", "see what became of lists"),
    "payroll_bank.choose": ("选定代发工资银行", "choose the payroll bank"),
    "payroll_bank.read": (
        "查看单位代发工资银行及选定记录",
        "see an employer's payroll banks and its choices",
    ),
    "collection.read": ("查看集中采集", "see collections at employers"),
    "collection.manage": ("安排、登记集中采集", "set collections at employers and note what came of them"),
    "production.run": ("运行制卡与寄送各步骤", "run the steps of production and delivery"),
    "institution.read": ("查看机构", "see institutions"),
    "institution.manage": ("导入机构", "import institutions"),
    "settlement.settle": (
        "用卡结算：登记、明细、试算、确认、冲正",
        "settle with the card: visits, lines, quotes, confirmations, reversals",
    ),
    "settlement.difference": ("查看对账差异", "see where a day's reconciliation does not agree"),
    "settlement.close_difference": ("处理对账差异", "close a difference that was worked off"),
    "readiness.read": ("查看机构上线进度", "see how ready institutions are"),
    "readiness.rehearse": ("开展联调测试", "run conformance scripts"),
    "readiness.move": ("登记建成、上线与暂停", "note institutions as built, live, suspended"),
    "programme.explain": ("解释换卡安排", "explain when, where and with which bank"),
    "programme.manage": ("维护换发规则", "load the rules of the programme"),
    "report.read": ("查看统计", "see figures"),
    "keys.read": ("查看卡片密钥版本与仪式", "see the versions of card keys and their ceremonies"),
    "keys.govern": ("办理卡片密钥仪式", "open and approve ceremonies of card keys"),
    "contribution.pay": ("从卡上缴纳医保费", "pay medical insurance from the card"),
    "account.read": ("查看卡上账户", "see accounts on cards and how they stand"),
    "payout.read": ("查看待遇发放", "see payouts"),
    "payout.draw": (
        "收下发放名单、编制批次、处理退回",
        "take lists in, draw runs up, work off what came back",
    ),
    "payout.approve": ("批准他人编制的发放批次", "approve runs that another has drawn up"),
    "clearing.read": ("查看跨省清算", "see clearings between provinces"),
    "clearing.settle": ("办理跨省清算", "draw up clearings between provinces, note them as paid"),
    "audit.read": ("查阅审计日志", "read the audit log"),
    "staff.manage": ("管理工作人员", "manage staff"),
    "client.manage": ("管理机构客户端", "manage institution clients"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """What a holder of the role may do; `kinds` are the institutions that may have one."""

    name_zh: str
    name_en: str
    holder: Holder
    kinds: tuple[str, ...]
    may: Mapping[str, Scope]


_PHOTOS: Final = ("photo.bring", "photo.read", "photo.consent")
_COUNTER: Final = {
    "application.apply": OWN, "application.read": OWN, "application.withdraw": OWN,
    "application.choose_bank": OWN, "application.correct": OWN, "card.open": OWN, "card.standing": ALL, "programme.explain": ALL,
    "institution.read": ALL,
}  # fmt: skip
_TERMINAL: Final = {"card.prove_reader": OWN, "card.check_chip": OWN}
_RELYING: Final = {"card.check_chip": OWN, "identity.ask": OWN}
_READINESS: Final = {"readiness.read": OWN, "readiness.rehearse": OWN}
_SETTLING: Final = {"settlement.settle": OWN, "settlement.difference": OWN}
_LISTS: Final = {
    "list.submit": OWN, "list.read": OWN, "application.read": OWN, "institution.read": ALL,
}  # fmt: skip

ROLES: Final[Mapping[str, Role]] = {
    "resident": Role("市民", "resident", Holder.RESIDENT, (), {
        "application.apply": SELF, "application.read": SELF, "application.withdraw": SELF,
        "application.choose_bank": SELF, "application.correct": SELF, "card.open": SELF, "card.read": SELF, "programme.explain": SELF,
        "card.report_loss": SELF, "look.read": SELF, "identity.consent": SELF, "ecard.show": SELF, "benefit.read": SELF, "contribution.pay": SELF, "cross_province.register": SELF, "message.read": SELF, "message.prefer": SELF, **dict.fromkeys(_PHOTOS, SELF), "visit.request": SELF, "visit.read": SELF,
        "institution.read": ALL,
    }),
    "community_clerk": Role("社区事务受理服务中心窗口人员", "community centre clerk", Holder.STAFF, ("community_centre",), {
        **_COUNTER, **_TERMINAL, **_READINESS, "message.prefer": OWN, **dict.fromkeys(_PHOTOS, OWN), "card.read": ALL, "parcel.collect": OWN, "person.search": ALL, "person.reveal": ALL,
        "card.report_loss": OWN, "card.lift_loss": OWN, "card.cancel": OWN, "visit.request": OWN, "visit.read": OWN,
        "stock.keep": OWN, "instant.issue": OWN, "card.reset_pin": OWN, "outlet.note_waiting": OWN,
        "cross_province.register": OWN,
    }),
    "bank_clerk": Role("银行网点柜员", "bank clerk", Holder.STAFF, ("bank", "bank_outlet"), {
        **_COUNTER, **_TERMINAL, **_READINESS, "card.unopened": OWN, "card.note_financial": OWN, "collection.read": OWN, "collection.manage": OWN,
        "visit.request": OWN, "visit.read": OWN, "outreach.plan": OWN, "outreach.capture": OWN,
        **dict.fromkeys(_PHOTOS, OWN),
        "stock.keep": OWN, "instant.issue": OWN, "card.reset_pin": OWN, "outlet.note_waiting": OWN,
    }),
    "bank_system": Role("银行系统", "bank's system", Holder.CLIENT, ("bank",), {
        **_COUNTER, **_TERMINAL, **_READINESS, "status_list.read": ALL, "card.unopened": OWN, "list.submit": OWN, "list.read": OWN,
        "card.note_financial": OWN,
        "collection.read": OWN, "collection.manage": OWN,
        "photo.bring": OWN,
    }),
    "employer_hr": Role("单位经办人", "employer's HR", Holder.STAFF, ("employer",), {
        **_LISTS, "card.unopened": OWN, "payroll_bank.choose": OWN, "payroll_bank.read": OWN, "collection.read": OWN,
    }),
    "employer_system": Role("单位系统", "employer's system", Holder.CLIENT, ("employer",), {
        **_LISTS, "card.unopened": OWN, "payroll_bank.choose": OWN, "payroll_bank.read": OWN, "collection.read": OWN,
    }),
    "school_office": Role("学校经办人", "school office", Holder.STAFF, ("school",), _LISTS),
    "card_centre_operator": Role("卡中心业务人员", "card centre operator", Holder.STAFF, ("card_centre",), {
        "application.apply": ALL, "application.read": ALL, "application.withdraw": ALL, **_TERMINAL,
        "application.choose_bank": ALL, "application.correct": ALL, **dict.fromkeys(_PHOTOS, ALL), "card.read": ALL, "card.standing": ALL, "account.read": ALL,
        "person.search": ALL, "person.reveal": ALL, "list.submit": ALL, "list.read": ALL, "payroll_bank.choose": ALL,
        "payroll_bank.read": ALL, "collection.read": ALL,
        "production.run": ALL, "institution.read": ALL, "institution.manage": ALL, "programme.explain": ALL,
        "report.read": ALL, "status_list.read": ALL, "card.unopened": ALL, "message.read": ALL, "message.prefer": ALL, "message.manage": ALL,
        "card.report_loss": ALL, "card.lift_loss": ALL, "card.cancel": ALL, "parcel.collect": OWN,
        "stock.keep": ALL, "stock.overview": ALL, "stock.deliver": ALL,
        "help.case": ALL, "help.decide": ALL, "cross_province.register": ALL,
        "readiness.read": ALL, "readiness.rehearse": ALL, "readiness.move": ALL,
        "visit.request": ALL, "visit.read": ALL, "outreach.plan": ALL, "outreach.capture": ALL,
    }),
    "hotline_agent": Role("热线坐席", "hotline agent", Holder.STAFF, ("hotline",), {
        "application.read": ALL, "application.correct": ALL, "card.open": OWN, "card.read": ALL, "card.standing": ALL, "benefit.read": ALL,
        "person.search": ALL, "institution.read": ALL, "programme.explain": ALL, "message.read": ALL, "message.prefer": ALL, "card.report_loss": OWN,
        "help.call": OWN, "help.case": OWN, "visit.request": OWN, "visit.read": ALL,
    }),
    # What a bank may see, and no card of another: no looking people up, no reporting or opening of the social-security function.
    "bank_line_agent": Role("银行热线坐席", "bank line agent", Holder.STAFF, ("bank_hotline",), {
        "application.read": OWN, "card.standing": ALL, "institution.read": ALL, "programme.explain": ALL,
        "help.call": OWN, "help.case": OWN,
    }),
    "online_platform_system": Role("网上办事平台", "online platform", Holder.CLIENT, ("online_platform",), {
        **_COUNTER, "card.read": OWN, "message.read": OWN, "message.prefer": OWN, "card.report_loss": OWN, "resident.vouch": OWN,
    }),
    "kiosk_system": Role("自助终端", "kiosk", Holder.CLIENT, ("kiosk",), {
        "card.open": OWN, "card.standing": ALL, **_TERMINAL, "status_list.read": ALL, "institution.read": ALL, "programme.explain": ALL,
    }),
    "hospital_system": Role("定点医药机构系统", "hospital's or pharmacy's system", Holder.CLIENT, ("hospital", "pharmacy"), {
        "card.standing": ALL, **_TERMINAL, "status_list.read": ALL, **_READINESS, "cross_province.register": OWN, **_SETTLING,
    }),
    "cashier": Role("定点医药机构收费员", "hospital's or pharmacy's cashier", Holder.STAFF, ("hospital", "pharmacy"), {
        "card.standing": ALL, "card.check_chip": OWN, **_SETTLING,
    }),
    "benefits_clerk": Role("医保经办人员", "benefits office clerk", Holder.STAFF, ("card_centre",), {
        "settlement.difference": ALL, "settlement.close_difference": ALL, "institution.read": ALL,
        "clearing.read": ALL, "clearing.settle": ALL,
    }),
    # They see no card number's standing, no person, no register: what they are told, its holder has consented to.
    "relying_clerk": Role("身份核验窗口人员", "relying party's clerk", Holder.STAFF, RELYING, _RELYING),
    "relying_system": Role("身份核验机构系统", "relying party's system", Holder.CLIENT, RELYING, _RELYING),
    "national_hub_system": Role("国家异地就医结算平台", "national hub between provinces", Holder.CLIENT, ("agency",), {
        "cross_province.ask": ALL,
    }),
    "programme_head": Role("换发工作负责人", "head of the programme", Holder.STAFF, ("card_centre",), {
        "report.read": ALL, "programme.explain": ALL, "programme.manage": ALL, "institution.read": ALL,
        "stock.overview": ALL, "readiness.read": ALL,
    }),
    "auditor": Role("审计人员", "auditor", Holder.STAFF, ("card_centre",), {
        "audit.read": ALL, "report.read": ALL, "institution.read": ALL, "readiness.read": ALL, "keys.read": ALL, "payout.read": ALL,
        "clearing.read": ALL,
    }),
    # Two of them hold a ceremony. They see nobody's data, and nobody who does is one.
    "key_officer": Role("密钥管理员", "key officer", Holder.STAFF, ("card_centre",), {
        "keys.read": ALL, "keys.govern": ALL, "institution.read": ALL,
    }),
    # One of them draws a run up and another approves it.
    "payout_officer": Role("待遇发放管理员", "payout officer", Holder.STAFF, ("card_centre",), {
        "payout.read": ALL, "payout.draw": ALL, "payout.approve": ALL, "account.read": ALL, "institution.read": ALL,
    }),
    # Separation of duties: who makes accounts sees no applications, cards or audit facts.
    "administrator": Role("系统管理员", "administrator", Holder.STAFF, ("card_centre",), {
        "staff.manage": ALL, "client.manage": ALL, "relying.register": ALL, "institution.read": ALL, "institution.manage": ALL,
        "readiness.read": ALL, "readiness.rehearse": ALL, "readiness.move": ALL,
    }),
    "system": Role("系统自身", "the system itself", Holder.PROCESS, (), dict.fromkeys(PERMISSIONS, ALL)),
}  # fmt: skip

assert all(set(role.may) <= set(PERMISSIONS) and set(role.kinds) <= set(KINDS) for role in ROLES.values())


def allowed(actor: Actor, permission: str) -> Scope:
    """Give how far an actor may use a permission; Forbidden for whatever the table does not name."""
    role = ROLES.get(actor.role)
    scope = role.may.get(permission) if role else None
    if scope is None:
        raise Forbidden(permission=permission, role=actor.role)
    return scope


def fits(role: str, holder: Holder, kind: str) -> bool:
    """Tell whether a role may be given to such a holder in such an institution."""
    return role in ROLES and ROLES[role].holder == holder and kind in ROLES[role].kinds
