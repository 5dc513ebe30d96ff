"""Provinces by their division codes (GB/T 2260), and which place lies in which. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shebaoka.benefits.cross_province.errors import PlaceRefused

NAMES: Final = MappingProxyType({
    "11": ("北京", "Beijing"), "12": ("天津", "Tianjin"), "13": ("河北", "Hebei"), "14": ("山西", "Shanxi"),
    "15": ("内蒙古", "Inner Mongolia"), "21": ("辽宁", "Liaoning"), "22": ("吉林", "Jilin"), "23": ("黑龙江", "Heilongjiang"),
    "31": ("上海", "Shanghai"), "32": ("江苏", "Jiangsu"), "33": ("浙江", "Zhejiang"), "34": ("安徽", "Anhui"),
    "35": ("福建", "Fujian"), "36": ("江西", "Jiangxi"), "37": ("山东", "Shandong"), "41": ("河南", "Henan"),
    "42": ("湖北", "Hubei"), "43": ("湖南", "Hunan"), "44": ("广东", "Guangdong"), "45": ("广西", "Guangxi"),
    "46": ("海南", "Hainan"), "50": ("重庆", "Chongqing"), "51": ("四川", "Sichuan"), "52": ("贵州", "Guizhou"),
    "53": ("云南", "Yunnan"), "54": ("西藏", "Tibet"), "61": ("陕西", "Shaanxi"), "62": ("甘肃", "Gansu"),
    "63": ("青海", "Qinghai"), "64": ("宁夏", "Ningxia"), "65": ("新疆", "Xinjiang"),
})  # fmt: skip
"""Provinces that have a medical insurance of their own within the national platform, by two digits."""
WHOLE: Final = "0000"
DIGITS: Final = 6
PROVINCES: Final = tuple(int(f"{digits}{WHOLE}") for digits in NAMES)
"""All of them, by their numbers of six digits."""


def province_of(place: str, home: str) -> int:
    """Give the province that a place lies in, as a number of six digits; `home`: our own division code. Raises PlaceRefused.

    This number stands where a ledger line or a message names an institution: no institution has one so small.
    """
    if len(place) != DIGITS or not (place.isascii() and place.isdecimal()) or place[:2] not in NAMES:
        raise PlaceRefused(f"{place}: 不是行政区划代码 · no division code")
    if place[:2] == home[:2]:
        raise PlaceRefused(f"{place}: 本地就医无需备案 · it is no other province")
    return int(place[:2] + WHOLE)


def is_elsewhere(place: str, home: str) -> bool:
    """Tell whether a place lies in another province."""
    try:
        province_of(place, home)
    except PlaceRefused:
        return False
    return True


def covers(registered: str, place: str) -> bool:
    """Tell whether a registration for one place holds at another: itself, or anywhere in the province or city that it names."""
    return place.startswith(registered.removesuffix("00").removesuffix("00"))


def is_province(number: int) -> bool:
    """Tell whether a number stands for a province, where most are of institutions."""
    code = str(number)
    return len(code) == DIGITS and code.endswith(WHOLE) and code[:2] in NAMES


def named(place: str | int) -> tuple[str, str]:
    """Name the province of a place in Chinese and English."""
    return NAMES.get(str(place)[:2], (str(place), str(place)))
