"""What registrations are called, in Chinese and English. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

KINDS: Final = MappingProxyType(
    {
        "resettled": ("异地安置退休人员", "retired and settled in another province"),
        "referral": ("转诊", "referred to another province"),
    }
)
DOCUMENTS: Final = MappingProxyType(
    {
        "pledge": ("本人承诺书", "your own written pledge"),
        "residence_proof": ("居住证明（户口簿、居住证或长期居住证明）", "a proof of residence there"),
        "referral_letter": ("定点医院转诊证明", "a designated hospital's letter of referral"),
    }
)
REGISTRARS: Final = MappingProxyType(
    {
        "holder": ("本人", "the holder"),
        "centre": ("经办窗口", "a counter"),
        "hospital": ("医院", "a hospital"),
    }
)
STATUSES: Final = MappingProxyType(
    {"in_force": ("有效", "in force"), "withdrawn": ("已撤销", "withdrawn"), "ended": ("已到期", "ended")}
)
