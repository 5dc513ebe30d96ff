"""`shebaoka roster institutions`: institutions, and with them what outlets tell of themselves."""

from __future__ import annotations

import pytest
from tests.chain.command_line import bilingual, here, open_folder
from tests.faces.outlets_town import HEAD, told

from shebaoka import wiring
from shebaoka.kit.settings import Settings

CENTRE = "C1,community_centre,甲社区中心,Centre A,,310101,,2018-01-01\n"


@pytest.fixture(scope="module")
def home():
    """A city just migrated; its server runs on, and commands join it."""
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))):
        yield folder


@pytest.fixture
def files(tmp_path):
    """The files of a city with one community centre."""
    (tmp_path / "districts.csv").write_text("code,name_zh,name_en\n310101,黄浦区,Huangpu\n", "utf-8")
    head = "code,kind,name_zh,name_en,parent,district,uscc,live_from\n"
    (tmp_path / "institutions.csv").write_text(head + CENTRE, "utf-8")
    (tmp_path / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
    return tmp_path


def test_a_fault_of_an_outlet_keeps_the_institutions_out_too(home, files):
    (files / "outlets.csv").write_text(HEAD + told("C1", 1).replace("09:00-11:30", "上午", 1), "utf-8")
    refused = here(home, "roster", "institutions", str(files))
    assert refused.code != 0
    assert "outlets.csv 第2行 mon" in refused.err
    (files / "outlets.csv").write_text(HEAD + told("C1", 1), "utf-8")
    taken = here(home, "roster", "institutions", str(files), "--json").did()
    assert (taken["institutions_new"], taken["outlets_read"], taken["outlets_changed"]) == (1, 1, 1)
    again = here(home, "roster", "institutions", str(files))
    assert "网点地址与开放时间 1 个：变更 0" in again.out
    assert bilingual(again.out)
