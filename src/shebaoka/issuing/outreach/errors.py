"""Why something is not done outside. Each says what helps."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class VisitExists(Problem):
    """A visit to this person is asked for or planned already; members `visit_status` and `requested_on` say how far it is."""

    slug = "visit-exists"
    status = 409
    title_zh = "此人已有在办的上门服务"
    title_en = "A visit to this person is under way already"
    remedy_zh = "不必再次申请；需要改期的，请联系安排上门的银行网点"
    remedy_en = "Nothing to do; for another day call the bank's outlet that plans the visit"


class VisitOutletUnfit(Problem):
    """The visit cannot be made from this outlet: no live bank outlet, or of another bank than the visit's."""

    slug = "visit-outlet-unfit"
    status = 422
    title_zh = "该网点不能承办此次上门服务"
    title_en = "This outlet cannot make the visit"
    remedy_zh = "请选择持卡人服务银行已上线的网点；确需更换银行的，请取消后重新申请"
    remedy_en = (
        "Choose an outlet of the person's bank that is live; for another bank cancel the visit and ask anew"
    )


class VisitStaffUnfit(Problem):
    """Too few members of staff, or some who do not work at the outlet; members `needed` and `unfit`."""

    slug = "visit-staff-unfit"
    status = 422
    title_zh = "上门人员不符合要求"
    title_en = "These members of staff cannot make the visit"
    remedy_zh = "请指派本网点或本行在岗人员；需要见证委托的，须由两名人员上门"
    remedy_en = (
        "Name members of the outlet's or the bank's own staff; two where an authorisation is to be witnessed"
    )


class SlotNotFree(Problem):
    """The outlet makes no more visits in this half day, or none at all; member `free` says where there is room."""

    slug = "slot-not-free"
    status = 409
    title_zh = "该时段没有可用的上门名额"
    title_en = "There is no room for a visit at this time"
    remedy_zh = "请改选所列有余量的时段，或由网点增加名额"
    remedy_en = "Choose a time that is listed as free, or let the outlet open more places"


class SlotOverbooked(Problem):
    """More visits are planned than there would be places; member `taken` says how many."""

    slug = "slot-overbooked"
    status = 409
    title_zh = "已安排的上门多于拟设名额"
    title_en = "More visits are planned than there would be places"
    remedy_zh = "请先改期或取消部分上门，再减少名额"
    remedy_en = "Move or cancel some of the visits first"


class VisitPlannedAnew(Problem):
    """What is told is about an earlier attempt than the one that is planned now; member `attempt` is the present one."""

    slug = "visit-planned-anew"
    status = 409
    title_zh = "该次上门之后已另行安排"
    title_en = "The visit has been planned anew since then"
    remedy_zh = "请查看最新安排；确已办结的，由网点负责人采纳此记录"
    remedy_en = "Look at the present plan; if it was done all the same, the outlet accepts this record"


class SiteUnfit(Problem):
    """The station or stall cannot be set up so; `detail` says what does not fit."""

    slug = "site-unfit"
    status = 422
    title_zh = "服务点设置不符合要求"
    title_en = "The station or stall cannot be set up like this"
    remedy_zh = "请按说明更正：服务点由已上线的银行网点承办，便民摊点须有结束日期，人员与设备须属本网点"
    remedy_en = "Correct what is named: a live bank outlet runs it, a stall has a last day, staff and devices are the outlet's own"


class DeviceRefused(Problem):
    """No device of one's own outlet has this number and secret."""

    slug = "device-refused"
    status = 403
    title_zh = "设备未登记或密钥不符"
    title_en = "The device is not registered here, or its secret is wrong"
    remedy_zh = (
        "请由设备所属网点人员登录后同步；密钥遗失的，请先停用再恢复该设备以取得新密钥，设备上的记录不会丢失"
    )
    remedy_en = (
        "Somebody of the device's own outlet logs in; if the secret is lost, block and release the device for a new one: "
        "what it has captured is kept"
    )


class CaptureFailed(Problem):
    """A captured item met something that the program was not made for; it was not stored."""

    slug = "capture-failed"
    status = 500
    title_zh = "该条记录因系统内部错误未能处理"
    title_en = "This item met an error of ours"
    remedy_zh = "请保留在设备上，稍后再次同步；如仍失败，请联系运维（日志 capture.failed）"
    remedy_en = "Keep it on the device and synchronise again later; if it fails again call the operators (log line capture.failed)"
