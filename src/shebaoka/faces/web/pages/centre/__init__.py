"""The card centre's pages: production, parcels, blank cards, card keys, the status list, institutions' readiness, and the rules in force."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.web.pages.centre import (
    batches,
    blanks,
    card_faces,
    card_keys,
    production,
    programme,
    status_lists,
)
from shebaoka.faces.web.visiting import Menu

HANDLERS: Final = (
    *production.HANDLERS, *blanks.HANDLERS, *batches.HANDLERS, *card_faces.HANDLERS, *card_keys.HANDLERS, *programme.HANDLERS,
    *status_lists.HANDLERS,
)  # fmt: skip
MENU: Final = (
    Menu("/staff/centre", "制卡与寄送", "Production", "production.run"),
    Menu("/staff/blanks", "空白卡总览", "Blank cards", "stock.overview"),
    Menu("/staff/keys", "卡片密钥", "Card keys", "keys.read"),
    Menu("/staff/status-list", "状态名单", "Status list", "status_list.read"),
    Menu("/staff/readiness", "上线进度", "Readiness", "report.read"),
    Menu("/staff/rules", "规则", "Rules", "programme.explain"),
)
