"""Why a parcel cannot be handed over or sent. Each says what the clerk can do."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class ParcelElsewhere(Problem):
    """The parcel lies at another outlet; member `outlet` names it."""

    slug = "parcel-elsewhere"
    status = 403
    title_zh = "该邮件不在本网点领取"
    title_en = "The parcel is collected at another outlet"
    remedy_zh = "请持卡人带身份证件到所示网点领取"
    remedy_en = "Send the holder, with an identity document, to the outlet named"


class IdentityNotChecked(Problem):
    """The card is handed over only against an identity document that the clerk has seen."""

    slug = "identity-not-checked"
    status = 422
    title_zh = "尚未核验领卡人身份"
    title_en = "The identity of whoever collects the card was not checked"
    remedy_zh = "请核验领卡人身份证件（代领的还须核验代办人证件和委托书）后再办理"
    remedy_en = (
        "Check the identity document, and for an agent the agent's own and the authorisation, then try again"
    )


class SignatureMissing(Problem):
    """The card is handed over only against a signature."""

    slug = "signature-missing"
    status = 422
    title_zh = "领卡人尚未签收"
    title_en = "Whoever collects the card has not signed"
    remedy_zh = "请领卡人签收后再办理"
    remedy_en = "Take the signature, then try again"


class ParcelsMoved(Problem):
    """Parcels changed under a step that had counted on them; the whole step was taken back."""

    slug = "parcels-moved"
    status = 409
    title_zh = "邮件状态在处理过程中被另一操作改动，本步骤已全部撤回"
    title_en = "Another action changed the parcels meanwhile; this whole step was taken back"
    remedy_zh = "请刷新后再试；批量任务再次运行即可继续"
    remedy_en = "Reload and try again; a batch job goes on when it is run again"


class NotToBeSentAgain(Problem):
    """Only a parcel that the courier refused or brought back can be sent again."""

    slug = "not-to-be-sent-again"
    status = 409
    title_zh = "该邮件未被拒收或退回，不能重新寄送"
    title_en = "The courier has neither refused nor returned this parcel; it cannot be sent again"
    remedy_zh = "请查询该邮件的最新状态；在途邮件请等候投递"
    remedy_en = "Look at the parcel's present status; wait for one that is on its way"
