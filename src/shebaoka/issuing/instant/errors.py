"""Why a card is not issued on the spot. Each says what the clerk can do."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class InstantNotHere(Problem):
    """This institution does not issue on the spot, or not for this reason."""

    slug = "instant-not-here"
    status = 403
    title_zh = "本机构不办理此项即时补换"
    title_en = "This institution does not replace this card on the spot"
    remedy_zh = "请到即时补换网点办理（机构查询中选“即时补换”），或在此申请补换，制卡后邮寄"
    remedy_en = "Send the holder to an outlet that does (institutions, `instant`), or apply here for a replacement by post"


class InstantOtherBank(Problem):
    """A bank outlet issues cards of its own bank only."""

    slug = "instant-other-bank"
    status = 409
    title_zh = "银行网点只能即时补换本行的卡"
    title_en = "A bank outlet issues cards of its own bank only"
    remedy_zh = "持卡人愿意改用本行的，请选本行办理；否则请到原开户银行的网点或社区中心，或转为邮寄"
    remedy_en = (
        "If the holder wishes to change to this bank, choose it; else an outlet of the card's own bank or a community "
        "centre does it, or the card goes by post"
    )


class AccountPending(Problem):
    """The bank has not answered: nothing was used and no card is made before it has."""

    slug = "account-pending"
    status = 503
    title_zh = "开户银行没有答复，暂不能制卡"
    title_en = "The bank has not answered, and no card is made before it has"
    remedy_zh = "申请已保留，未取用空白卡，原卡不变；请稍后继续，或转为制卡邮寄，或放弃本次办理"
    remedy_en = (
        "The application stands, no blank was taken and the former card is as it was: go on later, let the card go by "
        "post, or give up"
    )


class ReadBackDiffers(Problem):
    """What was read from the chip is not what was ordered; member `differs` names what is otherwise."""

    slug = "read-back-differs"
    status = 409
    title_zh = "读出内容与订单不符，此卡不能使用"
    title_en = "What was read from the card is not what was ordered: this card must not be used"
    remedy_zh = "未做任何更改；请把原卡放回读卡器再写一次，仍不符的将此空白卡登记作废，另取一张"
    remedy_en = "Nothing was changed: put the same card back and go on; if it still differs, book this blank as spoiled and take another"


class ChipNotProved(Problem):
    """What answered the challenge does not hold the keys that were ordered for this chip."""

    slug = "chip-not-proved"
    status = 409
    title_zh = "卡片没有证明自己持有本卡密钥，不能登记为制成"
    title_en = "The card did not prove that it holds its own keys: it does not count as made"
    remedy_zh = "未做任何更改；请放回原卡再按“继续写卡”，仍不符的将此空白卡登记作废，另取一张"
    remedy_en = "Nothing was changed: put the same card back and go on; if it still fails, book this blank as spoiled and take another"


class ChipNotOrdered(Problem):
    """No chip has been given this blank's order: what was read can be of no card of this session."""

    slug = "chip-not-ordered"
    status = 409
    title_zh = "尚未给这张空白卡的芯片下达写卡内容"
    title_en = "No chip has been given the order of this blank yet"
    remedy_zh = "请先将空白卡放入读卡器，在写卡页面开始写卡"
    remedy_en = "Put the blank into the reader first and begin to write at the page"


class ChipUsed(Problem):
    """This chip has been given another card's order, or is another card already: a chip is one card's for ever."""

    slug = "chip-used"
    status = 409
    title_zh = "此芯片已用于另一次制卡"
    title_en = "This chip has been used for another card"
    remedy_zh = "未做任何更改；请取出此卡放入作废卡中，另取一张空白卡放入读卡器"
    remedy_en = (
        "Nothing was changed: lay this card to the spoiled ones, and put another blank into the reader"
    )


class ChipAnother(Problem):
    """The order was given to another chip; member `serial` is that one's."""

    slug = "chip-another"
    status = 409
    title_zh = "读卡器中不是本次已开始写的那张卡"
    title_en = "The reader has another card than the one that was begun"
    remedy_zh = "请放回原来那张卡（序列号见明细）继续写；找不到或已损坏的，先登记作废，再取下一张"
    remedy_en = (
        "Put the card back that was begun (its serial number is in the detail) and go on; if it is gone or broken, book it as "
        "spoiled first and take the next"
    )


class ChipOrderOutdated(Problem):
    """What the register or the rules say has changed since this chip was given its order."""

    slug = "chip-order-outdated"
    status = 409
    title_zh = "写卡期间持卡人登记信息或制卡规则有变，此卡不能再用"
    title_en = "What the card must say has changed since its chip was given the order"
    remedy_zh = "请将此空白卡登记作废，另取一张，按新的信息写卡"
    remedy_en = "Book this blank as spoiled and take another: it is written by what holds now"


class BlankBegun(Problem):
    """A chip has been given this blank's order: it is no blank any more."""

    slug = "blank-begun"
    status = 409
    title_zh = "这张空白卡已开始写卡，不能放回抽屉"
    title_en = "This blank was begun to be written: it does not go back into the drawer"
    remedy_zh = "请放回读卡器继续写；不再使用的，登记作废"
    remedy_en = "Put it back into the reader and go on; if it is not to be used, book it as spoiled"
