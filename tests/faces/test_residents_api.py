"""One login for a family: sessions, who reaches whom, drafts on two devices, windows, and both parents at once."""

import asyncio
import re
from datetime import date, datetime, timedelta

import pytest
from tests.faces.api_town import BANK_A, COMMUNITY_A, ONLINE, SCHOOL, id_number, person
from tests.house.routes import routes

from shebaoka.cards.commands import allocate_numbers, take_made_cards
from shebaoka.cards.model import MadeCard
from shebaoka.faces.api.guiding import SAID
from shebaoka.issuing.drafts.commands import lapse_due
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.people.views import find
from shebaoka.registry.staff.roles import ROLES, Scope

BORN, SMALL = date(2010, 5, 5), date(2016, 5, 5)
GROWN = date(2000, 5, 5)
PUPIL = {
    "employer_id": None,
    "insured": "resident",
    "insured_status": "none",
    "school_stage": "primary",
    "school_id": SCHOOL,
}
MOTHER, FATHER, CHILD, LITTLE, STRANGER, SON = 1, 2, 3, 4, 5, 6
FILLED = {
    "mobile": "15400000009",
    "address": "黄浦区南京东路街道虚构路9号",
    "fallback_outlet": "C310101002",
    "bank": "BOSC",
}


def of_both(n, born, **more):
    return person(n, born, guardian_id_number=id_number(MOTHER), guardian_kind="母亲",
                  more_guardians=((id_number(FATHER), "父亲"),), **(PUPIL | more))  # fmt: skip


class Resident:
    """Somebody who is logged in."""

    def __init__(self, town, token):
        self.town, self.headers = town, {"Authorization": f"Bearer {token}"}

    async def get(self, path, **more):
        return await self.town.http.get(path, headers=self.headers, **more)

    async def post(self, path, *, key="", **more):
        # Never twice in a town: an object's id is another's as soon as it is gone, and a key used again is answered again.
        fresh = f"device-{next(self.town.keys):06}" if key == "" else key
        headers = self.headers | ({"Idempotency-Key": fresh} if fresh else {})
        return await self.town.http.post(path, headers=headers, **more)

    async def family(self):
        return {one["person_id"]: one for one in (await self.get("/api/family")).json()["items"]}


async def log_in(town, n, born=date(1980, 1, 1), name=None, assertion=None):
    said = {"id_number": id_number(n, born), "name": name or person(n).name, "provider": "citizen-site",
            "assertion": assertion or f"jti-{next(town.keys):06}"}  # fmt: skip
    return await town.post("/api/resident-sessions", "online_platform_system", key=None, json=said)


async def resident(town, n, born=date(1980, 1, 1)):
    answer = await log_in(town, n, born)
    assert answer.status_code == 201, answer.text
    return Resident(town, answer.json()["token"])


async def later(town, at):
    """Let time pass; the platform takes a new token meanwhile, and the clerks log in again."""
    town.database.clock.at = at
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE client_token SET expires_at = %(at)s + interval '1 hour'", {"at": at})
        await work.run("UPDATE staff_session SET started_at = %(at)s, seen_at = %(at)s", {"at": at})


async def notify(town, n, born, on):
    async with town.database.work(SYSTEM) as work:
        one = await find(work, id_number(n, born))
        await work.run(
            "INSERT INTO pupil_notice (person_id, school_id, guardian_id, list_id, notified_on, apply_by)"
            " VALUES (%(p)s, %(s)s, 1, 1, %(on)s, %(by)s)",
            {"p": one.person_id, "s": SCHOOL, "on": on, "by": on + timedelta(days=14)},
        )


@pytest.fixture
async def home(town):
    """Two parents with a schoolchild, a small child and a son of sixteen; a stranger; the school's notice of yesterday."""
    town.database.clock.at = datetime(2019, 5, 6, 12, tzinfo=SHANGHAI)
    await town.people(*(person(n) for n in (MOTHER, FATHER, STRANGER)))
    await town.people(
        of_both(CHILD, BORN), of_both(LITTLE, SMALL, school_stage=None, school_id=None), of_both(SON, GROWN)
    )
    await notify(town, CHILD, BORN, date(2019, 5, 5))
    return town


async def begun(who, n=CHILD, born=BORN):
    answer = await who.post("/api/drafts", json={"id_number": id_number(n, born), "name": person(n).name})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def filled(who, n=CHILD, born=BORN):
    draft = await begun(who, n, born)
    answer = await who.post(f"/api/drafts/{draft['draft_id']}", json=FILLED | {"version": draft["version"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def handed_in(who, draft):
    return await who.post(f"/api/drafts/{draft['draft_id']}/submission", json={"version": draft["version"]})


async def test_who_is_let_in(home):
    assert (await log_in(home, 77)).json()["type"] == "/problems/person-unknown"
    assert (await log_in(home, MOTHER, name="别人")).json()["type"] == "/problems/name-differs"
    assert (await log_in(home, MOTHER, assertion="jti-once-only")).status_code == 201
    again = await log_in(home, MOTHER, assertion="jti-once-only")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/assertion-used")
    assert len(await home.facts("person.asked_about")) == 3
    mother = await resident(home, MOTHER)
    me = (await mother.get("/api/me")).json()
    assert (me["role"], me["organisation"]["institution_id"]) == ("resident", str(ONLINE))
    assert {one["scope"] for one in me["permissions"]} == {"self", "all"}
    assert (await home.http.delete("/api/sessions/current", headers=mother.headers)).status_code == 204
    assert (await mother.get("/api/family")).status_code == 401


async def test_a_resident_on_every_route(home):
    """Routes that serve residents let one in; all others refuse at the door, whatever the role's table says elsewhere."""
    mother = await resident(home, MOTHER)
    may, served = ROLES["resident"].may, 0
    for route in routes(home.app):
        if route.permission in (None, "logged-in"):
            continue
        answer = await home.http.request(route.method, route.address, headers=mother.headers, content=b"")
        where = f"{route.method} {route.path} {answer.status_code} {answer.text[:200]}"
        scope = may.get(route.permission)
        if scope == Scope.ALL or (scope == Scope.SELF and route.residents != "none"):
            served += scope == Scope.SELF
            assert answer.status_code not in (401, 403), where
            assert answer.status_code < 500, where
        else:
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), where
    assert served == 15


async def test_nobody_else_has_a_door_to_residents_routes(home):
    for role in ("online_platform_system", "card_centre_operator", "community_clerk"):
        refused = await home.call("GET", "/api/family", role)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    vouching = {
        "id_number": id_number(MOTHER),
        "name": person(MOTHER).name,
        "provider": "x",
        "assertion": "jti-000000",
    }
    for role in ("bank_system", "card_centre_operator", "community_clerk"):
        assert (await home.post("/api/resident-sessions", role, key=None, json=vouching)).status_code == 403


async def test_the_family_and_what_to_do_next(home):
    mother = await resident(home, MOTHER)
    items = (await mother.get("/api/family")).json()["items"]
    assert [(one["relation"], one["age"], one["group"], one["next"]) for one in items] == [
        ("self", 39, "employees", "apply_online"),
        ("母亲", 9, "pupils", "apply_online"),
        ("母亲", 3, "everyone_else", "apply_online"),
    ], "the son of sixteen is not there"
    assert items[1]["online"]["apply_by"] == "2019-05-19"
    assert items[1]["online"]["why"]["source"].startswith("high: ")
    assert (items[1]["photo_sources"], items[2]["photo_sources"]) == (
        ["id_card", "student_card", "counter"],
        [],
    )
    assert items[1]["holder"]["name_masked"] == "虚*"
    assert "中小幼" in "".join(items[1]["sentences_zh"])
    assert len(await home.facts("family.seen")) == 3
    stranger = await resident(home, STRANGER)
    assert [one["relation"] for one in (await stranger.family()).values()] == ["self"]


async def test_a_guardian_applies_for_each_child_from_one_login(home):
    mother = await resident(home, MOTHER)
    made = {}
    for n, born in ((CHILD, BORN), (LITTLE, SMALL), (MOTHER, date(1980, 1, 1))):
        answer = await handed_in(mother, await filled(mother, n, born))
        assert answer.status_code == 201, answer.text
        made[n] = answer.json()
        assert id_number(n, born) not in answer.text
    assert [one["channel"] for one in made.values()] == ["online"] * 3
    assert [one["group"] for one in made.values()] == ["pupils", "everyone_else", "employees"]
    async with home.database.work(SYSTEM) as work:
        rows = await work.rows(
            "SELECT person_id, guardian_id, organisation_id FROM application ORDER BY application_id"
        )
        acts = await work.rows("SELECT acted_as, documents, rule_id FROM proxy_act ORDER BY proxy_act_id")
    own, child, little = [await home.person_id(*one) for one in ((MOTHER,), (CHILD, BORN), (LITTLE, SMALL))]
    assert rows == [(child, own, ONLINE), (little, own, ONLINE), (own, None, ONLINE)], (
        "each owns its own application"
    )
    assert acts == [("guardian", [], "guardian_from_afar")] * 2
    assert {one["next"] for one in (await mother.family()).values()} == {"wait"}


async def test_a_draft_goes_on_from_device_to_device(home):
    phone, desk = await resident(home, MOTHER), await resident(home, MOTHER)
    first = await begun(phone)
    assert (await begun(desk))["draft_id"] == first["draft_id"]
    assert (await desk.get("/api/drafts")).json()["items"] == [first]
    path = f"/api/drafts/{first['draft_id']}"
    empty = (await phone.get(path)).json()
    assert (empty["mobile"], empty["missing"]) == (person(CHILD).mobile, ["fallback_outlet"])
    early = await handed_in(phone, first)
    assert (early.json()["type"], early.json()["missing"]) == (
        "/problems/draft-incomplete",
        ["fallback_outlet"],
    )
    saved = await desk.post(path, json=FILLED | {"version": 1})
    assert saved.json()["version"] == 2
    late = await phone.post(path, json={"version": 1, "mobile": "15400000001"})
    assert (late.status_code, late.json()["type"], late.json()["version"]) == (
        409,
        "/problems/draft-changed-meanwhile",
        2,
    )
    assert {name: (await phone.get(path)).json()[name] for name in FILLED} == FILLED
    assert (await handed_in(phone, saved.json())).status_code == 201
    again = await handed_in(desk, saved.json())
    assert (again.status_code, again.json()["type"]) == (409, "/problems/transition-refused")
    assert (await desk.get(path)).json()["mobile"] == "", "what was filled in is gone once it is handed in"
    assert (await desk.get("/api/drafts")).json()["items"] == []
    assert [fact[3] for fact in await home.facts("draft.submitted")] == [first["draft_id"]]


async def test_a_draft_holds_nothing_in_clear(home):
    mother = await resident(home, MOTHER)
    await filled(mother)
    async with home.database.work(SYSTEM) as work:
        stored = await work.value("SELECT string_agg(draft::text, '') FROM draft")
        answers = await work.value("SELECT string_agg(answer::text, '') FROM request_key")
    for secret in FILLED["mobile"], "虚构路", "154000000":
        assert secret not in stored + answers
        assert secret.encode().hex() not in stored


async def test_nobody_but_a_tied_guardian_begins_for_a_child(home):
    stranger, mother = await resident(home, STRANGER), await resident(home, MOTHER)
    for who, n, born in (
        (stranger, CHILD, BORN),
        (stranger, 77, BORN),
        (mother, SON, GROWN),
        (mother, FATHER, date(1980, 1, 1)),
    ):
        body = {"id_number": id_number(n, born), "name": person(n).name}
        refused = await who.post("/api/drafts", json=body)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/guardian-not-tied")
        assert "detail" not in refused.json(), (
            "a stranger learns nothing, not even whether there is such a child"
        )
    wrong = await mother.post(
        "/api/drafts", json={"id_number": id_number(CHILD, BORN), "name": person(MOTHER).name}
    )
    assert wrong.json()["type"] == "/problems/name-differs"
    draft = await filled(mother)
    for path in ("", "/submission", "/discarding"):
        body = {} if path == "/discarding" else {"json": {"version": draft["version"]}}
        refused = await stranger.post(f"/api/drafts/{draft['draft_id']}{path}", **body)
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found"), path
    assert (await stranger.get(f"/api/drafts/{draft['draft_id']}")).status_code == 404
    # Even the father, who may act for the child, does not see what the mother has begun.
    father = await resident(home, FATHER)
    assert (await father.get(f"/api/drafts/{draft['draft_id']}")).status_code == 404


async def test_a_tie_that_ends_closes_the_draft(home):
    mother = await resident(home, MOTHER)
    draft = await filled(mother)
    await home.people(
        person(CHILD, BORN, guardian_id_number=id_number(FATHER), guardian_kind="父亲", **PUPIL)
    )
    refused = await handed_in(mother, draft)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/guardian-not-tied")
    assert (await mother.get(f"/api/drafts/{draft['draft_id']}")).status_code == 422
    assert [one["relation"] for one in (await mother.family()).values()] == ["self", "母亲"]


async def test_both_parents_at_the_same_moment(home):
    for _ in range(5):
        parents = [await resident(home, n) for n in (MOTHER, FATHER)]
        drafts = [await filled(parent) for parent in parents]
        answers = await asyncio.gather(*(handed_in(*pair) for pair in zip(parents, drafts, strict=True)))
        assert sorted(answer.status_code for answer in answers) == [201, 409], [
            answer.text for answer in answers
        ]
        (told,) = (answer.json() for answer in answers if answer.status_code == 409)
        assert told["type"] == "/problems/application-exists"
        assert (told["channel"], told["applied_on"]) == ("online", "2019-05-06")
        assert "不必再次申请" in told["remedy_zh"]
        for parent in parents:
            (child,) = [one for one in (await parent.family()).values() if one["group"] == "pupils"]
            assert child["next"] == "wait"
            number = child["applications"][0]["application_id"]
        assert (await parents[1].post(f"/api/applications/{number}/withdrawal")).json()[
            "status"
        ] == "withdrawn"
    async with home.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM application WHERE status = 'withdrawn'") == 5


async def test_one_device_twice_at_the_same_moment_applies_once(home):
    phone, desk = await resident(home, MOTHER), await resident(home, MOTHER)
    draft = await filled(phone)
    answers = await asyncio.gather(*(handed_in(who, draft) for who in (phone, desk) * 3))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len(await home.facts("application.submitted")) == 1


@pytest.mark.parametrize(
    ("on", "step", "status"),
    [
        (date(2019, 5, 5), "continue_draft", 201),
        (date(2019, 5, 19), "continue_draft", 201),
        (date(2019, 5, 20), "go_to_centre", 409),
        (date(2020, 2, 1), "go_to_centre", 409),
    ],
)
async def test_the_two_weeks_and_where_to_go_after_them(home, on, step, status):
    async with home.database.work(SYSTEM) as work:
        await work.run("INSERT INTO district VALUES ('310101', '黄浦区', 'Huangpu')")
        for place, name in (
            (COMMUNITY_A, "外滩街道社区事务受理服务中心"),
            (COMMUNITY_A + 1, "南京东路街道社区事务受理服务中心"),
        ):
            await work.run("UPDATE institution SET district_code = '310101', name_zh = %(n)s WHERE institution_id = %(i)s",
                           {"n": name, "i": place})  # fmt: skip
    await home.people(of_both(CHILD, BORN, district_code="310101", address="黄浦区南京东路街道虚构路3号"))
    mother = await resident(home, MOTHER)
    draft = await filled(mother)
    await later(home, datetime.combine(on, datetime.min.time(), SHANGHAI) + timedelta(hours=12))
    mother = await resident(home, MOTHER)
    child = (await mother.family())[draft["person_id"]]
    assert (child["next"], child["centre"]["name_zh"]) == (step, "南京东路街道社区事务受理服务中心")
    answer = await handed_in(mother, draft)
    assert answer.status_code == status, answer.text
    if status == 409:
        told = answer.json()
        assert (told["type"], told["rule"], told["centre"]["code"]) == (
            "/problems/online-closed",
            "missed",
            "C310101003",
        )
        assert "南京东路街道" in told["detail"]
        # The draft is kept, and the centre takes the application in, whatever the window says.
        assert (await mother.get(f"/api/drafts/{draft['draft_id']}")).json()["mobile"] == FILLED["mobile"]
        acts = {"role": "guardian", "id_number": id_number(MOTHER)}
        body = FILLED | {"id_number": id_number(CHILD, BORN), "name": person(CHILD).name, "acts_for": acts}
        assert (await home.post("/api/applications", "community_clerk", json=body)).status_code == 201


async def test_before_the_schools_notice_a_pupil_waits_or_goes_to_a_centre(home):
    await home.people(of_both(LITTLE, SMALL, school_stage="kindergarten"))
    mother = await resident(home, MOTHER)
    draft = await filled(mother, LITTLE, SMALL)
    assert (await mother.family())[draft["person_id"]]["next"] == "wait_for_notice"
    told = (await handed_in(mother, draft)).json()
    assert (told["type"], told["rule"], told["centre"]) == ("/problems/online-closed", "no_notice_yet", None)


async def test_an_old_draft_is_thrown_away(home):
    mother = await resident(home, MOTHER)
    draft = await filled(mother)
    assert draft["lapses_on"] == "2019-06-05"
    kept = await begun(mother, LITTLE, SMALL)
    await later(home, datetime(2019, 6, 5, 12, tzinfo=SHANGHAI))
    assert await lapse_due(home.database) == 0
    mother = await resident(home, MOTHER)
    await mother.post(f"/api/drafts/{kept['draft_id']}", json=FILLED | {"version": 1})
    await later(home, datetime(2019, 6, 6, 12, tzinfo=SHANGHAI))
    assert await lapse_due(home.database) == 1
    assert await lapse_due(home.database) == 0
    mother = await resident(home, MOTHER)
    assert [one["draft_id"] for one in (await mother.get("/api/drafts")).json()["items"]] == [
        kept["draft_id"]
    ]
    found = (await mother.get(f"/api/drafts/{draft['draft_id']}")).json()
    assert (found["draft"]["status"], found["address"]) == ("lapsed", "")
    assert [fact[3] for fact in await home.facts("draft.lapsed")] == [draft["draft_id"]]


async def test_a_draft_is_thrown_away_at_its_owners_wish(home):
    mother = await resident(home, MOTHER)
    draft = await filled(mother)
    gone = await mother.post(f"/api/drafts/{draft['draft_id']}/discarding")
    assert gone.json()["status"] == "discarded"
    assert (await begun(mother))["draft_id"] != draft["draft_id"]


async def test_a_parent_follows_corrects_and_withdraws_for_a_child(home):
    mother, stranger = await resident(home, MOTHER), await resident(home, STRANGER)
    number = (await handed_in(mother, await filled(mother))).json()["application_id"]
    other = await home.applied(9)
    assert [one["application_id"] for one in (await mother.get("/api/applications")).json()["items"]] == [
        number
    ]
    assert (await stranger.get("/api/applications")).json()["items"] == []
    contact = {"mobile": "15400000002", "address": "黄浦区虚构路2号"}
    reads = [
        ("GET", "", {}),
        ("GET", "/timeline", {}),
        ("POST", "/identity", {"json": {"reason": "本人核对"}}),
    ]
    writes = [("POST", "/contact", {"json": contact}), ("POST", "/withdrawal", {})]
    for method, path, body in [*reads, *writes]:
        for who, which, status in ((stranger, number, 404), (mother, other, 404), (mother, number, 200)):
            address = f"/api/applications/{which}{path}"
            answer = await (who.get(address) if method == "GET" else who.post(address, **body))
            assert answer.status_code == status, f"{path} {answer.text}"
    told = (await mother.get(f"/api/applications/{number}/timeline")).json()["items"]
    own = await home.person_id(MOTHER)
    assert (told[-1]["action"], told[-1]["actor"]) == ("application.withdrawn", f"resident:{own}")


async def test_another_bank_is_chosen_online(home):
    mother, stranger = await resident(home, MOTHER), await resident(home, STRANGER)
    number = (await handed_in(mother, await filled(mother))).json()["application_id"]
    async with home.database.work(SYSTEM) as work:
        await work.run("UPDATE application SET status = 'bank_refused'")
    assert [one["next"] for one in (await mother.family()).values()][1] == "choose_bank"
    assert (await stranger.post(f"/api/applications/{number}/bank", json={"bank": "ICBC"})).status_code == 404
    answer = await mother.post(f"/api/applications/{number}/bank", json={"bank": "ICBC"})
    assert (answer.json()["status"], answer.json()["bank_reason"]) == ("photo_ready", "chosen")


async def test_a_parent_opens_a_childs_card_and_nobody_elses(home):
    _, card = await home.cards(7, BORN, guardian_id_number=id_number(MOTHER), guardian_kind="母亲", **PUPIL)
    _, adults = await home.cards(8)
    mother, stranger = await resident(home, MOTHER), await resident(home, STRANGER)
    child = {"card_number": card, "id_number": id_number(7, BORN), "functions": ["social"]}
    someone = {"card_number": adults, "id_number": id_number(8), "functions": ["social"]}
    nobody = someone | {"id_number": id_number(78)}
    claimed = child | {"acts_for": {"role": "guardian", "id_number": id_number(MOTHER)}}
    for who, body in ((stranger, child), (stranger, claimed), (mother, someone), (mother, nobody)):
        refused = await who.post("/api/cards/openings", json=body)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/guardian-not-tied"), (
            refused.text
        )
    assert (await mother.family())[str(await home.person_id(7, BORN))]["next"] == "open_card"
    both = await mother.post("/api/cards/openings", json=child | {"functions": ["social", "financial"]})
    assert both.json()["type"] == "/problems/outlet-may-not-open"
    opened = await mother.post("/api/cards/openings", json=child)
    assert (opened.status_code, opened.json()["old_cards_voided"]) == (201, 1)
    assert (await mother.family())[str(await home.person_id(7, BORN))]["next"] == "nothing"
    async with home.database.work(SYSTEM) as work:
        acts = await work.rows("SELECT act, acted_as, rule_id FROM proxy_act")
    assert acts == [("open", "guardian", "guardian_from_afar")]


async def test_a_card_is_opened_once_it_has_come(home):
    mother = await resident(home, MOTHER)
    await handed_in(mother, await filled(mother))
    child = await home.person_id(CHILD, BORN)
    async with home.database.work(SYSTEM) as work:
        (number,) = await allocate_numbers(work, 1)
        made = MadeCard(child, work.ids.one(), number, BANK_A, date(2019, 5, 1), None, "AB", "CD")
        await take_made_cards(work, [made])
    told = {}
    for status in ("made", "dispatched", "at_outlet", "at_centre", "received", "completed"):
        async with home.database.work(SYSTEM) as work:
            await work.run("UPDATE application SET status = %(s)s", {"s": status})
        told[status] = (await mother.family())[str(child)]["next"]
    assert told == {
        "made": "wait", "dispatched": "wait", "at_outlet": "collect_at_outlet", "at_centre": "ask_for_card",
        "received": "open_card", "completed": "open_card",
    }  # fmt: skip


async def test_a_child_alone_sees_itself_and_does_nothing(home):
    child = await resident(home, CHILD, BORN)
    assert [one["relation"] for one in (await child.family()).values()] == ["self"]
    refused = await handed_in(child, await filled(child))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/guardian-needed")


async def test_residents_of_one_platform_do_not_share_request_keys(home):
    parents = [await resident(home, n) for n in (MOTHER, FATHER)]
    body = {"id_number": id_number(CHILD, BORN), "name": person(CHILD).name}
    answers = [await parent.post("/api/drafts", key="the-same-key", json=body) for parent in parents]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["draft_id"] != answers[1].json()["draft_id"]
    again = await parents[0].post("/api/drafts", key="the-same-key", json=body)
    assert (again.json(), again.headers["idempotent-replayed"]) == (answers[0].json(), "true")


def test_every_step_is_said_in_two_languages():
    assert all(re.search(r"[一-鿿]", zh) and not re.search(r"[一-鿿]", en) for zh, en in SAID.values())
