"""The dashboard over HTTP: as JSON and as a table, refused before the first count."""

import csv
import io

import pytest
from tests.faces.api_town import COMMUNITY_A, person

from shebaoka.kit.actor import SYSTEM
from shebaoka.records.table import as_csv
from shebaoka.service.dashboard import commands

PATHS = ("/days", "/standing", "/backlog", "/pace")


async def head(town, path):
    return await town.call("GET", f"/api/dashboard{path}", "programme_head")


async def count(town):
    async with town.database.work(SYSTEM) as work:
        await commands.count(work)


@pytest.mark.parametrize("path", PATHS)
async def test_before_the_first_count_nothing_is_made_up(town, path):
    answer = await head(town, path)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-counted-yet")


async def test_an_application_stands_in_every_figure(town):
    await town.people(person(1), person(2))
    await town.applied(1)
    await count(town)
    (day,) = (await head(town, "/days?by=channel")).json()["items"]
    assert (day["value"], day["measure"], day["number"]) == ("bank_outlet", "applied", 1)
    (city,) = (await head(town, "/standing")).json()["items"]
    assert (city["applied"], city["made"], city["old_good"]) == (1, 0, 0)
    (late,) = (await head(town, "/backlog?by=bank")).json()["items"]
    assert (late["status"], late["age_days"], late["number"]) == ("submitted", 0, 1)
    told = (await head(town, "/pace")).json()
    assert told["items"][0]["people"] == sum(one["people"] for one in told["population"]) == 2


@pytest.mark.parametrize("path", PATHS)
async def test_a_table_has_the_same_rows(town, path):
    await town.people(person(1))
    await town.applied(1)
    await count(town)
    items = (await head(town, path)).json()["items"]
    answer = await head(town, f"{path}?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    named = path != "/pace"
    assert [list(row) for row in rows] == [[*item, *(["name_zh"] if named else [])] for item in items]
    assert len(rows) == len(items) > 0


@pytest.mark.parametrize("query", ["?by=street", "?format=xls", "?from=yesterday"])
async def test_a_wrong_question_is_told_as_one(town, query):
    assert (await head(town, f"/days{query}")).status_code == 400


async def test_only_those_who_may_read_reports_see_it(town):
    assert (await town.call("GET", "/api/dashboard/pace", "community_clerk", COMMUNITY_A)).status_code == 403


def test_no_cell_of_a_table_runs_as_a_formula():
    written = as_csv(["a", "b"], [("=1+1", None), ("虚", True)]).decode("utf-8-sig")
    assert written == "a,b\r\n'=1+1,\r\n虚,1\r\n"


async def test_published_figures_come_with_the_program(town):
    told = (await head(town, "/published")).json()
    days = [one["day"] for one in told["items"]]
    assert days == sorted(days)
    assert all(
        one["source"] and one["source_zh"] and 0 < one["number"] < told["whole_city"] for one in told["items"]
    )
    rows = list(
        csv.DictReader(io.StringIO((await head(town, "/published?format=csv")).content.decode("utf-8-sig")))
    )
    assert [row["number"] for row in rows] == [str(one["number"]) for one in told["items"]]
    refused = await town.call("GET", "/api/dashboard/published", "community_clerk", COMMUNITY_A)
    assert refused.status_code == 403


async def test_the_backlog_says_what_was_promised(town):
    await count(town)
    assert (await head(town, "/backlog")).json()["promised_days"] == 30


@pytest.mark.parametrize(
    ("by", "name"), [("channel", "银行网点"), ("group", "在职人员"), ("bank", "BOSC"), ("city", "全市")]
)
async def test_a_table_names_its_values(town, by, name):
    await town.people(person(1))
    await town.applied(1)
    await count(town)
    answer = await head(town, f"/standing?by={by}&format=csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["name_zh"] == name
