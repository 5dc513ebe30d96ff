"""Why an application is refused. Each says what the applicant can do next."""

from __future__ import annotations

from datetime import date

from shebaoka.kit.problems import Problem
from shebaoka.registry.acting.errors import GuardianIsWard, GuardianNeeded, GuardianNotTied

__all__ = ["GuardianIsWard", "GuardianNeeded", "GuardianNotTied"]
"""Refusals of applying too, told by the room of acting for others."""


class ApplicationExists(Problem):
    """The person has a live application already; members `channel` and `applied_on` say where and when."""

    slug = "application-exists"
    status = 409
    title_zh = "此人已有在办的申请"
    title_en = "This person has a live application already"
    remedy_zh = "不必再次申请；请按原申请等候领卡，或先撤回原申请"
    remedy_en = "Nothing to do: wait for the card of that application, or withdraw it first"


class CardExists(Problem):
    """The person holds a new card that is good, suspended or waits to be opened, and has not expired."""

    slug = "card-exists"
    status = 409
    title_zh = "此人已有新版社保卡"
    title_en = "This person has a new card already"
    remedy_zh = "未开通的请办理开通；遗失（须先挂失）、磨损、无法读取、损坏、信息变更、相片有误或即将到期的，请注明原因申请补换"
    remedy_en = (
        "Open the card if it is not open yet; if it is lost (report that first), worn, unreadable, damaged, about to "
        "expire, bears a wrong photo, or its data has changed, state that as the reason for a replacement"
    )


class PersonUnknown(Problem):
    """The register has nobody with this ID number."""

    slug = "person-unknown"
    status = 422
    title_zh = "登记库中查无此证件号码"
    title_en = "The register knows nobody with this ID number"
    remedy_zh = "请对照证件原件核对号码；新参保或新落户人员请待登记数据更新后再申请"
    remedy_en = "Check the number against the document; newly insured people apply after the next extract"


class NameDiffers(Problem):
    """The name does not belong to this ID number."""

    slug = "name-differs"
    status = 422
    title_zh = "姓名与证件号码不符"
    title_en = "The name does not fit the ID number"
    remedy_zh = "请对照证件原件核对姓名（含间隔号、生僻字）"
    remedy_en = "Check the name against the document, with its dots and rare characters"


class PersonDeceased(Problem):
    """The register says that the person has died."""

    slug = "person-deceased"
    status = 422
    title_zh = "登记显示此人已去世"
    title_en = "The register says that this person has died"
    remedy_zh = "如登记有误，请先到公安户籍窗口更正"
    remedy_en = "If the register is wrong, have it corrected at the household registration desk first"


class NotEligible(Problem):
    """Neither hukou nor insurance in the city."""

    slug = "not-eligible"
    status = 422
    title_zh = "此人不在发卡范围内"
    title_en = "This person is not entitled to a card"
    remedy_zh = "本市户籍人员或在本市参保人员方可申请；参保后请再次申请"
    remedy_en = "Hukou holders and people insured in the city may apply; apply again once insured"


class NotEmployedHere(Problem):
    """The register knows this person as employed elsewhere, or not at all."""

    slug = "not-employed-here"
    status = 422
    title_zh = "登记显示此人不是本单位在职人员"
    title_en = "The register does not know this person as employed here"
    remedy_zh = "新入职人员请先办理参保登记，待数据更新后再报；其他人员请改到其单位或社区事务受理服务中心申请"
    remedy_en = "Register a new employee's insurance first and send the row again; others apply through their own employer or a community centre"


class BankMissing(Problem):
    """No bank was chosen, and the programme suggests none for this person."""

    slug = "bank-missing"
    status = 422
    title_zh = "未选择服务银行"
    title_en = "No service bank was chosen"
    remedy_zh = "请在11家服务银行中选择一家"
    remedy_en = "Choose one of the eleven service banks"


class BankNotServing(Problem):
    """The bank is none of the service banks, or not live yet."""

    slug = "bank-not-serving"
    status = 422
    title_zh = "所选银行不在服务银行之列或尚未上线"
    title_en = "The bank is none of the service banks, or not live yet"
    remedy_zh = "请在已上线的11家服务银行中另选一家"
    remedy_en = "Choose another of the eleven service banks that is live"


class OutletNotServing(Problem):
    """The fallback outlet is no community centre, or not live yet."""

    slug = "outlet-not-serving"
    status = 422
    title_zh = "备用网点不是已上线的社区事务受理服务中心"
    title_en = "The fallback outlet is no community centre that is live"
    remedy_zh = "请从网点代码表中选择一家社区事务受理服务中心"
    remedy_en = "Choose a community centre from the outlet list"


class ContactMissing(Problem):
    """Mobile or delivery address is empty."""

    slug = "contact-missing"
    status = 422
    title_zh = "缺少手机号码或寄送地址"
    title_en = "Mobile number or delivery address is missing"
    remedy_zh = "请补填手机号码和寄送地址"
    remedy_en = "Give both the mobile number and the delivery address"


class BankRefusedBefore(Problem):
    """The bank chosen is the one that has just refused."""

    slug = "bank-refused-before"
    status = 409
    title_zh = "该银行已拒绝为此申请开户"
    title_en = "This bank has refused an account for this application"
    remedy_zh = "请另选一家服务银行"
    remedy_en = "Choose another service bank"


class NothingToReplace(Problem):
    """A reason for a replacement was stated, and the person has no new card."""

    slug = "nothing-to-replace"
    status = 409
    title_zh = "此人没有可补换的新版社保卡"
    title_en = "This person has no new card to replace"
    remedy_zh = "不填补换原因，直接申领新卡；老卡遗失的可先挂失，新卡开通后老卡即作废"
    remedy_en = (
        "Apply for the new card without a reason for a replacement; a lost old card may be reported, and is void once "
        "the new one opens"
    )


class LossNotReported(Problem):
    """A lost card is replaced once it is reported lost."""

    slug = "loss-not-reported"
    status = 409
    title_zh = "此卡尚未挂失"
    title_en = "This card is not reported lost"
    remedy_zh = (
        "请先挂失（热线、网上平台或社区事务受理服务中心），再以遗失为由申请补换；卡在手中的请改填实际原因"
    )
    remedy_en = (
        "Report the loss first (hotline, online platform or community centre), then apply; if the card is in hand, "
        "state what is wrong with it"
    )


class CardReportedLost(Problem):
    """The card is reported lost, and another reason for its replacement is stated."""

    slug = "card-reported-lost"
    status = 409
    title_zh = "此卡已挂失，不能以其他原因补换"
    title_en = "This card is reported lost; it is not replaced for another reason"
    remedy_zh = "仍未找到的，请以遗失为由申请补换；已找到的，请先解挂再申请"
    remedy_en = "State that it is lost; or, if it was found, have the report lifted first"


class NotYetRenewable(Problem):
    """The card expires later than the programme's rule lets it be renewed; member `from` says from when it may (null: never)."""

    slug = "not-yet-renewable"
    status = 409
    title_zh = "此卡尚未到换领时间"
    title_en = "This card cannot be renewed yet"
    remedy_zh = "请在所示日期之后申请换领；卡有遗失、损坏等情形的，请按实际原因申请补换"
    remedy_en = "Apply from the day shown on; if the card is lost or damaged, state that as the reason"

    @classmethod
    def until(cls, renewable_from: date | None) -> NotYetRenewable:
        """Give the refusal that says from when."""
        if renewable_from is None:
            return cls("此卡长期有效 · the card has no end", **{"from": None})
        day = renewable_from.isoformat()
        return cls(f"{day} 起可换领 · from {day} on", **{"from": day})
