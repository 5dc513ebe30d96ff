"""A simulated programme: read strictly, drawn by the seed, lived through by the same commands as everywhere."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from tests.chain.command_line import at_once, begin, here, key_file

from shebaoka.service.dashboard.published import published
from shebaoka.simulation.rollout import curves
from shebaoka.simulation.rollout.curves import Curve
from shebaoka.simulation.rollout.parameters import PACKAGED, ParametersRefused, marked, read
from shebaoka.simulation.rollout.residents import Working

MASTER_KEY = bytes(range(16))
SHORT = ("simulate", "--from", "2018-12-03", "--to", "2019-01-18", "--scale", "0.0001", "--json")


@pytest.fixture(scope="module")
def played(server, tmp_path_factory):
    """The same weeks three times: seed 1, seed 1 again, seed 2."""
    names = ("simulated_once", "simulated_again", "simulated_other")
    folders = [tmp_path_factory.mktemp(name) for name in names]
    for name, folder in zip(names, folders, strict=True):
        server.create_database(name)
        key_file(folder, MASTER_KEY)
    yield [
        one.did()
        for one in at_once(
            [
                begin(folder, *SHORT, "--seed", seed, database_url=server.url(name))
                for name, folder, seed in zip(names, folders, "112", strict=True)
            ]
        )
    ]
    for name in names:
        server.drop_database(name)


def lived(told):
    return [{name: value for name, value in one.items() if name != "day"} for one in told["curve"]]


def test_cards_are_applied_for_made_delivered_and_opened_and_old_cards_end_of_it(played):
    december, january = played[0]["curve"]
    assert january["applied"] > january["made"] > january["delivered"] > january["opened"] > 0
    assert january["unopened"] == january["made"] - january["opened"]
    assert december["old_good"] > january["old_good"]
    assert played[0]["refused"] == 0


def test_the_report_says_what_was_fitted_and_what_it_cost(played):
    names = [one["name"] for one in played[0]["fitted"]]
    assert {"population.old_card", "pilot.share", "applies.pupils", "opening.opens"} <= set(names)
    told = played[0]
    # The seconds are told to a tenth.
    rounding = 0.05 * 1000 / told["residents"] + 0.01
    cost = told["seconds"] * 1000 / told["residents"]
    assert told["cost_ms_per_resident"] == pytest.approx(cost, abs=rounding)
    hours = told["seconds"] / told["scale"] / 3600
    assert told["scale_1_hours"] == pytest.approx(hours, abs=0.05 / told["scale"] / 3600 + 0.051)


def test_nobody_ever_has_two_live_cards_and_the_audit_chain_is_whole(played):
    assert all((one["two_live_cards"], one["audit_verified"]) == (0, True) for one in played)


def test_the_published_points_in_the_time_stand_beside_the_simulated(played):
    told = {(one["day"], one["series"]): one for one in played[0]["published"]}
    assert set(told) == {("2018-12-20", "applied"), ("2018-12-20", "applied_online"), ("2018-12-20", "made")}
    one = told["2018-12-20", "applied"]
    assert one["error"] == pytest.approx(one["simulated"] / 2_850_000 - 1, abs=0.001)


def test_the_seed_decides(played):
    once, again, other = map(lived, played)
    assert once == again
    assert once != other


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("old_card =", "old_cards =", "old_cards"),
        ("share = 0.93", "share = 1.93", "1"),
        ("residents = 24_870_000", 'residents = "many"', "residents"),
        ("[pilot]", "[pilot", "line"),
    ],
)
def test_a_wrong_parameter_is_named(tmp_path, was, becomes, said):
    text = PACKAGED.joinpath("parameters.toml").read_text("utf-8")
    assert was in text
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(was, becomes, 1), "utf-8")
    with pytest.raises(ParametersRefused, match=said):
        read(file)


def test_a_missing_file_and_days_in_the_wrong_order_are_refused(tmp_path):
    ran = here(tmp_path, "simulate", "--parameters", str(tmp_path / "none.toml"), "--json")
    assert ran.refused("parameters-refused")
    assert here(tmp_path, "simulate", "--from", "2020-01-01", "--to", "2019-01-01").code == 2


def numbers(document):
    """Give the keys of all numbers of a file, in its order; a table within a line counts as one."""
    for name, value in document.items():
        if isinstance(value, list):
            yield from (found for one in value for found in numbers(one))
        elif isinstance(value, dict) and name in ("channels", "places"):
            yield name
        elif isinstance(value, dict):
            yield from numbers(value)
        elif isinstance(value, int | float):
            yield name


def test_every_number_says_where_it_comes_from():
    text = PACKAGED.joinpath("parameters.toml").read_text("utf-8")
    said = [one.name.rpartition(".")[2] for one in marked(text)]
    assert sorted(said) == sorted(numbers(tomllib.loads(text)))


def test_what_was_fitted_is_named_in_full_with_its_number_and_to_what():
    text = PACKAGED.joinpath("parameters.toml").read_text("utf-8")
    parameters, found = read(), {one.name: one for one in curves.fitted(text)}
    assert len(found) == len(curves.fitted(text)), "each has a name of its own"
    assert all(one.why for one in found.values())
    for group in ("retirees", "pupils", "employees", "everyone_else", "without_old_card"):
        assert float(found[f"applies.{group}"].value) == getattr(parameters.applies, group)
    shares = {f"period[{one.group}, {one.from_}, {one.to}].share": one.share for one in parameters.period}
    assert {name: float(found[name].value) for name in shares} == shares
    assert "capacity.cards[2019-01-01].a_day" in found
    assert "capacity.community_centre" not in found, "assumed, not fitted"


def test_the_packaged_parameters_reach_every_group():
    parameters = read()
    for group in ("retirees", "pupils", "employees", "everyone_else"):
        assert sum(one.share for one in parameters.period if one.group == group) == pytest.approx(1.0)
    assert parameters.cards_a_day(date(2018, 6, 30)) == 0
    assert parameters.cards_a_day(date(2018, 12, 31)) < parameters.cards_a_day(date(2019, 1, 1))


def test_a_published_point_is_compared_with_its_own_series():
    curve = Curve(date(2020, 6, 21), 9, 8, 14_000_000, 6, 5, 4_000_000, 3)
    by_series = {one.series: one for one in published() if one.day == curve.day}
    assert curves.compared(by_series["made"], curve, 7).simulated == 14_000_000
    assert curves.compared(by_series["unopened"], curve, 7).error == -0.2
    assert curves.compared(by_series["on_old_only"], curve, 2_100_000).error == 0.0


def test_working_days_and_the_ends_of_months():
    working = Working(date(2018, 12, 28), date(2019, 1, 3))
    assert [day.day for day in working.days] == [28, 31, 1, 2, 3]
    assert working.next(date(2018, 12, 29)) == date(2018, 12, 31)
    assert working.after(date(2019, 1, 3)) == date(2019, 1, 4)
    assert curves.month_ends(date(2018, 12, 28), date(2019, 1, 3)) == [date(2018, 12, 31), date(2019, 1, 3)]
