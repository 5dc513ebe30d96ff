"""Small pieces of SVG, written with presentation attributes: they need no style sheet, on a page or in a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

INK: Final = "#1b2430"
QUIET: Final = "#4b5866"
LINE: Final = "#c3ccd6"
PAPER: Final = "#ffffff"
BRAND: Final = "#0b4f8a"
FONTS: Final = "system-ui, 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"


def element(name: str, *inside: str, **attributes: object) -> str:
    """Write an element; `inside` is SVG already. `_` in a name is `-`; attributes of None are left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def text(said: str, x: float, y: float, **attributes: object) -> str:
    """Write a line of text; x and y are where its baseline begins, or as `text_anchor` says."""
    return element("text", escape(said, quote=False), x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Write a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def path(points: Iterable[tuple[float, float]], **attributes: object) -> str:
    """Write a broken line through points."""
    said = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return element("path", d=f"M{said}", fill="none", **attributes) if said else ""


def picture(name: str, title: str, described: str, size: tuple[float, float], parts: Iterable[str]) -> str:
    """Write a whole picture. `title`, `described`: what is read aloud instead; `name` keeps them apart on a page."""
    width, height = size
    head = element("title", escape(title, quote=False), id=f"{name}-title")
    head += element("desc", escape(described, quote=False), id=f"{name}-desc")
    attributes: Mapping[str, object] = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}",
        "height": f"{height:g}", "role": "img", "aria_labelledby": f"{name}-title {name}-desc",
        "font_family": FONTS, "font_size": 14, "fill": INK,
    }  # fmt: skip
    ground = element("rect", width=f"{width:g}", height=f"{height:g}", fill=PAPER)
    return element("svg", head + ground + "".join(parts), **attributes)


def _value(value: object) -> str:
    return escape(f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value))
