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


class WrongCollector(Problem):
    """The identity document is not the holder's, or not that of whoever was said to act for the holder."""

    slug = "wrong-collector"
    status = 403
    title_zh = "所持证件与持卡人不符，不能交付"
    title_en = "The identity document is not the holder's: the card is not handed over"
    remedy_zh = "请持卡人本人持证领取；监护人、代办人领取的，按代办办理并出示相应材料"
    remedy_en = "The holder comes with the own document; a guardian or an agent is served as such, with the papers for it"


class NoCounterForParcels(Problem):
    """Only community centres and the card centre have parcels on their counters."""

    slug = "no-counter-for-parcels"
    status = 403
    title_zh = "本机构不经手邮件"
    title_en = "No parcels come to this institution"
    remedy_zh = "请将邮件交给就近的社区事务受理服务中心登记"
    remedy_en = "Hand the parcel to the nearest community centre, which notes it"


class TooLateToRedirect(Problem):
    """The card waits at a counter already; member `outlet` names it."""

    slug = "too-late-to-redirect"
    status = 409
    title_zh = "卡片已到网点，不能改寄"
    title_en = "The card waits at an outlet already and cannot be sent elsewhere"
    remedy_zh = "请持证件到所示网点领取，也可委托他人代领；逾期退回卡中心后可申请重新寄送到新地址"
    remedy_en = "Collect it at the outlet named, or send an agent; once it is back at the card centre it can be sent to another address"


class RedirectPending(Problem):
    """The courier has been asked to take this parcel elsewhere and has not answered."""

    slug = "redirect-pending"
    status = 409
    title_zh = "上一次改寄请求邮政尚未答复"
    title_en = "The courier has not answered the last wish to send this parcel elsewhere"
    remedy_zh = "请等候答复（将以消息告知）后再更改"
    remedy_en = "Wait for the answer, of which a message will tell, and then change it again"


class ParcelsMoved(Problem):
    """Parcels changed under a step that had counted on them; the whole step was taken back."""

    slug = "parcels-moved"
    status = 409
    title_zh = "邮件状态在处理过程中被另一操作改动，本步骤已全部撤回"
    title_en = "Another action changed the parcels meanwhile; this whole step was taken back"
    remedy_zh = "请刷新后再试；批量任务再次运行即可继续"
    remedy_en = "Reload and try again; a batch job goes on when it is run again"


class NotToBeSentAgain(Problem):
    """Only a parcel that the courier refused or brought back, or that the card centre keeps, can be sent again."""

    slug = "not-to-be-sent-again"
    status = 409
    title_zh = "该邮件未被拒收或退回，不能重新寄送"
    title_en = "This parcel was neither refused nor brought back; it cannot be sent again"
    remedy_zh = "请查询该邮件的最新状态；在途邮件请等候投递，正退回卡中心的请等到货后再申请"
    remedy_en = "Look at the parcel's present status; wait for one that is on its way, or on its way back to the card centre"
