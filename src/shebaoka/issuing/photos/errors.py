"""Why a photo is refused."""

from __future__ import annotations

from shebaoka.issuing.photos.model import STANDARD
from shebaoka.kit.problems import Problem


class PhotoRefused(Problem):
    """The photo does not keep the standard; member `reason` says which rule."""

    slug = "photo-refused"
    status = 422
    title_zh = "相片不符合标准"
    title_en = "The photo does not keep the standard"
    remedy_zh = (
        f"请提供 {STANDARD.width_px}×{STANDARD.height_px} 像素、24 位彩色、白色背景、"
        f"{STANDARD.bytes_min}–{STANDARD.bytes_max} 字节的 JPEG 相片"
    )
    remedy_en = (
        f"Give a JPEG of {STANDARD.width_px}×{STANDARD.height_px} px, 24 bit, white background, "
        f"{STANDARD.bytes_min}–{STANDARD.bytes_max} bytes"
    )
