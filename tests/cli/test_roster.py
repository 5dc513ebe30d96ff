"""What `shebaoka roster import` tells and hands back, on a city with nobody in it: every row is refused there."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from tests.chain.command_line import shebaoka

from shebaoka.records.lists import REGISTER_EXTRACT


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """An extract of one invented person and two blank rows."""
    file = tmp_path / "登记.csv"
    columns = REGISTER_EXTRACT.columns
    with file.open("w", encoding="gb18030", newline="") as opened:
        csv.writer(opened).writerows([[c.header for c in columns], [], ["  "], [c.example for c in columns]])
    return file


def take_in(home: Path, file: Path, *more: str):
    return shebaoka(home, "roster", "import", str(file), "--kind", "register", *more)


def test_a_corrected_file_is_never_written_over(home, extract):
    beside = extract.with_name("登记-退回.xlsx")
    first = take_in(home, extract, "--json").did()
    assert (first["total_rows"], first["rejected_rows"], first["rejects_file"]) == (1, 1, str(beside))
    sent = beside.read_bytes()
    assert take_in(home, extract, "--json").did()["rejects_file"] == str(beside)
    beside.write_bytes(b"corrected by hand")
    for _ in range(2):
        again = take_in(home, extract, "--json").did()
        assert (again["again"], again["rejects_file"]) == (True, str(extract.with_name("登记-退回-2.xlsx")))
    assert beside.read_bytes() == b"corrected by hand"
    assert extract.with_name("登记-退回-2.xlsx").read_bytes() == sent


def test_what_is_sent_back_about_people_is_for_its_owner_to_read(home, extract):
    rejects = Path(take_in(home, extract, "--json").did()["rejects_file"])
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600


def test_the_list_itself_is_never_written_over(home, extract):
    was = extract.read_bytes()
    problem = take_in(home, extract, "--rejects", str(extract), "--json").refused("file-unreadable")
    assert extract.name in problem["detail"]
    assert extract.read_bytes() == was


def test_what_was_passed_over_is_told(home, extract):
    (note,) = take_in(home, extract, "--json").did()["notes"]
    assert (note["code"], note["rows"]) == ("rows-ignored", 2)
    told = take_in(home, extract)
    assert told.code == 0
    assert "跳过了空行、合计行和示例行（2 行 rows）" in told.out
    assert "第 4 行" in told.out


def test_a_list_refused_as_a_whole_is_listed_as_not_answered(home, tmp_path):
    file = tmp_path / "无表头.csv"
    file.write_text("姓名\n张示例\n", encoding="utf-8")
    take_in(home, file, "--json").refused("list-header-missing")
    (line,) = [line for line in shebaoka(home, "roster", "list").out.splitlines() if "无表头" in line]
    assert "not answered" in line
    assert "None" not in line


def test_how_far_a_list_is(home, extract):
    taken = take_in(home, extract, "--json").did()
    number = taken["list_id"]
    assert taken["structure"] == {"rows": 1, "passed": 0, "failed": 1, "repeated": 0}
    told = shebaoka(home, "roster", "progress", number, "--json").did()
    assert (told["stage"], told["structure"], told["applications"]) == ("answered", taken["structure"], {})
    assert told["lineage"] == {"amends": [], "amended_by": [], "mended_rows": 0}
    assert "结构核对 structure：1 行，通过 0，退回 1" in shebaoka(home, "roster", "progress", number).out
    (row,) = shebaoka(home, "roster", "status", number, "--json").did()["rows"]
    assert (row["row_no"], row["status"]) == (4, "to_mend")
    said = shebaoka(home, "roster", "status", number).out
    assert "第 4 行 row：退回" in said
    shebaoka(home, "roster", "progress", "1", "--json").refused("not-found")


def test_collections_are_listed(home):
    assert shebaoka(home, "roster", "collections", "--json").did() == {"collections": []}
