"""What is wrong with a photo, all of it at once, and what to do about it. Pure: bytes and a rule in, findings out.

Whether exactly one face is to be seen is not checked: `FACE`. A person looks at the picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec
from PIL import Image, ImageChops, ImageFilter, ImageStat, UnidentifiedImageError

from shebaoka.registry.programme.model import PhotoFault
from shebaoka.registry.programme.sets import DecidesPhotoStandard

Standard = DecidesPhotoStandard
Severity = Literal["refuse", "hint"]
FACE: Final = "not_checked"
FACE_ZH: Final = "系统不检查相片中是否恰有一张正面人脸，请目视确认"
FACE_EN: Final = (
    "Whether exactly one face, from the front, is to be seen is not checked: have a person look at it"
)
PIXELS_MAX: Final = 16_000_000
"""A picture that claims more is not decoded (inferred: the largest of common cameras)."""
COLOURS: Final = "RGB"
_END_OF_IMAGE: Final = b"\xff\xd9"
_PREVIEW: Final = (44, 55)
"""Light and background are judged at an eighth of the size: each point is the mean of 64, so grain does not count."""
_PREVIEW_SIZE: Final = (45, 56)
_EDGE: Final = 0.08
_EDGE_DOWN_TO: Final = 0.45
"""The background: the upper edge, and the sides down to where shoulders may begin."""
Box = tuple[float, float, float, float]
_FIGURE: Final[Box] = (0.25, 0.2, 0.75, 0.8)
_FACE: Final[Box] = (0.35, 0.3, 0.65, 0.6)
"""Where head and shoulders are, and where nothing but the face is: left, upper, right and lower bound."""
_TWENTIETH: Final = 20
_QUARTER: Final = 4
_HALF: Final = 50
_LAPLACE: Final = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words: what is wrong, and what to do. `{measured}` and the standard's values are filled in."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


SAID: Final[Mapping[PhotoFault, Said]] = {
    "photo-bytes": Said(
        "文件为{measured}字节，应为{bytes_min}至{bytes_max}字节", "The file has {measured} bytes; {bytes_min} to {bytes_max} are wanted",
        "用{width_px}×{height_px}像素另存为JPEG，调整压缩质量", "Save it as a JPEG of {width_px}×{height_px} px at another quality",
    ),
    "photo-unreadable": Said(
        "不是完整的JPEG文件", "This is no whole JPEG file",
        "从相机或原文件重新导出JPEG，再提交一次", "Export the JPEG anew from the camera or the original, and send it again",
    ),
    "photo-pixels": Said(
        "相片为{measured}像素，应为{width_px}×{height_px}像素", "The photo has {measured} pixels; {width_px}×{height_px} are wanted",
        "按{width_px}×{height_px}像素重新裁剪，不要拉伸变形", "Crop it to {width_px}×{height_px} px, without stretching it",
    ),
    "photo-dpi": Said(
        "文件标注的分辨率为{measured} dpi，应为{dpi} dpi", "The file says {measured} dpi; {dpi} are wanted",
        "保存时把分辨率设为{dpi} dpi；像素数正确即不影响制卡", "Set {dpi} dpi when saving it; with the right number of pixels the card can be made all the same",
    ),
    "photo-colours": Said(
        "颜色模式为{measured}，应为24位彩色（RGB）", "The colours are {measured}; 24 bit (RGB) are wanted",
        "用彩色拍摄，保存为24位RGB的JPEG", "Take it in colour and save it as a JPEG of 24 bit RGB",
    ),
    "photo-background": Said(
        "背景不是白色（边缘仅{measured}%为白色）", "The background is not white (of its edge only {measured} %)",
        "在白色背景前重新拍摄，给背景打光，人物离背景半米以上", "Take it again before a white wall, with light on the wall, half a metre away from it",
    ),
    "photo-uneven": Said(
        "背景有阴影或杂物（边缘{measured}%为白色，应达{white_share_min}%）", "There are shadows or things in the background ({measured} % of its edge are white, {white_share_min} % are wanted)",
        "移开杂物，离背景半米以上，从两侧打光，重新拍摄", "Clear the background, stand half a metre away from it, light it from both sides, and take it again",
    ),
    "photo-empty": Said(
        "画面中部几乎没有内容（明暗差{measured}）", "There is next to nothing in the middle (light and dark differ by {measured})",
        "让人脸位于画面中部，重新拍摄", "Take it again with the face in the middle",
    ),
    "photo-dark": Said(
        "面部过暗（亮处{measured}，应达{light_min}）", "The face is too dark (its light parts are at {measured}, {light_min} are wanted)",
        "从正面增加光线或增加曝光，重新拍摄", "Take it again with more light from the front, or a longer exposure",
    ),
    "photo-bright": Said(
        "面部过亮（暗处{measured}，应不超过{dark_max}）", "The face is overexposed (its dark parts are at {measured}, at most {dark_max} are wanted)",
        "减少光线或曝光，关闭直射闪光灯，重新拍摄", "Take it again with less light or a shorter exposure, without a direct flash",
    ),
    "photo-blurred": Said(
        "相片不清晰（清晰度{measured}，应达{sharpness_min}）", "The photo is not sharp (sharpness {measured}, {sharpness_min} are wanted)",
        "擦净镜头，对焦面部，保持不动，重新拍摄；不要放大小图", "Clean the lens, focus on the face, keep still and take it again; do not enlarge a small picture",
    ),
    "photo-day": Said(
        "拍摄日期{measured}晚于今天，或早于本年龄允许的{years}年", "Taken on {measured}: after today, or more than the {years} years ago that this age allows",
        "核对拍摄日期；相片过旧的请重新拍摄", "Check the day; if the photo is too old, have a new one taken",
    ),
    "photo-known-wrong": Said(
        "此人的这张相片此前已被认定不能使用", "This very photo of this person was found wrong before",
        "请提交另一张相片", "Bring another photo",
    ),
}  # fmt: skip


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong with a photo: a code, how much it matters, what was measured, and what to do."""

    slug: PhotoFault
    severity: Severity
    measured: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


def judge(jpeg: bytes, standard: Standard, *, thorough: bool = True) -> list[Finding]:
    """Give everything that is wrong with a photo, faults that refuse it first.

    `thorough` reads every pixel and measures sharpness, for photos that people bring. Without it the picture is read at an
    eighth of its size, for the thousands that come from the stores. Either way all compressed bytes are read, so that a
    cut or damaged picture is found here and not by the card bureau.
    """
    measured = dict(_measure(jpeg, standard, thorough=thorough))
    findings = [finding(slug, what, standard) for slug, what in measured.items()]
    return sorted(findings, key=lambda one: one.severity == "hint")


def refusals(findings: Sequence[Finding]) -> list[Finding]:
    """Give those findings for which a photo is refused."""
    return [one for one in findings if one.severity == "refuse"]


def finding(slug: PhotoFault, measured: object, standard: Standard, **more: object) -> Finding:
    """Put a fault into words."""
    said, values = SAID[slug], msgspec.structs.asdict(standard) | {"measured": measured} | more
    severity: Severity = "hint" if slug in standard.hints else "refuse"
    words = (text.format_map(values) for text in (said.zh, said.en, said.remedy_zh, said.remedy_en))
    return Finding(slug, severity, str(measured), *words)


def _measure(jpeg: bytes, standard: Standard, *, thorough: bool) -> Iterator[tuple[PhotoFault, object]]:
    if not standard.bytes_min <= len(jpeg) <= standard.bytes_max:
        yield "photo-bytes", len(jpeg)
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            yield from _head(image, standard)
            if image.width * image.height > PIXELS_MAX:
                return
            picture = _decoded(image, standard, thorough=thorough)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        yield "photo-pixels", f">{PIXELS_MAX}"
        return
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        yield "photo-unreadable", ""
        return
    if not jpeg.rstrip(b"\x00").endswith(_END_OF_IMAGE):
        yield "photo-unreadable", ""
        return
    yield from _light(picture, standard)
    if thorough:
        yield from _sharpness(picture, standard)


def _head(image: Image.Image, standard: Standard) -> Iterator[tuple[PhotoFault, object]]:
    if image.size != (standard.width_px, standard.height_px):
        yield "photo-pixels", f"{image.width}×{image.height}"
    if image.mode != COLOURS:
        yield "photo-colours", image.mode
    across, down = (round(float(one)) for one in image.info.get("dpi", (0, 0)))
    if (across, down) != (standard.dpi, standard.dpi):
        yield "photo-dpi", across if across == down else f"{across}×{down}"


def _decoded(image: Image.Image, standard: Standard, *, thorough: bool) -> Image.Image:
    """Read the picture, in about the size that it is looked at: a large one takes no more time and memory than it must."""
    image.draft(None, (standard.width_px, standard.height_px) if thorough else _PREVIEW)
    image.load()
    return image if image.mode == COLOURS else image.convert(COLOURS)


def _light(picture: Image.Image, standard: Standard) -> Iterator[tuple[PhotoFault, object]]:
    size = _PREVIEW_SIZE
    small = picture if picture.size == size else picture.resize(size, Image.Resampling.BOX)
    red, green, blue = small.split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue).histogram(_edge(size))
    share = 100 * sum(darkest[standard.white_level_min :]) // sum(darkest)
    if share < standard.white_share_min:
        yield "photo-background" if share < _HALF else "photo-uneven", share
    grey = small.convert("L")
    figure = grey.crop(_within(size, _FIGURE)).tobytes()
    contrast = max(figure) - min(figure)
    face = sorted(grey.crop(_within(size, _FACE)).tobytes())
    light, dark = face[-1 - len(face) // _TWENTIETH], face[len(face) // _QUARTER]
    if contrast < standard.contrast_min:
        yield "photo-empty", contrast
    elif light < standard.light_min:
        yield "photo-dark", light
    elif dark > standard.dark_max:
        yield "photo-bright", dark


def _sharpness(picture: Image.Image, standard: Standard) -> Iterator[tuple[PhotoFault, object]]:
    """Measure the variance of the Laplacian of the figure: edges make it large, blur makes it small; so does noise, larger."""
    size = (standard.width_px, standard.height_px)
    fitting = picture if picture.size == size else picture.resize(size)
    middle = fitting.convert("L").crop(_within(size, _FIGURE))
    # The filter leaves the outermost points as they were.
    edges = middle.filter(_LAPLACE).crop((1, 1, middle.width - 1, middle.height - 1))
    sharpness = int(ImageStat.Stat(edges).var[0])
    if sharpness < standard.sharpness_min:
        yield "photo-blurred", sharpness


@lru_cache(8)
def _edge(size: tuple[int, int]) -> Any:
    wide, high = size
    mask = Image.new("L", size, 0)
    side, low = round(wide * _EDGE), round(high * _EDGE_DOWN_TO)
    for box in ((0, 0, wide, round(high * _EDGE)), (0, 0, side, low), (wide - side, 0, wide, low)):
        mask.paste(255, box)
    return mask


def _within(size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    wide, high = size
    left, upper, right, lower = box
    return round(wide * left), round(high * upper), round(wide * right), round(high * lower)
