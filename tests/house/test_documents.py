"""Documents are held against the code, and against each other."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from stdnum.cn.ric import calc_check_digit

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "shebaoka"
README_LINES_MAX = 40
PUBLIC_INDEX = {"https://pypi.org", "https://files.pythonhosted.org"}


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def rooms() -> list[Path]:
    """Give every folder that keeps house: it has commands or views, or is the top of a wing."""
    found = {path.parent for name in ("commands.py", "views.py") for path in SOURCE.rglob(name)}
    found |= {path.parent for path in SOURCE.rglob("commands") if path.is_dir()}
    wings = {path for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    return sorted((found | wings) - {SOURCE / "cli", SOURCE / "migrations"})


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(SOURCE)))
def test_every_room_has_a_readme_that_is_read(room):
    readme = room / "README.md"
    assert readme.is_file(), f"{room} has no README.md"
    assert len(readme.read_text("utf-8").splitlines()) <= README_LINES_MAX


def test_every_store_is_private_to_its_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    protected = {module for contract in contracts for module in contract.get("protected_modules", [])}
    stores = {
        ".".join(path.with_suffix("").relative_to(ROOT / "src").parts) for path in SOURCE.rglob("store.py")
    }
    assert stores
    assert stores == protected


def test_the_lock_names_only_the_public_index():
    hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts == PUBLIC_INDEX
    assert "file://" not in (ROOT / "uv.lock").read_text("utf-8")


def test_both_readmes_say_the_same():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    commands = [re.findall(r"^(?:make|\.venv/bin/shebaoka)[^#\n]*|`(?:make|shebaoka) [^`]*`|SHEBAOKA_\w+", text, flags=re.MULTILINE)
                for text in (english, chinese)]  # fmt: skip
    assert [line.strip() for line in commands[0]] == [line.strip() for line in commands[1]]
    assert len(commands[0]) > 8
    levels = [re.findall(r"^#+ ", text, flags=re.MULTILINE) for text in (english, chinese)]
    assert levels[0] == levels[1]
    links = [
        set(re.findall(r"\]\(([\w./-]+)\)", text)) - {"README.md", "README.zh-CN.md"}
        for text in (english, chinese)
    ]
    assert links[0] == links[1]


@pytest.mark.parametrize(
    "page", [path for path in tracked() if path.suffix == ".md"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_target_explains_itself():
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):(.*)$", text, flags=re.MULTILINE)
    assert {name for name, _ in targets} >= {
        "help",
        "setup",
        "demo",
        "serve",
        "test",
        "check",
        "bench",
        "clean",
    }
    assert [name for name, rest in targets if "## " not in rest] == []
    phony = re.search(r"^\.PHONY: (.*)$", text, flags=re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == {name for name, _ in targets}


def test_every_migration_is_listed_and_every_file_is_run():
    versions = sorted((SOURCE / "migrations" / "versions").glob("*.py"))
    files = sorted(path.stem for path in (SOURCE / "migrations" / "sql").glob("*.sql"))
    assert [path.stem for path in versions] == files
    for path in versions:
        assert f'run_file("{path.stem}.sql")' in path.read_text("utf-8")


def test_nobody_s_machine_is_in_the_tree():
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        if (re.search(r"/(?:root|home/\w+)/\.?\w+/", text) or f"{ROOT}/" in text) and path.suffix in {
            ".py",
            ".md",
            ".toml",
            ".sql",
            "",
        }:
            found.append(str(path.relative_to(ROOT)))
    assert found == [] or set(found) == {"tests/house/test_documents.py"}


def test_an_invented_person_s_number_is_the_only_kind_in_the_tree():
    """Any sound ID number in a tracked text begins with a province code that nobody has (docs/adr/0007)."""
    real = []
    for path in tracked():
        if path.suffix not in {".py", ".md", ".toml", ".csv", ".sql"}:
            continue
        for number in re.findall(
            r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])", path.read_text("utf-8", "ignore")
        ):
            month, day = int(number[10:12]), int(number[12:14])
            dated = 1 <= month <= 12 and 1 <= day <= 31 and number[6:8] in {"19", "20"}
            if (
                dated
                and calc_check_digit(number) == number[17].upper()
                and not number.startswith(("10", "910"))
            ):
                real.append(f"{path.relative_to(ROOT)}: {number[:6]}…")
    assert real == []


def test_no_two_test_modules_have_one_name():
    """pytest imports them by name alone: of two alike one would not be collected."""
    names = [path.name for path in tracked() if path.suffix == ".py" and "tests" in path.parts]
    twice = {name for name in names if names.count(name) > 1} - {"conftest.py", "__init__.py"}
    assert twice == set()
