"""`shebaoka card-keys`: a store is made, two officers hold their ceremonies at one terminal, and what is wrong shows."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.chain.command_line import environment, key_file
from tests.chain.command_line import here as run_here
from tests.conftest import MASTER_KEY
from tests.keys.officers import cheap

from shebaoka import wiring
from shebaoka.keys.hierarchy import check_value
from shebaoka.keys.keeping import passphrases
from shebaoka.keys.terminal_file import opened
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.settings import read_settings
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.staff import passwords, second_factor, totp
from shebaoka.registry.staff.commands import create_staff
from shebaoka.simulation.demo.accounts import RULES

INSTITUTIONS = """code,kind,name_zh,name_en,parent,district,uscc,live_from
CENTRE,card_centre,示例卡中心,Centre,,310106,,2018-01-01
"""
PASSWORD = "wq7-mauve-Lantern-4421"
PARTS = (bytes(range(16)), bytes(range(100, 116)))
WHOLE = bytes(one ^ other for one, other in zip(*PARTS, strict=True))
ONE, TWO = ("officer1", PASSWORD), ("officer2", PASSWORD)


async def found(settings, url, folder: Path) -> list[str]:
    """Two key officers and somebody who is none; the first has a second factor. Gives its recovery codes."""
    (folder / "districts.csv").write_text("code,name_zh,name_en\n310106,静安区,Jing'an\n", "utf-8")
    (folder / "institutions.csv").write_text(INSTITUTIONS, "utf-8")
    (folder / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
    async with wiring.city(settings, url) as city, city.database.work(SYSTEM) as work:
        await load_rules(work)
        await load_rules(work, RULES)
        await import_institutions(work, folder)
        centre = await work.value("SELECT institution_id FROM institution")
        ids = [
            await create_staff(
                work, institution_id=centre, login=login, name="某某", role=role, password=PASSWORD
            )
            for login, role in (("officer1", "key_officer"), ("officer2", "key_officer"), ("head", "programme_head"))
        ]  # fmt: skip
        work.actor = Actor(f"staff:{ids[0]}", centre, "key_officer")
        secret = await second_factor.begin(work, ids[0])
        return await second_factor.confirm(work, ids[0], totp.code(secret, totp.step_at(work.now)))


@pytest.fixture
def city(database_url, tmp_path, monkeypatch):
    """The settings of a city in a database of its own, and the first officer's recovery codes."""
    given = {"database_url": database_url, "master_key_file": key_file(tmp_path, MASTER_KEY)}
    for name, value in environment(tmp_path, **given).items():
        monkeypatch.setenv(name, value)
    # What guessing costs is tested elsewhere; here it would only be waited for.
    monkeypatch.setattr(passphrases, "new_text", cheap)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))
    codes = asyncio.run(found(read_settings(), database_url, tmp_path))
    return tmp_path, given, iter(codes)


def test_a_store_and_its_keys_from_the_command_line(city):
    folder, given, codes = city
    hold = ("card-keys", "hold")

    def here(*arguments, typed=()):
        return run_here(folder, *arguments, typed=typed, **given)

    first = lambda: (*ONE, next(codes))  # noqa: E731 - a recovery code counts once
    assert here("card-keys", "show", "--json").did()["store"]["open"] is False
    here(*hold, "generate", "--reason", "首次", "--json", typed=[*first(), *TWO]).refused("card-keys-closed")
    made = here("card-keys", "init", "--generate", "--json").did()
    store = Path(made["store"])
    secrets = [folder / "keys" / f"officer-{n}.secret" for n in (1, 2)]
    assert {stat.S_IMODE(one.stat().st_mode) for one in (store, *secrets)} == {0o600}
    here("card-keys", "init", "--json").refused("card-keys-closed")

    # A key comes in by two components; one officer alone, or a third with another role, gets nowhere.
    checks = [check_value(3, part).hex() for part in (*PARTS, WHOLE)]
    import_ = (*hold, "import", "--reason", "上级下发", "--top", "city", "--json")
    parts = [[part.hex(), check] for part, check in zip(PARTS, checks[:2], strict=True)]
    here(*import_, typed=["head", PASSWORD]).refused("forbidden")
    here(*import_, typed=["officer2", "wrong"]).refused("log-in-refused")
    alone = [*TWO, checks[2], *parts[0], *TWO, *parts[1]]
    here(*import_, typed=alone).refused("second-officer-needed")
    here(*import_, typed=[*TWO, checks[2], *parts[0], *first()]).refused("ceremony-under-way")
    assert len(here("card-keys", "show", "--json").did()["open_ceremonies"]) == 1
    withdrawn = asyncio.run(_withdraw())
    assert withdrawn == 1
    both = [*TWO, checks[2], *parts[0], *first(), *parts[1]]
    assert here(*import_, typed=both).did()["status"] == "done"
    for kind in ("derive", "put_in_force"):
        typed = [*first(), *TWO]
        assert (
            here(*hold, kind, "--version", "1", "--reason", "首次", "--json", typed=typed).did()["version"]
            == 1
        )
    here("card-keys", "verify", "--json").did()
    [version] = here("card-keys", "show", "--json").did()["versions"]
    assert (version["status"], version["keys"]["city.0"]) == ("in_force", checks[2].upper())
    assert "SM4 第 1 版" in here("card-keys", "show").out

    # A terminal gets its reading keys from two officers; they are in use for it at once.
    out = folder / "terminal.json"
    terminal = (
        "card-keys",
        "export-terminal",
        "--to",
        str(out),
        "--terminal",
        "T1",
        "--reason",
        "药店",
        "--json",
    )
    secret = "un cheval 马 battery 订书钉"
    here(*terminal, typed=[*first(), *TWO, secret, secret]).did()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    [ring] = opened(out.read_bytes(), secret)
    assert list(ring.keys) == [(3, 0x0A)]
    here(*terminal, typed=[]).refused("card-keys-closed")

    # An officer leaves: new passphrases; then the store is damaged, and verify says what is wrong.
    before = [one.read_text() for one in secrets]
    here("card-keys", "relock", "--generate", "--json").did()
    assert all(one.read_text() != old for one, old in zip(secrets, before, strict=True))
    here("card-keys", "verify", "--json").did()
    document = json.loads(store.read_text())
    moved = document["keys"].pop("3.1.application.10")
    store.write_text(json.dumps(document))
    told = here("card-keys", "verify", "--json")
    assert (told.code, told.document["findings"]) == (1, ["缺少密钥 · a key is missing: 3.1.application.10"])
    document["keys"]["3.9.application.10"] = moved
    store.write_text(json.dumps(document))
    here("card-keys", "verify", "--json").refused("card-keys-closed")


async def _withdraw() -> int:
    """Take back what is open, as an officer does on the page."""
    from shebaoka.keys.commands import withdraw  # noqa: PLC0415
    from shebaoka.keys.using import Keys  # noqa: PLC0415

    settings = read_settings()
    with wiring.database_url(settings) as url:
        async with wiring.city(settings, url) as city, city.database.work(SYSTEM) as work:
            rows = await work.rows("SELECT ceremony_id FROM card_key_ceremony WHERE status = 'opened'")
            for row in rows:
                await withdraw(work, Keys(city.key_store, city.settings.city_digits), row[0])
            return len(rows)


@pytest.mark.parametrize("done", [0, 1])
def test_new_passphrases_cut_before_they_are_in_place_are_put_there_by_hand(city, monkeypatch, done):
    """The store has the new lock already; the new secrets lie beside the old ones, as docs/keys.md says."""
    folder, given, _ = city

    def here(*arguments):
        return run_here(folder, "card-keys", *arguments, "--json", **given)

    here("init", "--generate").did()
    replace, placed = Path.replace, []

    def cut(self, target):
        if self.suffix == ".new":
            if len(placed) == done:
                raise PowerCut
            placed.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(PowerCut):
        here("relock", "--generate")
    monkeypatch.setattr(Path, "replace", replace)
    here("verify").refused("card-keys-closed")
    left = sorted((folder / "keys").glob("*.new"))
    assert len(left) == 2 - done
    for one in left:
        one.replace(one.with_suffix(""))
    here("verify").did()
    here("relock", "--generate").did()


class PowerCut(BaseException):
    """The machine is off."""
