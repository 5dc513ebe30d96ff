"""Why nothing is settled, or not taken back. Each says what can be done."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class NotDesignated(Problem):
    """The institution does not settle on that day, or not this kind of visit."""

    slug = "not-designated"
    status = 422
    title_zh = "该机构当日不能办理此类医保结算"
    title_en = "The institution does not settle this kind of visit on that day"
    remedy_zh = "请核对机构编码、日期和就诊类别；应为定点的，请联系医保经办机构登记定点信息"
    remedy_en = "Check code, day and kind of visit; if it should be designated, ask the medical-insurance agency to note it"


class CardNotUsable(Problem):
    """The card is not good now; the detail says why."""

    slug = "card-not-usable"
    status = 409
    title_zh = "此卡当前不能用于结算"
    title_en = "The card cannot be used to settle now"
    remedy_zh = "请按提示办理；急需就医的可先自费并保留票据，之后到社区事务受理服务中心申请报销"
    remedy_en = "Do what the reason says; who needs care at once pays in cash, keeps the bill and is reimbursed at a community centre"


class NotHolder(Problem):
    """The card is not that of the person who is settled for."""

    slug = "not-holder"
    status = 403
    title_zh = "卡片与就诊人不符"
    title_en = "The card is not the patient's"
    remedy_zh = "请核对卡片和就诊人身份；医保结算只能使用就诊人本人的卡"
    remedy_en = "Check card and patient: only the patient's own card settles"


class VisitDiffers(Problem):
    """The number was given to a visit or line that says something else."""

    slug = "visit-differs"
    status = 409
    title_zh = "同一编号已用于内容不同的就诊或明细"
    title_en = "This number belongs to a visit or line that says something else"
    remedy_zh = "请核对编号；内容有误的，先撤销原就诊或明细，再用新编号上传"
    remedy_en = (
        "Check the number; if what came first is wrong, take it out and send the right one with a new number"
    )


class AlreadySettled(Problem):
    """These lines, or this stay, are settled already."""

    slug = "already-settled"
    status = 409
    title_zh = "该批费用已经结算"
    title_en = "These costs are settled already"
    remedy_zh = "请按原报文编号查询结果；需要更改的，先冲正原结算再重新办理"
    remedy_en = (
        "Ask by the number of the first message what was settled; to change it, reverse that and settle anew"
    )


class NothingToSettle(Problem):
    """There are no lines to settle."""

    slug = "nothing-to-settle"
    status = 422
    title_zh = "没有可结算的费用明细"
    title_en = "There are no lines to settle"
    remedy_zh = "请先上传费用明细，并核对收费批次号"
    remedy_en = "Send the lines first, and check the number of the batch"


class QuoteUnusable(Problem):
    """The quote cannot be confirmed any more, or is none; the detail says why. Nothing was settled."""

    slug = "quote-unusable"
    status = 409
    title_zh = "试算结果不能用于结算确认"
    title_en = "The quote cannot be confirmed"
    remedy_zh = "请重新试算，把新的金额告知患者后再确认"
    remedy_en = "Quote anew, tell the patient the amounts, and confirm that"


class StandingMoved(Problem):
    """The person's accounts or sums have moved since the quote, and the rule of the day refuses. Nothing was settled."""

    slug = "standing-moved"
    status = 409
    title_zh = "试算后个人账户或累计金额已变动，未结算"
    title_en = "Accounts or sums have moved since the quote; nothing was settled"
    remedy_zh = "患者可能刚在别处结算：请重新试算，把新的金额告知患者后再确认"
    remedy_en = "The patient may just have settled elsewhere: quote anew, tell the amounts, and confirm that"


class MessageDiffers(Problem):
    """The sender used this message number for something else."""

    slug = "message-differs"
    status = 409
    title_zh = "报文编号已用于另一笔内容不同的业务"
    title_en = "This message number was used for something else"
    remedy_zh = "每笔业务使用新的报文编号；只有原样重发时才用原编号"
    remedy_en = "Give each message a number of its own; the same number only to send the very same again"


class MessageWithdrawn(Problem):
    """A reversal that names this message came before it: it does not count any more."""

    slug = "message-withdrawn"
    status = 409
    title_zh = "该报文在到达之前已被冲正，不再受理"
    title_en = "This message was reversed before it came and does not count"
    remedy_zh = "未结算；仍需结算的，请重新试算并用新的报文编号确认"
    remedy_en = "Nothing was settled; if it is to be, quote anew and confirm with a new number"


class NotReversible(Problem):
    """The message was taken back before, or is itself a reversal."""

    slug = "not-reversible"
    status = 409
    title_zh = "该报文不能冲正"
    title_en = "This message cannot be reversed"
    remedy_zh = "每笔结算只能冲正一次，冲正本身不能再冲正；需要恢复的，请重新试算并结算"
    remedy_en = "A settlement is reversed once, and a reversal never: what is to stand again is quoted and settled anew"


class DetailsRefused(Problem):
    """An institution's account of a day is not what it should be; the detail says where."""

    slug = "details-refused"
    status = 422
    title_zh = "对账明细有误，未对账"
    title_en = "The details to reconcile are wrong; nothing was compared"
    remedy_zh = (
        "请按提示修改后整份重传：报文编号不重复，合计 = 基金 + 账户 + 现金，金额为整数分，日期不晚于今天"
    )
    remedy_en = "Mend what is named and send it whole again: numbers once, total = funds + accounts + cash in whole fen, a day up to today"
