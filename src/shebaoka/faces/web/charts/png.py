"""Pictures as PNG, for reports: drawn with the Chinese font that comes with the program, whatever the machine has."""

from __future__ import annotations

from typing import Final

from pylopdf_fonts_zh_cn import sans_path
from resvg_py import svg_to_bytes

FONT: Final = "Noto Sans SC"
WIDE_PIXELS: Final = 1600
"""Enough for half a page of A4 at 240 dots an inch."""


def png(svg: str, width: int = WIDE_PIXELS) -> bytes:
    """Draw a picture of ours as PNG; some tenths of a second, so call it off the loop."""
    return svg_to_bytes(
        svg_string=svg, width=width, background="#ffffff", skip_system_fonts=True,
        font_files=[str(sans_path())], font_family=FONT, sans_serif_family=FONT,
    )  # fmt: skip
