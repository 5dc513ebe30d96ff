"""Why a contribution is not taken from the card. Each says what can be done."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class NoActiveAccount(Problem):
    """The newest card has no account that pays now."""

    slug = "no-active-account"
    status = 409
    title_zh = "卡上没有已激活的银行账户"
    title_en = "No account on the card is active"
    remedy_zh = "请持卡人到服务银行激活卡上账户；已冻结或销户的，请先到银行办理，或改用其他方式缴费"
    remedy_en = "Have the account activated at its bank; one that is frozen or closed is a matter of the bank. Or pay another way"


class ContributionAsked(Problem):
    """This month or year is being paid from the card already, or was."""

    slug = "contribution-asked"
    status = 409
    title_zh = "这一期已从卡上扣款或正在扣款"
    title_en = "This month or year is being paid from the card already, or was"
    remedy_zh = "无需再次办理；请查询扣款结果。扣款被银行拒绝的，可以重新办理"
    remedy_en = "Nothing to do; see what became of the debit. One that the bank refused may be asked anew"
