"""The people of the invented city, as the partners know them."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

FLAGS: Final = ("deceased", "id_card_photo", "student_card_photo", "home")
COLUMNS: Final = ("id_number", "name", *FLAGS)


class WorldWrong(Exception):  # noqa: N818 - the fact itself
    """The file of people is missing or is not what it should be."""


class Person(NamedTuple):
    """One person: name, what each photo store holds, and whether the door opens on delivery."""

    name: str
    deceased: bool
    id_card_photo: bool
    student_card_photo: bool
    home: bool


class World:
    """All people, looked up by ID number; a table of columns, so that a million of them stay lean."""

    def __init__(self, people: pl.DataFrame) -> None:
        self._people = people.sort("id_number")
        self._numbers = self._people["id_number"]
        at_doors = people.group_by("name").agg(pl.len(), pl.col("home").sum().alias("at_home"))
        self._doors: dict[str, tuple[int, int]] = {
            name: (all_, home) for name, all_, home in at_doors.iter_rows()
        }

    def find(self, id_numbers: list[str]) -> list[Person | None]:
        """Give for each ID number the person, or None when nobody has it."""
        if self._numbers.is_empty():
            return [None] * len(id_numbers)
        wanted = pl.Series(id_numbers, dtype=pl.String)
        places = self._numbers.search_sorted(wanted).clip(0, len(self._numbers) - 1)
        rows = self._people[places].rows()
        return [
            Person(*row[1:]) if row[0] == number else None
            for row, number in zip(rows, id_numbers, strict=True)
        ]

    def search(self, text: str, most: int) -> list[tuple[str, str]]:
        """Give ID number and name of the living whose name holds a text, or whose ID number begins with it, in order."""
        fits = pl.col("name").str.contains(text, literal=True) | pl.col("id_number").str.starts_with(text)
        return self._people.filter(fits & ~pl.col("deceased")).head(most).select("id_number", "name").rows()

    def home_share(self, name: str) -> float | None:
        """Give the share of the people of this name who answer the door, or None when nobody has it.

        A parcel bears a name and no ID number; for a name that one person has the share is 0 or 1.
        """
        people, at_home = self._doors.get(name, (0, 0))
        return at_home / people if people else None


def load(folder: Path) -> World:
    """Load `world.csv`: `id_number,name` and the flags `deceased,id_card_photo,student_card_photo,home` as 0 or 1.

    This function will raise WorldWrong, naming file and column, when it cannot.
    """
    path = folder / "world.csv"
    try:
        people = pl.read_csv(path, columns=COLUMNS, schema_overrides=dict.fromkeys(COLUMNS, pl.String))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WorldWrong(f"{path}: {error}") from None
    wrong = people.select(pl.col(FLAGS).is_in(["0", "1"]).not_().fill_null(value=True).any())
    for flag, is_wrong in zip(FLAGS, wrong.row(0), strict=True):
        if is_wrong:
            raise WorldWrong(f"{path}: “{flag}” must be 0 or 1 in every row")
    if people["id_number"].is_duplicated().any() or people["name"].has_nulls():
        raise WorldWrong(f"{path}: every row needs a name and an id_number of its own")
    return World(people.select("id_number", "name", *(pl.col(flag) == "1" for flag in FLAGS)))
