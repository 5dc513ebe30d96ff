"""How a person is addressed: by surname, or not at all. Pure."""

from __future__ import annotations

import re
from typing import Final

DOUBLE_SURNAMES: Final = frozenset(
    (
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "长孙", "宇文", "端木",
        "百里", "南宫", "闻人", "澹台", "淳于",
    )
)  # fmt: skip
NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}")
"""A name in Chinese characters whose surname can be told; other names are written in other orders."""
TITLES: Final = {"male": "先生", "female": "女士"}


def salutation(name: str, sex: str) -> str:
    """Give `王先生，`, or nothing where the surname cannot be told; never more of the name than its surname."""
    if not NAME.fullmatch(name):
        return ""
    surname = next(
        (double for double in DOUBLE_SURNAMES if name.startswith(double) and name != double), name[:1]
    )
    return f"{surname}{TITLES[sex]}，"
