"""The audit log is searched along its indexes; each search is a fact of its own; what is handed back runs nothing."""

from __future__ import annotations

import pytest
from tests.faces.api_town import id_number, person

from shebaoka.kit.actor import Actor
from shebaoka.kit.audit import seal_due
from shebaoka.kit.audit.reading import SQL


async def search(town, path="/api/audit/search", **asked):
    return await town.post(path, "auditor", key=None, json=asked)


@pytest.fixture
async def looked(town):
    """Somebody whom two clerks looked up, each for a reason."""
    await town.people(person(1), person(2))
    for n, role, why in (
        (1, "community_clerk", "本人来访换卡"),
        (1, "card_centre_operator", "=cmd()核对"),
        (2, "community_clerk", "家属来电"),
    ):
        asked = {"id_number": id_number(n), "reason": why}
        assert (await town.post("/api/people/search", role, key=None, json=asked)).status_code == 200
    return town


async def test_by_person_and_the_person_sees_it(looked):
    found = (await search(looked, id_number=id_number(1))).json()["items"]
    told = [
        (one["action"], one["reason"], one["name"]) for one in found if one["action"] == "person.looked_up"
    ]
    assert told == [
        ("person.looked_up", "=cmd()核对", "card_centre_operator-1 card_centre_operator-1"),
        ("person.looked_up", "本人来访换卡", "community_clerk-31 community_clerk-31"),
    ]
    assert (found[-1]["what_zh"], found[0]["batch"]) == ("登记人员", None)
    ((person_id, actor, *_),) = await looked.facts("audit.facts_seen")
    assert actor.startswith("staff:")
    seen = (await looked.call("GET", "/api/family/looks", "resident", person_id)).json()["items"]
    assert "审计人员查阅审计记录" in {one["what_zh"] for one in seen}
    assert id_number(1) not in str(await looked.facts("audit.facts_seen"))
    unknown = await search(looked, id_number=id_number(9))
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/person-unknown")
    assert (await looked.facts("person.asked_about"))[-1][0] == 0


async def test_by_staff_institution_kind_reason_and_days(looked):
    by_staff = (await search(looked, staff="community_clerk-31", action="person.looked_up")).json()["items"]
    assert [one["reason"] for one in by_staff] == ["家属来电", "本人来访换卡"]
    by_place = (await search(looked, institution="C310101002", reason="来访")).json()["items"]
    assert [one["reason"] for one in by_place] == ["本人来访换卡"]
    by_kind = (await search(looked, action="person.looked_up", first="2019-01-02", last="2019-01-02")).json()[
        "items"
    ]
    assert len(by_kind) == 3
    assert (await search(looked, action="person.looked_up", last="2019-01-01")).json()["items"] == []
    searches = await looked.facts("audit.searched")
    assert [one[4].get("staff") for one in searches] == ["community_clerk-31", None, None, None]


async def test_pages_follow_each_other(looked):
    whole = [one["fact_id"] for one in (await search(looked, action="person.looked_up")).json()["items"]]
    paged, cursor = [], None
    while True:
        asked = {"action": "person.looked_up", "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await search(looked, **asked)).json()
        paged += [one["fact_id"] for one in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert paged == whole


async def test_what_would_read_everything_is_refused(looked):
    for asked in ({}, {"reason": "来访"}, {"first": "2019-01-02"}, {"action": "card.looked_at"},
                  {"action": "card.looked_at", "institution": "CENTRE"}):  # fmt: skip
        refused = await search(looked, **asked)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/audit-search-too-wide"), (
            asked
        )
    for asked in ({"staff": "nobody"}, {"institution": "NOWHERE"}):
        assert (await search(looked, **asked)).status_code == 404


async def test_a_table_that_runs_nothing(looked, tmp_path):
    await seal_due(looked.database, tmp_path / "checkpoints")
    answer = await search(looked, "/api/audit/search/file", action="person.looked_up")
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "'=cmd()核对" in text
    assert ",=cmd" not in text
    assert len(text.splitlines()) == 4
    assert (await search(looked, action="person.looked_up")).json()["items"][0]["batch"] == 1


async def test_kinds_are_told_in_plain_words(looked):
    kinds = (await looked.call("GET", "/api/audit/kinds", "auditor")).json()["items"]
    assert {"action": "staff.role_changed", "zh": "更换角色", "en": "gave somebody another role"} in kinds


INDEXES = {
    "facts_about": ("audit_fact_pkey", {"person_id": 1}),
    "facts_by_staff": ("audit_fact_staff", {"actor": "staff:1"}),
    "facts_of_organisation": ("audit_fact_organisation", {"organisation_id": 1}),
    "facts_of_kind": ("audit_fact_action", {"action": "person.looked_up"}),
}


@pytest.mark.parametrize("query", INDEXES)
async def test_each_search_goes_along_its_index(town, query):
    index, given = INDEXES[query]
    names = ("person_id", "actor", "organisation_id", "action", "reason")
    wanted = dict.fromkeys(names) | {"first": 0, "before": 2**62, "facts_max": 50} | given
    async with town.database.work(Actor("staff:1", 1, "auditor")) as work:
        await work.run("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in await work.rows(f"EXPLAIN {SQL[query]}", wanted))
    assert index in plan
    assert "Sort" not in plan
