"""The line that desktop software of hospitals and counters expects of `iReadCardBas`: text in GBK, as the cards' own. Pure."""

from __future__ import annotations

from datetime import date

from shebaoka.chip.reading import CardRead

ENCODING = "gbk"
FIELDS = (
    "行政区划", "社会保障号码", "卡号", "卡识别码", "姓名", "复位信息", "规范版本", "发卡日期", "有效期", "终端机编号", "终端设备号",
)  # fmt: skip


def line(card: CardRead, terminal: str, device: str) -> str:
    """Give the eleven fields, each followed by `|`. `terminal`, `device`: the numbers that the terminal was given."""
    fields = (
        card.division, card.id_number or "", card.card_number, card.identification_code.hex().upper(), card.name or "",
        card.reset.historical.hex().upper(), card.version, _day(card.issued_on), _day(card.expires_on), terminal, device,
    )  # fmt: skip
    return "".join(f"{field}|" for field in fields)


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""
