"""What dimensions, values and measures of the figures are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shebaoka.faces.web.district_map import DISTRICTS

Words = tuple[str, str]
DIMENSION: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "district": ("区", "District"),
        "bank": ("银行", "Bank"),
        "channel": ("申请渠道", "Channel"),
        "group": ("人群", "Group"),
    }
)
CITY: Final[Words] = ("全市", "The whole city")
UNKNOWN: Final[Words] = ("未登记", "Not known")
CHANNEL: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "bank_outlet": ("银行网点", "Bank outlets"),
        "community_centre": ("社区事务受理服务中心", "Community centres"),
        "online": ("网上平台", "Online"),
        "employer": ("单位批量", "Employers"),
    }
)
GROUP: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "retirees": ("退休人员", "Retirees"),
        "pupils": ("中小幼", "Pupils"),
        "employees": ("在职人员", "Employees"),
        "everyone_else": ("其他人员", "Everyone else"),
    }
)
DISTRICT: Final[Mapping[str, Words]] = MappingProxyType({one.code: (one.zh, one.en) for one in DISTRICTS})
MEASURE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "applied": ("申请", "Applied"),
        "applied_online": ("网上申请", "Applied online"),
        "made": ("制卡", "Made"),
        "delivered": ("送达", "Delivered"),
        "opened": ("开通", "Opened"),
        "unopened": ("未开通", "Unopened"),
        "on_old_only": ("仍只用老卡的人", "People on old cards only"),
    }
)
TRUST: Final[Mapping[str, Words]] = MappingProxyType(
    {"stated": ("原文所述", "as stated"), "high": ("可信", "good"), "low": ("存疑", "doubtful")}
)

TOPIC: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "apply": ("申领", "Applying"),
        "replace": ("补换", "Replacement"),
        "deliver": ("寄送领取", "Delivery"),
        "open": ("开通", "Opening"),
        "loss": ("挂失", "Loss"),
        "social_use": ("社保应用", "Social security"),
        "medical_use": ("医保应用", "Medical insurance"),
        "financial": ("金融应用", "Bank functions"),
        "other": ("其他", "Other"),
    }
)
HANDOVER: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "pending": ("等待接手", "Waiting"),
        "accepted": ("已接手", "Accepted"),
        "declined": ("谢绝", "Declined"),
        "recalled": ("撤回", "Recalled"),
        "lapsed": ("无人接手", "Lapsed"),
    }
)


def named(by: str, value: str, banks: Mapping[str, Words]) -> Words:
    """Give what a value of a dimension is called; one without words is shown as it is."""
    if by == "city":
        return CITY
    if not value:
        return UNKNOWN
    words = {"district": DISTRICT, "bank": banks, "channel": CHANNEL, "group": GROUP}[by]
    return words.get(value, (value, value))
