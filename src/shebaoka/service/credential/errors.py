"""Why a terminal, a card or a relying party is refused."""

from __future__ import annotations

from typing import Literal

from shebaoka.kit.problems import Problem

WhyNoProof = Literal["used_up", "another_card", "not_this_key"]


class CardTicketRefused(Problem):
    """The ticket is unknown, has expired, or ended with the session that asked for it. It does not say which."""

    slug = "card-ticket-refused"
    status = 401
    title_zh = "读写卡凭证无效或已过期"
    title_en = "The ticket is unknown or has expired"
    remedy_zh = "请在页面上重新点击读卡，或由系统重新领取凭证（POST /api/card-tickets）"
    remedy_en = "Begin anew at the page, or take a new ticket (POST /api/card-tickets)"


class CardProofRefused(Problem):
    """The ticket is good, but not for this; member `why`: `used_up`, `another_card`, `not_this_key`."""

    slug = "card-proof-refused"
    status = 403
    title_zh = "此凭证不能用于这次外部认证"
    title_en = "The ticket is not for this proof"
    remedy_zh = "一张凭证只用于一张卡、规定的密钥和次数：换卡或次数用完，请重新领取；读卡只能用读密钥"
    remedy_en = (
        "A ticket is for one card, the keys of its purpose, and so many proofs: for another card, or when it is used up, take a "
        "new one; to read a card there is the reading key only"
    )

    def __init__(self, why: WhyNoProof) -> None:
        super().__init__(why, why=why)


class NoOpenCard(Problem):
    """There is no electronic card without an open new card; member `stands` says how the newest one stands, null: there is none."""

    slug = "no-open-card"
    status = 409
    title_zh = "没有已开通的新版社保卡，不能出示电子社保卡"
    title_en = "There is no open new card, and so no electronic one"
    remedy_zh = "未开通的，请先开通；已挂失的，找到卡后解挂；过期、作废或没有的，请申领或补换"
    remedy_en = "Open the card first; if it was lost and is found, lift the report; if it has expired, is void, or there is none, apply for one"

    def __init__(self, stands: str | None) -> None:
        super().__init__(stands or "-", stands=stands)


class EcardUnavailable(Problem):
    """The city's signing key cannot be used here."""

    slug = "ecard-unavailable"
    status = 503
    title_zh = "暂时不能出示或核验电子社保卡"
    title_en = "Electronic cards can be neither shown nor checked at the moment"
    remedy_zh = "请改用实体卡；运维人员请检查状态名单签名密钥（shebaoka status-list key）"
    remedy_en = (
        "Use the card itself; operators check the key that signs status lists (shebaoka status-list key)"
    )


class BlankNotWaiting(Problem):
    """No blank waits to be written in this session of the counter."""

    slug = "blank-not-waiting"
    status = 409
    title_zh = "该次即时补换没有待写的空白卡"
    title_en = "No blank waits to be written in this session"
    remedy_zh = "请先取用空白卡，再写卡；已写成的卡按读回登记"
    remedy_en = "Take a blank first; a card that is written is noted by what was read back"


class PinNotReset(Problem):
    """The card is not good now: `detail` says why."""

    slug = "pin-not-reset"
    status = 409
    title_zh = "此卡现在不能用，不重置密码"
    title_en = "This card is not good now; its PIN is not reset"
    remedy_zh = "卡已找回的先解挂，未开通的先开通，作废或过期的换卡；然后重新办理"
    remedy_en = "Lift the loss report if the holder has it back, open one that is not open, replace one that is void; then begin anew"


class IdentityLocked(Problem):
    """Too many requests of late had no consent; member `retry_after_seconds`."""

    slug = "identity-locked"
    status = 429
    title_zh = "未经同意的核验次数过多，请稍后再试"
    title_en = "Too many requests without consent, try again later"
    remedy_zh = "请等待所示秒数后再试；请持卡人出示新的身份码，或当面验卡"
    remedy_en = (
        "Wait as long as shown; let the holder show a new code, or check the card while the holder is there"
    )

    def __init__(self, seconds: int) -> None:
        super().__init__(f"请等待 {seconds} 秒 · wait {seconds} seconds", retry_after_seconds=seconds)


class PurposeNotForKind(Problem):
    """The rules let no institution of this kind ask for this purpose."""

    slug = "purpose-not-for-kind"
    status = 422
    title_zh = "该类机构不能登记此核验用途"
    title_en = "This kind of institution may not ask for this purpose"
    remedy_zh = "请对照换发规则 identity_purpose 选择用途；机构类别登记有误的，请先更正机构"
    remedy_en = "See the rules (identity_purpose) for the purposes of this kind; correct the institution if its kind is wrong"
