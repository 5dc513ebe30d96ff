"""The card centre's pages: production, parcels, blank cards, card keys, institutions' readiness, and the rules in force."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.web.pages.centre import batches, card_faces, card_keys, production, programme
from shebaoka.faces.web.visiting import Menu

HANDLERS: Final = (
    *production.HANDLERS, *batches.HANDLERS, *card_faces.HANDLERS, *card_keys.HANDLERS, *programme.HANDLERS,
)  # fmt: skip
MENU: Final = (
    Menu("/staff/centre", "制卡与寄送", "Production", "production.run"),
    Menu("/staff/blanks", "空白卡总览", "Blank cards", "stock.overview"),
    Menu("/staff/keys", "卡片密钥", "Card keys", "keys.read"),
    Menu("/staff/readiness", "上线进度", "Readiness", "report.read"),
    Menu("/staff/rules", "规则", "Rules", "programme.explain"),
)
