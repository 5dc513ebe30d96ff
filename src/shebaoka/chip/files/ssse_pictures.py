"""SSSE EF07 指纹 and EF08 相片 · fingerprint and photo, as bytes."""

from __future__ import annotations

from typing import Final

from shebaoka.chip.files.common import READ_OUT
from shebaoka.chip.layout import TransparentFile

EF07: Final = TransparentFile(0xEF07, 7, "fingerprint", "指纹", "fingerprint", READ_OUT, 0x400)
EF08: Final = TransparentFile(0xEF08, 8, "photo", "相片", "photo", READ_OUT, 0x1000)
