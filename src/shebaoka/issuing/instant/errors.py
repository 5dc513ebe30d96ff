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
    """What was read from the card is not what was ordered; member `differs` names the fields."""

    slug = "read-back-differs"
    status = 409
    title_zh = "读出内容与订单不符，此卡不能使用"
    title_en = "What was read from the card is not what was ordered: this card must not be used"
    remedy_zh = "未做任何更改；请重新读卡，仍不符的将此空白卡登记作废，另取一张"
    remedy_en = "Nothing was changed: read the card again; if it still differs, book this blank as spoiled and take another"
