"""Card keys over HTTP: what is told, ceremonies of two officers, and their refusals."""

from __future__ import annotations

from tests.web.keys_town import CHECKS, HERE, OFFICER, PARTS, SECOND, begin, hold, in_force, store


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"/problems/{slug}"


async def test_versions_are_told_with_check_values_and_never_a_key(town):
    shown = (await town.call("GET", HERE, OFFICER)).json()
    assert "card-keys init" in shown["closed"]
    await in_force(town)
    answer = await town.call("GET", HERE, "auditor")
    shown = answer.json()
    assert shown["closed"] is None
    [version] = shown["versions"]
    assert (version["algorithm"], version["status"], version["next"]) == ("SM4", "in_force", [])
    assert [key["level"] for key in version["keys"]] == ["root", "city"] + ["application"] * 6
    assert [one["status"] for one in shown["ceremonies"]] == ["done"] * 3
    names = {one["opened_by"] for one in shown["ceremonies"]} | {
        one["closed_by"] for one in shown["ceremonies"]
    }
    assert len(names) == 2
    held = await town.city.key_store.read(await town.city.key_store.names())
    assert not any(key.hex() in answer.text.lower() for key in held.values())


async def test_a_ceremony_needs_another_officer_and_keeps_a_record(town):
    store(town)
    ceremony_id = await begin(town, "generate")
    path = f"{HERE}/ceremonies/{ceremony_id}"
    refused(await town.post(f"{path}/approval", OFFICER, json={}), 403, "second-officer-needed")
    part = {"component": {"part": PARTS[0].hex(), "check": CHECKS[0]}}
    refused(await town.post(f"{path}/approval", OFFICER, SECOND, json=part), 422, "component-needed")
    again = {"kind": "generate", "algorithm": "SM4", "reason": "再来"}
    refused(await town.post(f"{HERE}/ceremonies", OFFICER, SECOND, json=again), 409, "ceremony-under-way")
    done = await town.post(f"{path}/approval", OFFICER, SECOND, key="key-approves", json={})
    assert done.json()["status"] == "done"
    once_more = await town.post(f"{path}/approval", OFFICER, SECOND, key="key-approves", json={})
    assert once_more.headers["Idempotent-Replayed"] == "true"
    refused(await town.post(f"{path}/withdrawal", OFFICER), 409, "transition-refused")
    shown = (await town.call("GET", path, "auditor")).json()
    assert [one["action"] for one in shown["records"]] == ["ceremony_opened", "ceremony_approved"]
    assert list(shown["records"][1]["facts"]["checks"]) == ["3.1.root.0"]
    refused(await town.call("GET", f"{HERE}/ceremonies/1", OFFICER), 404, "not-found")


async def test_what_cannot_be_is_refused_with_its_reason(town):
    store(town)
    for body, status, slug in (
        ({"kind": "derive", "version": 1}, 409, "no-card-keys"),
        ({"kind": "import"}, 422, "component-needed"),
        ({"kind": "import", "expected": CHECKS[2], "component": {"part": PARTS[0].hex(), "check": "000000"}}, 422, "check-value-differs"),
        ({"kind": "import", "expected": CHECKS[2], "component": {"part": "0 " * 16 + "0", "check": "000000"}}, 422, "check-value-differs"),
        ({"kind": "import", "expected": "xyz"}, 400, "request-malformed"),
        ({"kind": "melt"}, 400, "request-malformed"),
    ):  # fmt: skip
        asked = {"algorithm": "SM4", "reason": "试验"} | body
        refused(await town.post(f"{HERE}/ceremonies", OFFICER, json=asked), status, slug)
    await hold(town, "generate")
    asked = {"kind": "put_in_force", "algorithm": "SM4", "reason": "太早", "version": 1}
    refused(await town.post(f"{HERE}/ceremonies", OFFICER, json=asked), 409, "transition-refused")
    ceremony_id = await begin(town, "derive", version=1)
    withdrawn = await town.post(f"{HERE}/ceremonies/{ceremony_id}/withdrawal", OFFICER, SECOND)
    assert withdrawn.json()["status"] == "withdrawn"
