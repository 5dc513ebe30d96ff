"""Why a payout does not go on. Each says what can be done."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class PayoutListRefused(Problem):
    """A list cannot be read at all; what is wrong with single lines is told line by line and refuses only them."""

    slug = "payout-list-refused"
    status = 422
    title_zh = "发放名单无法读取"
    title_en = "The list cannot be read"
    remedy_zh = "请按模板整理为 UTF-8 编码的 CSV 或 JSON（列名见 benefits/payouts/README.md）后重新提交，本次没有收下任何一行"
    remedy_en = "Make it a CSV or JSON in UTF-8 with the columns of benefits/payouts/README.md and hand it in again; no line was taken"


class NothingToPay(Problem):
    """Nothing that is due can be paid now."""

    slug = "nothing-to-pay"
    status = 409
    title_zh = "没有可以发放的待遇"
    title_en = "There is nothing that can be paid"
    remedy_zh = "没有待发放的，或都没有可用账户；请在“待发放”中查看每笔的原因"
    remedy_en = "Nothing is due, or no account can be paid to; the list of what is due says why for each"


class SecondOfficerForPayout(Problem):
    """Whoever drew a run up cannot approve it."""

    slug = "second-officer-for-payout"
    status = 409
    title_zh = "须由另一位发放管理员批准"
    title_en = "Another payout officer must approve this"
    remedy_zh = "请另一位发放管理员用本人账号登录后批准"
    remedy_en = "Another payout officer logs in with an account of their own and approves"


class PayoutMovedMeanwhile(Problem):
    """Somebody else worked on the same payments at this moment; nothing was changed."""

    slug = "payout-moved-meanwhile"
    status = 409
    title_zh = "同一批发放刚被他人处理"
    title_en = "Somebody else has just worked on the same payments"
    remedy_zh = "本次未做任何更改，请刷新查看最新状态后再办"
    remedy_en = "Nothing was changed; look again and go on from how it stands now"
