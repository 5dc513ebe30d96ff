"""The sketch of the sixteen districts, as a way to somewhere and shaded by a figure."""

from __future__ import annotations

import re

import pytest

from shebaoka.faces.web.district_map import DISTRICTS, NAMED, shades
from shebaoka.faces.web.showing import environment

BYTES_MAX = 8_000
SHOWN = '{% import "districts.html" as maps %}'


def sketch(**given) -> str:
    call = "{{ maps.sketch('领卡进度', 'Cards', links=links, steps=steps, notes=notes) }}"
    return environment().from_string(SHOWN + call).render({"links": {}, "steps": {}, "notes": {}} | given)


def test_the_map_has_the_sixteen_districts_of_today_and_few_bytes():
    links = {code: f"/outlets/{code}" for code in NAMED}
    notes = dict.fromkeys(NAMED, "93.4 %")
    made = sketch(links=links, notes=notes, steps=dict.fromkeys(NAMED, 4))
    assert len(NAMED) == len(DISTRICTS) == 16
    assert len(made.encode()) <= BYTES_MAX
    assert "style=" not in made
    assert " id=" not in made, "two maps on one page would share it"
    for one in DISTRICTS:
        assert (
            made.count(f"<title>{one.zh} {one.en.replace(chr(39), '&#39;')} 93.4 %</title>")
            == 1 + one.downtown
        )
        assert made.count(f'href="/outlets/{one.code}" tabindex="-1"') == 1, (
            "reached by pointer, once; by keys in the list"
        )


def test_outlines_are_closed_and_names_stand_inside_the_picture():
    for one in DISTRICTS:
        assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", one.outline)
        xs, ys = ((405, 625), (530, 794)) if one.downtown else ((12, 1092), (8, 1218))
        assert xs[0] < one.label[0] < xs[1]
        assert ys[0] < one.label[1] < ys[1]


def test_a_picture_without_links_is_named_and_leads_nowhere():
    made = sketch()
    assert 'role="img" aria-label="领卡进度 Cards"' in made
    assert "<a " not in made


def test_a_district_is_shaded_by_its_figure_and_one_without_stays_white():
    found = shades(
        {"310101": 0, "310104": 25, "310105": 99.9, "310106": 100, "310107": None}, (25, 50, 75, 100)
    )
    assert found == {"310101": 0, "310104": 1, "310105": 3, "310106": 4}
    made = sketch(steps=found)
    assert made.count('class="step-4"') == 2, "downtown stands in the city and in the inset"
    assert made.count('class="step-none"') == 12 + 3


@pytest.mark.parametrize("bounds", [(1, 2, 3, 4, 5), (2, 1)])
def test_bounds_that_no_map_can_show_are_a_mistake(bounds):
    with pytest.raises(AssertionError):
        shades({}, bounds)


def test_a_legend_says_what_shades_mean():
    made = (
        environment()
        .from_string(SHOWN + "{{ maps.legend([(0, '不足25%', 'below 25 %'), (none, '无数据', 'no data')]) }}")
        .render()
    )
    assert 'class="step-0"' in made
    assert 'class="step-none"' in made
    assert "不足25%" in made
