"""Charts: round ticks, numbers as Chinese reads them, series told apart without colour, pictures that stand alone."""

from __future__ import annotations

import io
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from shebaoka.faces.web.charts import bars, lines, marks, scale
from shebaoka.faces.web.charts.png import png
from shebaoka.faces.web.pages.dashboard import mapping
from shebaoka.faces.web.pages.dashboard.asking import NOTHING, Row

FIRST, LAST = date(2018, 7, 1), date(2020, 12, 31)
SVG = "{http://www.w3.org/2000/svg}"


def chart(*series: lines.Series, first=FIRST, last=LAST) -> str:
    return lines.drawn(lines.Chart("made", "制卡", "Made", "统计至今", series, first, last))


def series(*points, single: bool = False, zh: str = "制卡") -> lines.Series:
    return lines.Series(zh, "Made", marks.BLUE, points, single)


def parsed(drawn: str):
    """Read a picture as strictly as a word processor would; it names itself and needs no style sheet."""
    root = ET.fromstring(drawn)
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [
        root.find(f"{SVG}{one}").get("id") for one in ("title", "desc")
    ]
    assert not [one for one in root.iter() if {"style", "class"} & set(one.keys())]
    assert "script" not in drawn
    return root


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (9, [0, 2, 4, 6, 8, 10]), (12, [0, 5, 10, 15]),
     (100, [0, 20, 40, 60, 80, 100]), (16_800_000, [0, 5e6, 10e6, 15e6, 20e6])],
)  # fmt: skip
def test_ticks_are_round_and_reach_the_top(top, expected):
    assert scale.ticks(top) == expected


@pytest.mark.parametrize("top", [1, 2, 3, 7, 11, 99, 101, 12_345, 10**9, 10**15])
def test_ticks_of_any_size_are_few_whole_and_ascending(top):
    found = scale.ticks(top)
    assert 2 <= len(found) <= 7
    assert found[0] == 0
    assert found[-2] < top <= found[-1]
    assert all(one == int(one) for one in found)


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (8_512, "8,512"), (10_000, "1万"), (14_300, "1.4万"), (2_850_000, "285万"), (14_700_000, "1470万"),
     (120_000_000, "1.2亿"), (1_234_567_890, "12.35亿")],
)  # fmt: skip
def test_numbers_are_told_in_wan_and_yi(number, told):
    assert scale.short(number) == told


def test_an_axis_tells_its_numbers_in_one_unit():
    assert [scale.unit(top).zh for top in (9_999, 10_000, 99_999_999, 100_000_000)] == ["", "万", "万", "亿"]
    assert scale.unit(20_000_000).told(2_500_000) == "250"
    assert scale.unit(20_000).told(2_500) == "0.25"


def test_days_are_told_as_days_months_or_years():
    assert [word for _, word in scale.Days(FIRST, LAST).ticks()] == [
        "2018-07",
        "2019-01",
        "2019-07",
        "2020-01",
        "2020-07",
    ]
    assert scale.Days(date(2019, 1, 2), date(2019, 1, 9)).ticks()[0] == (date(2019, 1, 2), "1月2日")
    assert scale.Days(FIRST, FIRST).ticks() == [(FIRST, "7月1日")]
    years = scale.Days(date(1990, 1, 1), date(2026, 1, 1)).ticks()
    assert len(years) <= 8
    assert all(word.endswith("年") for _, word in years)


def test_a_chart_of_nothing_says_so():
    root = parsed(chart(series()))
    assert "尚无数字" in root.find(f"{SVG}desc").text
    assert "制卡 Made" in "".join(root.itertext()), "the legend stands"


def test_a_single_point_is_seen():
    root = parsed(chart(series((FIRST, 1)), first=FIRST, last=FIRST))
    assert len(root.findall(f"{SVG}circle")) == 2, "in the legend and at its place"
    assert "7月1日" in "".join(root.itertext())


def test_huge_numbers_fit():
    root = parsed(chart(series((FIRST, 0), (LAST, 1_400_000_000))))
    assert "单位：亿" in "".join(root.itertext())
    assert "14亿" in root.find(f"{SVG}desc").text
    height = float(root.get("height"))
    assert all(0 <= float(one.get("y")) <= height for one in root.iter(f"{SVG}text"))


def test_a_curve_of_many_days_is_thinned_and_keeps_its_ends():
    days = [(FIRST + timedelta(days=i), i) for i in range(5_000)]
    kept = lines.thinned(days)
    assert (kept[0], kept[-1], len(kept)) == (days[0], days[-1], 121)
    assert list(kept) == sorted(kept)
    assert len(chart(series(*days), last=days[-1][0])) < 8_000


def test_series_differ_by_more_than_colour():
    looks = (marks.BLUE, marks.GREEN, marks.BROWN, marks.PLAN, marks.RED)
    assert len({(one.dash, one.mark) for one in looks}) == len(looks)
    hollow = parsed(chart(series((FIRST, 5), single=True)))
    assert [one.get("fill") for one in hollow.findall(f"{SVG}circle")] == ["#ffffff", "#ffffff"], (
        "published points are hollow"
    )


def test_words_are_words():
    root = parsed(chart(series((FIRST, 1), zh="<b>&'\"")))
    assert "<b>&'\"" in "".join(root.itertext())


def test_bars_tell_their_part():
    drawn = bars.drawn(
        bars.Bars(
            "late",
            "积压",
            "Backlog",
            "",
            [bars.Bar("0–9 天", 12_000, 3), bars.Bar("更久", 0)],
            "全部",
            "超期",
        )
    )
    root = parsed(drawn)
    assert "0–9 天 1.2万，超期 3；更久 0，超期 0。" in root.find(f"{SVG}desc").text
    assert "url(#late-hatch)" in drawn
    assert "没有" in "".join(parsed(bars.drawn(bars.Bars("none", "积压", "", "", [], "全部"))).itertext())


def district(code: str, people: int | None, held: int) -> Row:
    return Row(code, (code, code), NOTHING, people, held)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [([], [0.2, 0.4, 0.6, 0.8]), ([0.0, 0.95], [0.2, 0.4, 0.6, 0.8]), ([0.71, 0.871], [0.75, 0.8, 0.85, 0.9]),
     ([0.5], [0.51, 0.52, 0.53, 0.54]), ([1.0], [1.01, 1.02, 1.03, 1.04])],
)  # fmt: skip
def test_five_shades_cover_what_there_is(shares, expected):
    assert mapping.bounds(shares) == expected


def test_a_map_stands_alone_with_its_legend_and_says_what_it_shows():
    drawn = mapping.drawn([district("310101", 10, 7), district("310115", None, 0), district("", 5, 5)], FIRST)
    root = parsed(drawn)
    assert root.find(f"{SVG}desc").text == "310101 70.0%。"
    assert "没有数字" in "".join(root.itertext())


def test_a_picture_for_a_report_has_its_pixels_and_chinese_letters():
    with Image.open(io.BytesIO(png(chart(series((FIRST, 0), (LAST, 5)))))) as picture:
        assert (picture.format, picture.width) == ("PNG", 1600)
        assert picture.height > 800
        grey = picture.convert("L")
        assert grey.getextrema() == (grey.getextrema()[0], 255)
        assert grey.getextrema()[0] < 100
        title = grey.crop((20, 10, 160, 80))
        assert min(title.get_flattened_data()) < 100, "the title is drawn, whatever fonts the machine has"
    boxes = png(chart(series(), last=LAST).replace("制卡", "\U000f0000\U000f0000"))
    letters = png(chart(series(), last=LAST))
    assert boxes != letters
