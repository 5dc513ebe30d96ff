"""`shebaoka benefits` between provinces: who is registered, what waits, what a month leaves owed."""

from __future__ import annotations

from tests.chain.command_line import bilingual, here

from shebaoka.records.id_number import with_check_character

NOBODY = with_check_character("10010119500101001")


def test_what_an_operator_asks_and_does(home, tmp_path):
    def benefits(*words):
        return here(home, "benefits", *words)

    assert benefits("hub-waiting", "--json").did() == {"bills": []}
    assert benefits("hub-differences", "--json").did() == {"differences": []}
    assert benefits("clear", "--month", "2019-01", "--json").did() == {"clearings": []}
    assert benefits("clearings", "--json").did() == {"clearings": []}
    benefits("clear", "--month", "2999-01", "--json").refused("clearing-refused")
    province = ("--province", "320000")
    benefits("clearing-paid", *province, "--month", "2019-01", "--on", "2019-02-02", "--json").refused(
        "clearing-refused"
    )
    file = tmp_path / "clearing.csv"
    assert benefits("clearing-file", str(file), *province, "--month", "2019-01", "--json").did()["rows"] == 0
    assert file.read_text("utf-8-sig").startswith("角色 role,平台编号 number")
    close = ("close-hub-difference", "H1", "--day", "2019-01-02", "--reason", "核实", "--json")
    benefits(*close, *province).refused("not-found")
    benefits(*close, "--province", "310000").refused("place-refused")
    benefits("away", "--id-number", NOBODY, "--json").refused("id-number-refused")
    register = ("--kind", "resettled", "--place", "320100", "--as", "1", "--seen")
    benefits("register-away", "--id-number", NOBODY, *register, "--json").refused("id-number-refused")
    benefits("end-away", "1", "--id-number", NOBODY, "--reason", "搬回", "--json").refused(
        "id-number-refused"
    )
    assert bilingual(benefits("clearings").out)
