"""Refusals of this room."""

from __future__ import annotations

from shebaoka.cards.judging import void_words
from shebaoka.cards.model import Card
from shebaoka.kit.clock import SHANGHAI
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


class CardVoid(Problem):
    """The card is void: it can be neither reported lost nor found. `detail` says since when, why and what to do with it."""

    slug = "card-void"
    status = 409
    title_zh = "此卡已作废，不能挂失或解挂"
    title_en = "This card is void; it is neither lost nor found any more"
    remedy_zh = "请按说明销毁此卡；如遗失的是新卡，请按新卡卡号或证件号码挂失；没有新卡的，请申领"
    remedy_en = (
        "Destroy this card as told; if the new card is lost, report that one by its own number or by the ID number; "
        "whoever has no new card applies for one"
    )


def void_refusal(card: Card) -> CardVoid:
    """Refuse what is asked of a void card, and tell what became of it."""
    assert card.void_at is not None, "a void card says since when"
    day = card.void_at.astimezone(SHANGHAI).date()
    zh, en = void_words(day, card.void_reason, card.replaced_by)
    return CardVoid(f"{zh} · {en}", void_on=day.isoformat(), void_reason=card.void_reason)


class LossReported(Problem):
    """The card is reported lost already; member `until` says when a temporary report ends (null: it has no end)."""

    slug = "loss-reported"
    status = 409
    title_zh = "此卡已挂失"
    title_en = "This card is reported lost already"
    remedy_zh = (
        "不必再次挂失；口头挂失到期自动解挂，需长期挂失的请携带身份证件到社区事务受理服务中心办理书面挂失"
    )
    remedy_en = (
        "Nothing to do; a temporary report ends by itself, and a formal one without end is made with an identity "
        "document at a community centre"
    )

    @classmethod
    def of(cls, card: Card) -> LossReported:
        """Give the refusal that says until when."""
        if card.loss_until is None:
            return cls("书面挂失，没有期限 · formally, without end", loss=card.loss, until=None)
        moment = card.loss_until.astimezone(SHANGHAI)
        return cls(
            f"口头挂失至 · temporarily, until {moment:%Y-%m-%d %H:%M}",
            loss=card.loss, until=moment.isoformat(),
        )  # fmt: skip


class LossMayNotBeReported(Problem):
    """This kind of institution does not take in this kind of loss report."""

    slug = "loss-may-not-be-reported"
    status = 403
    title_zh = "本类机构不受理此种挂失"
    title_en = "This kind of institution does not take in such a loss report"
    remedy_zh = "口头挂失请拨打热线或登录网上平台；书面挂失请携带身份证件到社区事务受理服务中心；金融功能请向开户银行挂失"
    remedy_en = (
        "The hotline and the online platform take temporary reports, community centres formal ones with an identity "
        "document; the financial function is reported to the card's own bank"
    )


class LossMayNotBeLifted(Problem):
    """This kind of institution does not lift loss reports."""

    slug = "loss-may-not-be-lifted"
    status = 403
    title_zh = "本类机构不办理解挂"
    title_en = "This kind of institution does not lift loss reports"
    remedy_zh = "请持卡人携带身份证件和卡片到社区事务受理服务中心解挂；口头挂失到期自动解挂"
    remedy_en = "The holder comes to a community centre with the card and an identity document; a temporary report ends by itself"


class LossNotUndone(Problem):
    """The report is taken back no more: its minutes have passed, or somebody else made it, or it is a formal one."""

    slug = "loss-not-undone"
    status = 409
    title_zh = "这次挂失不能自行撤销"
    title_en = "This loss report cannot be taken back"
    remedy_zh = "撤销只限本人在网上所做的口头挂失，并有时限；请携带身份证件和卡片到社区事务受理服务中心解挂，或等口头挂失到期自动解除"
    remedy_en = (
        "Only a temporary report that you made online yourself can be taken back, for some minutes; go to a community "
        "centre with the card and an identity document, or wait until a temporary report ends by itself"
    )


class CancellingNotHere(Problem):
    """This kind of institution does not cancel cards."""

    slug = "cancelling-not-here"
    status = 403
    title_zh = "本类机构不办理社保卡注销"
    title_en = "This kind of institution does not cancel cards"
    remedy_zh = "请持卡人携带身份证件和终止资格的证明到社区事务受理服务中心办理"
    remedy_en = "The holder comes to a community centre with an identity document and proof of why the entitlement has ended"
