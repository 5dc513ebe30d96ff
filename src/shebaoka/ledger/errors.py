"""Why nothing is booked. Each says what can be done."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class BalanceTooSmall(Problem):
    """A personal account does not hold what was to be taken from it; nothing was booked."""

    slug = "balance-too-small"
    status = 409
    title_zh = "个人账户余额不足"
    title_en = "The personal account does not hold so much"
    remedy_zh = "余额在此期间可能已变动：请重新查询余额并重新计算后再办"
    remedy_en = "The balance may have moved meanwhile: ask for it again, reckon again and try once more"


class EntryBooked(Problem):
    """An entry of this kind and reference stands in the ledger already."""

    slug = "entry-booked"
    status = 409
    title_zh = "该笔业务已经入账"
    title_en = "This has been booked already"
    remedy_zh = "无需再次入账；如金额有误，请先冲正再重新办理"
    remedy_en = "Nothing to do; if its amounts are wrong reverse it and book it anew"


class EntryReversed(Problem):
    """The entry was reversed before, or is itself a reversal."""

    slug = "entry-reversed"
    status = 409
    title_zh = "该笔分录不能冲正"
    title_en = "This entry cannot be reversed"
    remedy_zh = "每笔分录只能冲正一次，冲正本身不能再冲正；需要恢复的，请重新办理原业务"
    remedy_en = "An entry is reversed once, and a reversal never: what is to stand again is done anew"


class LedgerWrong(Problem):
    """The ledger is not what it should be; the members say how many of what."""

    slug = "ledger-wrong"
    status = 500
    title_zh = "账目核对不符"
    title_en = "The ledger does not add up"
    remedy_zh = "请立即停止结算并保全数据库，交由技术人员按 docs/problems/ledger-wrong.md 逐项排查"
    remedy_en = "Stop settling, keep the database as it is, and have it looked into as docs/problems/ledger-wrong.md says"
