"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class OutletMayNotOpen(Problem):
    """This kind of outlet does not open this function."""

    slug = "outlet-may-not-open"
    status = 403
    title_zh = "本类网点不能开通所选功能"
    title_en = "This kind of outlet does not open that function"
    remedy_zh = (
        "社会保障功能可在社区、热线、自助机、网上平台或本卡开户银行网点开通；金融功能只在开户银行网点开通"
    )
    remedy_en = (
        "Community centres, the hotline, kiosks, the online platform and the card's own bank open the social-security "
        "function; only the card's own bank opens the financial function"
    )


class OtherBanksCard(Problem):
    """The card belongs to another bank than the outlet."""

    slug = "other-banks-card"
    status = 403
    title_zh = "此卡的开户银行不是本行"
    title_en = "This card belongs to another bank"
    remedy_zh = "请持卡人到卡面所示开户银行的网点办理；只开通社会保障功能的，可到社区事务受理服务中心"
    remedy_en = (
        "Send the holder to an outlet of the bank named on the card; a community centre opens the "
        "social-security function"
    )


class HolderDeceased(Problem):
    """The register says that the holder has died."""

    slug = "holder-deceased"
    status = 409
    title_zh = "登记显示持卡人已去世，不能开通"
    title_en = "The register says that the holder has died; nothing can be opened"
    remedy_zh = "请核对持卡人；如登记有误，请家属携带户籍证明到社区事务受理服务中心更正"
    remedy_en = (
        "Check the holder; if the register is wrong, the family has it corrected at a community centre"
    )


class CardChangedMeanwhile(Problem):
    """Somebody else changed this person's cards at the same instant."""

    slug = "card-changed-meanwhile"
    status = 409
    title_zh = "同一时刻有人在办理此人的卡"
    title_en = "Somebody else is changing this person's cards at this moment"
    remedy_zh = "本次没有做任何改动；请查看最新状态后重试"
    remedy_en = "Nothing was changed this time; look at the present status and try again"


class SecondLiveCard(Problem):
    """The person would have had two live cards; the database forbids it."""

    slug = "second-live-card"
    status = 409
    title_zh = "此人已有一张有效的卡"
    title_en = "This person has a live card already"
    remedy_zh = "本次没有做任何改动；请查看此人现有的卡，必要时先作废再办理"
    remedy_en = (
        "Nothing was changed; look at the person's cards, and void the live one first where that is meant"
    )
