"""What the pages of settling call things; the interface says them as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]
KIND: Final[Mapping[str, Words]] = {
    "outpatient": ("门诊", "clinic"), "pharmacy": ("购药", "purchase"), "inpatient": ("住院", "stay"),
}  # fmt: skip
CLASS: Final[Mapping[str, Words]] = {
    "full": ("甲类，全部纳入", "class A, in scope"), "shared": ("乙类，先自负一部分", "class B, a part is paid first"),
    "own": ("自费", "own expense"),
}  # fmt: skip
STATUS: Final[Mapping[str, Words]] = {
    "open": ("进行中", "under way"), "discharged": ("已出院", "discharged"), "cancelled": ("已撤销", "cancelled"),
}  # fmt: skip
DIFFERENCE: Final[Mapping[str, Words]] = {
    "missing_here": ("我方没有", "missing here"), "missing_there": ("对方没有", "missing there"),
    "amount_differs": ("金额不符", "amounts differ"),
}  # fmt: skip
FATE: Final[Mapping[str, Words]] = {
    "unknown": (
        "我方未收到，或已被拒绝，没有结算",
        "It never came here, or was refused: nothing was settled",
    ),
    "settled": ("我方已结算", "It was settled here"),
    "reversed": ("我方已结算，后已冲正", "It was settled here, and taken back since"),
    "withdrawn": ("冲正先到，此报文不再受理", "Its reversal came first: it does not count"),
    "reversal": ("这是一笔冲正", "It is a reversal"),
}
