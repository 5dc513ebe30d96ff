"""A terminal's institution fetches the status list, file by file, and what it gets is what was signed."""

from __future__ import annotations

from shebaoka.cards.status_list.commands import publish_due
from shebaoka.faces.serving import look_at_status_list
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2_files import make_secret
from shebaoka.records.status_list import Presented, StatusList

WHO = "hospital_system"
PATH = "/api/status-list"


async def publish(town, **how):
    key = make_secret(town.city.settings.status_list_key_path)
    await publish_due(town.database, key, "3100", at_once=True, **how)
    return key.public


async def test_a_terminal_fetches_what_it_lacks_and_no_more(town):
    nothing = await town.call("GET", PATH, WHO)
    assert (nothing.status_code, nothing.json()["type"]) == (404, "/problems/no-status-list")
    await publish(town)
    public = await publish(town)
    index = await town.call("GET", PATH, WHO)
    document = index.json()
    assert (document["city"], document["version"], document["overdue"]) == ("3100", "1.1", False)
    files = []
    for file in document["files"]:
        answer = await town.call("GET", file["path"], WHO)
        assert (answer.headers["content-type"], len(answer.content)) == (
            "application/octet-stream",
            file["size_bytes"],
        )
        assert (sm3(answer.content).hex(), answer.headers["etag"]) == (file["sm3"], f'"{file["version"]}"')
        assert "immutable" in answer.headers["cache-control"]
        assert "public" not in answer.headers["cache-control"]
        files.append(answer.content)
    now = town.database.clock.now()
    held = StatusList.load(files[0], files[1:], public, now, city="3100")
    assert held.standing(Presented("00000001Y", "3.00", "3100"), now).listed == "not_listed"
    await publish(town)
    since = (await town.call("GET", PATH, WHO, params={"since": "1.1"})).json()
    assert [file["version"] for file in since["files"]] == ["1.2"]
    held.follow((await town.call("GET", since["files"][0]["path"], WHO)).content, public, now)
    assert (await town.call("GET", PATH, WHO, params={"since": "1.2"})).json()["files"] == []
    await publish(town, base=True)
    anew = (await town.call("GET", PATH, WHO, params={"since": "1.2"})).json()
    assert [file["version"] for file in anew["files"]] == ["2.0"]


async def test_what_has_not_changed_what_there_is_not_and_who_may(town):
    await publish(town)
    token = await town.token(WHO)
    for path in (PATH, f"{PATH}/1/0"):
        tag = (await town.call("GET", path, WHO)).headers["etag"]
        asked = {"If-None-Match": tag, "Authorization": f"Bearer {token}"}
        again = await town.http.get(path, headers=asked)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await publish(town)
    asked = {"If-None-Match": '"1.0"', "Authorization": f"Bearer {token}"}
    assert (await town.http.get(PATH, headers=asked)).status_code == 200
    for since in ("x", "1", "1.", "-1.0", "1.0.0", "1" * 10 + ".0"):
        assert (await town.call("GET", PATH, WHO, params={"since": since})).status_code == 400
    for path, status in (("1/2", 404), ("2/0", 404), ("0/0", 404), ("2147483648/0", 400)):
        assert (await town.call("GET", f"{PATH}/{path}", WHO)).status_code == status
    for who in ("kiosk_system", "bank_system", "card_centre_operator"):
        assert (await town.call("GET", f"{PATH}/1/0", who)).status_code == 200
    for who in ("employer_hr", "community_clerk"):
        assert (await town.call("GET", f"{PATH}/1/0", who)).status_code == 403
    assert (await town.http.get(f"{PATH}/1/0")).status_code == 401


async def test_monitoring_sees_when_it_was_made_and_that_it_is_overdue(town):
    watch = town.app.state.service.watch
    assert "shebaoka_status_list" not in (await town.http.get("/metrics")).text
    await look_at_status_list(town.city, watch)
    assert "shebaoka_status_list_overdue 1.0" in (await town.http.get("/metrics")).text
    await publish(town)
    await look_at_status_list(town.city, watch)
    seen = (await town.http.get("/metrics")).text
    assert "shebaoka_status_list_overdue 0.0" in seen
    (line,) = [line for line in seen.splitlines() if line.startswith("shebaoka_status_list_made_at_seconds ")]
    assert float(line.split()[1]) == int(town.database.clock.now().timestamp())
    async with town.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM audit_fact WHERE action = 'status_list.published'") == 1
