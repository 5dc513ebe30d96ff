"""Why a card cannot be printed."""

from __future__ import annotations

from typing import ClassVar

from shebaoka.kit.problems import Problem


class CardFaceRefused(Problem):
    """Something cannot stand on the card as it is. Members: `field`, and where known `places` (counted from 1)."""

    slug: ClassVar[str] = "card-face-refused"
    status: ClassVar[int] = 422
    title_zh: ClassVar[str] = "卡面无法印制"
    title_en: ClassVar[str] = "The card cannot be printed"
    remedy_zh: ClassVar[str] = (
        "请按明细处理：姓名用字缺字的，由登记部门以国标字形登记后重新下单；过长的，由登记部门确认卡面写法；相片有误的，更换相片"
    )
    remedy_en: ClassVar[str] = (
        "As the detail says: for a character that the font lacks, have the register spell the name with one of the national "
        "standard and order again; for one too long, let the register settle how it is printed; for a photo, bring another"
    )
