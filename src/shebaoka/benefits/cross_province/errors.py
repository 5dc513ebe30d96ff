"""Why nothing is registered, settled or cleared between provinces. Each says what can be done."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class PlaceRefused(Problem):
    """The place of care is no division of another province."""

    slug = "place-refused"
    status = 422
    title_zh = "就医地代码不可用"
    title_en = "The place of care cannot be used"
    remedy_zh = "请填写外省市的六位行政区划代码；整个省份填该省代码，如江苏 320000"
    remedy_en = "Give the six digits of a division in another province; the province's own code (Jiangsu: 320000) means all of it"


class RegistrationRefused(Problem):
    """The rules do not allow this registration, or not on what was seen; the detail says why."""

    slug = "registration-refused"
    status = 422
    title_zh = "不符合异地就医备案条件"
    title_en = "The rules do not allow this registration"
    remedy_zh = "请按提示办理；需要更多材料的，请备齐后到社区事务受理服务中心"
    remedy_en = "Do what the reason says; with the documents that it names go to a community centre"


class RegistrationInForce(Problem):
    """A registration of this kind is in force, for another place or other days."""

    slug = "registration-in-force"
    status = 409
    title_zh = "已有同类备案在有效期内"
    title_en = "A registration of this kind is in force"
    remedy_zh = "就医地有变的，请先撤销原备案，再重新备案"
    remedy_en = "If the place has changed withdraw that one and register anew"


class NotRegisteredAway(Problem):
    """The person was not registered for care in that place on the day of admission."""

    slug = "not-registered-away"
    status = 422
    title_zh = "入院当日没有该就医地的异地就医备案"
    title_en = "Not registered for care in that place on the day of admission"
    remedy_zh = "请参保人先办理备案再结算；不补备案的，费用自付后凭票据回参保地报销"
    remedy_en = "Register first and settle then; or pay, keep the bill and be reimbursed where one is insured"


class NotSettledAway(Problem):
    """This kind of care is not settled between provinces on that day."""

    slug = "not-settled-away"
    status = 422
    title_zh = "此类就医不能跨省直接结算"
    title_en = "This kind of care is not settled between provinces"
    remedy_zh = "请先自费并保留票据，回参保地报销"
    remedy_en = "Pay, keep the bill, and be reimbursed where you are insured"


class GuestRefused(Problem):
    """The insured place will not settle for this guest; the detail is its reason."""

    slug = "guest-refused"
    status = 422
    title_zh = "参保地未受理"
    title_en = "The insured place does not take it"
    remedy_zh = "请患者与参保地经办机构联系（备案、参保状态、卡片）后用新的报文编号再办；不补办的先自费，凭票据回参保地报销"
    remedy_en = "Have the patient ask where they are insured (registration, insurance, card), and send it again as a new message; or they pay, and are reimbursed there"


class HubSilent(Problem):
    """The national hub does not answer, and this needs its answer."""

    slug = "hub-silent"
    status = 503
    title_zh = "国家异地就医平台暂无应答"
    title_en = "The national hub does not answer now"
    remedy_zh = "预结算请稍后再试；不影响出院和结算（2304）：先留待结算，平台恢复后结算一次"
    remedy_en = "Quote again later. Discharge and settle all the same: it waits, and is settled once when the hub is back"


class ClearingRefused(Problem):
    """The month cannot be cleared, or its clearing not paid, now; the detail says why."""

    slug = "clearing-refused"
    status = 409
    title_zh = "该月跨省清算暂不能办理"
    title_en = "This month between provinces cannot be cleared now"
    remedy_zh = "请按提示办理：月份结束后再出清算单，先处理完该月对账差异；已付清的无需再办"
    remedy_en = "Do what the reason says: draw it up when the month is over and its differences are worked off; what is paid is done"
