import json
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from shebaoka.records import uscc
from shebaoka.records.id_number import Kind
from shebaoka.records.lists import KINDS, REGISTER_EXTRACT, ListResult, read_list
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.outlets.reading import read
from shebaoka.simulation.city import CityFolderTaken, CitySummary, build_city
from shebaoka.simulation.city.chance import Chance

PEOPLE, SEED = 4_000, 11
ON = date(2018, 12, 31)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CitySummary]:
    folder = tmp_path_factory.mktemp("city") / "city"
    return folder, build_city(folder, PEOPLE, SEED)


@pytest.fixture(scope="module")
def city(built: tuple[Path, CitySummary]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def register(city: Path) -> pl.DataFrame:
    result = read_list(
        city / "register/extract.csv", "extract.csv", REGISTER_EXTRACT, on=ON, invented_allowed=True
    )
    assert result.rejects.is_empty()
    return result.rows


@pytest.fixture(scope="module")
def lists(city: Path) -> dict[str, ListResult]:
    return {
        file["path"]: read_list(
            city / file["path"],
            file["path"],
            KINDS[file["kind"]],
            on=date.fromisoformat(file["on"]),
            invented_allowed=True,
        )
        for file in expected(city)["files"]
    }


def expected(city: Path) -> dict:
    return json.loads((city / "expected.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_bytes(city: Path, tmp_path: Path) -> None:
    build_city(tmp_path / "again", PEOPLE, SEED)
    files = sorted(path.relative_to(city) for path in city.rglob("*") if path.is_file())
    again = sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert files == again
    assert [
        path for path in files if (city / path).read_bytes() != (tmp_path / "again" / path).read_bytes()
    ] == []


def test_another_seed_gives_another_city(city: Path, tmp_path: Path) -> None:
    build_city(tmp_path / "other", PEOPLE, SEED + 1)
    assert (tmp_path / "other/world.csv").read_bytes() != (city / "world.csv").read_bytes()


def test_every_list_reads_as_planned(city: Path, lists: dict[str, ListResult]) -> None:
    plan = expected(city)
    read = {path: (result.total_rows, result.rows.height) for path, result in lists.items()}
    assert read == {file["path"]: (file["rows"], file["good"]) for file in plan["files"]}
    codes = Counter(code for result in lists.values() for code in result.rejects["code"])
    assert dict(codes) == plan["reject_codes"]
    assert len(plan["dirt"]) > 15
    assert all(file["refused"] <= file["rows"] for file in plan["files"])


def test_the_calendar_tells_every_file(city: Path) -> None:
    calendar = pl.read_csv(city / "lists/calendar.csv")
    on_disk = {path.relative_to(city).as_posix() for path in (city / "lists").rglob("*") if path.is_file()}
    assert set(calendar["path"]) | {"lists/calendar.csv"} == on_disk
    assert calendar["on"].is_sorted()
    assert calendar["rows"].sum() == sum(file["rows"] for file in expected(city)["files"])


def test_nobody_can_be_real(register: pl.DataFrame, lists: dict[str, ListResult], city: Path) -> None:
    assert set(register["id_kind"]) == {Kind.INVENTED}
    numbers = pl.concat([register["id_number"], register["guardian_id_number"].drop_nulls()])
    for result in lists.values():
        numbers = pl.concat([numbers, result.rows["id_number"]])
    assert numbers.str.starts_with("10").all()
    codes = pl.read_csv(city / "institutions/institutions.csv")["uscc"]
    codes = codes.filter(codes != "")
    assert codes.len() > 3
    assert all(uscc.is_sound(code) and uscc.is_invented(code) for code in codes)
    assert register["mobile"].str.starts_with("154").all()


def test_the_summary(built: tuple[Path, CitySummary], register: pl.DataFrame) -> None:
    folder, summary = built
    eligible = register.filter(
        pl.col("died_on").is_null() & ((pl.col("hukou") == "本市") | (pl.col("insurance") != "无"))
    )
    assert summary.people == PEOPLE == register["id_number"].n_unique()
    assert summary.eligible == eligible.height == expected(folder)["eligible"]
    assert 0.79 < summary.eligible / PEOPLE < 0.84
    assert sum(summary.by_status.values()) == PEOPLE


def test_children_have_living_parents_of_a_fitting_age(register: pl.DataFrame) -> None:
    children = register.filter(pl.col("stage").is_in(["幼儿园", "小学", "初中", "高中"]))
    both = children.join(
        register, left_on="guardian_id_number", right_on="id_number", how="left", suffix="_of"
    )
    assert both["birth_date_of"].null_count() == 0
    years = (both["birth_date"] - both["birth_date_of"]).dt.total_days() / 365.25
    assert years.min() > 15
    assert both["died_on_of"].null_count() == both.height
    assert (both["address"] == both["address_of"]).all()


def test_institutions_stand_by_each_other(register: pl.DataFrame, city: Path) -> None:
    institutions = pl.read_csv(
        city / "institutions/institutions.csv", schema_overrides={"code": pl.String, "district": pl.String}
    )
    codes = set(institutions["code"])
    assert institutions["code"].is_unique().all()
    kinds = dict(institutions["kind"].value_counts().rows())
    assert (kinds["bank"], kinds["community_centre"]) == (11, 234)
    spots = dict(institutions.filter(pl.col("instant") == 1)["kind"].value_counts().rows())
    assert set(spots) == {"community_centre", "bank_outlet"}
    assert spots["community_centre"] == 117
    outlets = institutions.filter(pl.col("kind") == "bank_outlet")
    assert set(outlets.filter(pl.col("instant") == 1)["parent"]) == set(outlets["parent"]), (
        "each bank has one"
    )
    assert set(outlets["parent"]) == set(institutions.filter(pl.col("kind") == "bank")["code"])
    assert set(register["employer_code"].drop_nulls()) <= codes
    assert set(register["school_code"].drop_nulls()) <= codes
    payroll = pl.read_csv(city / "institutions/payroll_banks.csv")
    assert set(payroll["employer"]) <= codes
    assert set(payroll["bank_code"].drop_nulls()) <= codes | {""}


def test_lists_name_outlets_that_exist(lists: dict[str, ListResult], city: Path) -> None:
    codes = set(pl.read_csv(city / "institutions/institutions.csv")["code"])
    for result in lists.values():
        for column in {"fallback_outlet", "outlet_code", "school_code"} & set(result.rows.columns):
            assert set(result.rows[column]) <= codes


def test_world_and_behaviour_speak_of_the_same_people(register: pl.DataFrame, city: Path) -> None:
    text = {"id_number": pl.String}
    world = pl.read_csv(city / "world.csv", schema_overrides=text)
    behaviour = pl.read_csv(city / "behaviour.csv", schema_overrides=text)
    assert world.columns == ["id_number", "name", "deceased", "id_card_photo", "student_card_photo", "home"]
    assert set(world["id_number"]) == set(register["id_number"]) == set(behaviour["id_number"])
    assert set(behaviour["opens_at"]) == {"bank_outlet", "community_centre", "online", "never"}
    known_dead = register.filter(pl.col("died_on").is_not_null())["id_number"]
    dead = world.filter(pl.col("deceased") == 1)["id_number"]
    assert set(known_dead) < set(dead)
    small = register.filter(pl.col("birth_date") > date(2011, 12, 31))["id_number"]
    assert world.filter(pl.col("id_number").is_in(small.to_list()))["id_card_photo"].sum() == 0


def test_strangers_are_in_no_register(
    register: pl.DataFrame, lists: dict[str, ListResult], city: Path
) -> None:
    applied = [result.rows["id_number"] for result in lists.values()]
    unknown = set(pl.concat(applied)) - set(register["id_number"])
    assert len(unknown) == expected(city)["business"]["stranger"]


def test_a_folder_with_something_in_it_is_left_alone(city: Path) -> None:
    with pytest.raises(CityFolderTaken):
        build_city(city, PEOPLE, SEED)


def test_the_smallest_city(tmp_path: Path) -> None:
    assert build_city(tmp_path / "small", 100, 1).people == 100
    with pytest.raises(ValueError, match="100"):
        build_city(tmp_path / "smaller", 99, 1)


def test_streams_of_chance_do_not_disturb_each_other() -> None:
    one, other = Chance(5), Chance(5)
    other.uniform("another", 10)
    assert one.uniform("stream", 3).to_list() == other.uniform("stream", 3).to_list()
    assert one.uniform("stream", 3).to_list() != one.uniform("streams", 3).to_list()
    assert set(one.index("weights", 100, [0.0, 1.0, 0.0])) == {1}


def test_every_outlet_tells_where_it_is_and_when_it_is_open(city: Path) -> None:
    institutions = pl.read_csv(city / "institutions/institutions.csv", infer_schema=False)
    counters = institutions.filter(pl.col("kind").is_in(["community_centre", "bank_outlet"]))
    known = {
        code: Institution(n, code, kind, "", "", None, None, None, elsewhere=False, live_from=None)
        for n, (code, kind) in enumerate(counters.select("code", "kind").iter_rows(), start=1)
    }
    files = read(city / "institutions", known)
    assert files.faults == []
    assert {one.institution_id for one in files.profiles} == {one.institution_id for one in known.values()}
    assert all(one.phone.startswith("021-00") for one in files.profiles), "a number that nobody has"
    assert len({one.phone for one in files.profiles}) == len(files.profiles)
    assert all(one.institution_id is None and one.spans == () for one in files.other_days)
