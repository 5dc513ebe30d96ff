"""Logging in and out, tokens of institutions, and who one is."""

from base64 import b32decode, b64encode
from datetime import timedelta

from tests.faces.api_town import CENTRE, HOSPITAL, OUTLET_A

from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.staff import commands, totp

PASSWORD = "twelve-letters-at-least"


async def member(town, login="zhang.san"):
    async with town.database.work(SYSTEM) as work:
        return await commands.create_staff(
            work, institution_id=OUTLET_A, login=login, name="张示例", role="bank_clerk", password=PASSWORD
        )


async def client(town):
    async with town.database.work(SYSTEM) as work:
        return await commands.create_client(
            work, client_id="hospital-1", institution_id=HOSPITAL, role="hospital_system"
        )


async def test_logging_in_and_out(town):
    await member(town)
    started = await town.http.post("/api/sessions", json={"login": "Zhang.San", "password": PASSWORD})
    assert started.status_code == 201
    assert started.headers["cache-control"] == "no-store"
    headers = {"Authorization": f"Bearer {started.json()['token']}"}
    me = (await town.http.get("/api/me", headers=headers)).json()
    lower = {"authorization": headers["Authorization"].replace("Bearer", "bearer")}
    assert (await town.http.get("/api/me", headers=lower)).json() == me
    assert (me["role"], me["organisation"]["code"]) == ("bank_clerk", "BOSC0001")
    assert {"application.apply", "card.open"} <= {one["permission"] for one in me["permissions"]}
    assert (await town.http.delete("/api/sessions/current", headers=headers)).status_code == 204
    ended = await town.http.get("/api/me", headers=headers)
    assert (ended.status_code, ended.json()["type"]) == (401, "/problems/token-refused")
    assert ended.headers["www-authenticate"] == "Bearer"


async def test_guessing_is_slowed_down(town):
    await member(town)
    for _ in range(10):
        wrong = await town.http.post("/api/sessions", json={"login": "zhang.san", "password": "wrong"})
        assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/log-in-refused")
    late = await town.http.post("/api/sessions", json={"login": "zhang.san", "password": PASSWORD})
    assert (late.status_code, late.json()["type"]) == (429, "/problems/too-many-failures")
    assert int(late.headers["retry-after"]) > 0
    # The address has failed too often as well, whatever account it tries.
    other = await town.http.post("/api/sessions", json={"login": "li.si", "password": PASSWORD})
    assert other.status_code == 429


async def test_a_token_for_client_credentials(town):
    secret = await client(town)
    form = {"grant_type": "client_credentials", "client_id": "hospital-1", "client_secret": secret}
    given = await town.http.post("/oauth/token", data=form)
    assert given.status_code == 200, given.text
    assert (given.json()["token_type"], given.json()["expires_in"]) == ("Bearer", 3600)
    basic = b64encode(f"hospital-1:{secret}".encode()).decode()
    by_header = await town.http.post(
        "/oauth/token", data={"grant_type": "client_credentials", "scope": "ignored"},
        headers={"Authorization": f"Basic {basic}"},
    )  # fmt: skip
    token = by_header.json()["access_token"]
    assert (await town.http.get("/api/me", headers={"Authorization": f"Bearer {token}"})).json()[
        "role"
    ] == "hospital_system"
    for given_back in (token, token, "x" * 101, ""):
        assert (await town.http.post("/oauth/revoke", data={"token": given_back})).status_code == 200
    assert (await town.http.get("/api/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_tokens_are_refused_as_the_rfc_says(town):
    await client(town)
    form = {"grant_type": "client_credentials", "client_id": "hospital-1", "client_secret": "guess"}
    wrong = await town.http.post("/oauth/token", data=form)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    other = await town.http.post("/oauth/token", data=form | {"grant_type": "password"})
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    broken = await town.http.post("/oauth/token", data=form, headers={"Authorization": "Basic %%%"})
    assert broken.status_code == 401


async def test_the_administrator_makes_and_closes_accounts(town):
    body = {
        "institution": "BOSC0001",
        "login": "li.si",
        "name": "李示例",
        "role": "bank_clerk",
        "password": PASSWORD,
    }
    made = await town.post("/api/staff", "administrator", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["password"] == PASSWORD
    log_in = {"login": "li.si", "password": PASSWORD}
    step = await town.http.post("/api/sessions", json=log_in)
    assert (step.status_code, step.json()["next"], step.json()["token"]) == (202, "password", None)
    listed = (await town.call("GET", "/api/staff", "administrator")).json()["items"]
    assert "li.si" in {one["login"] for one in listed}
    assert PASSWORD not in str(listed)
    changed = {"ticket": step.json()["ticket"], "password": "seven unlike words 123"}
    assert (await town.http.post("/api/sessions/password", json=changed)).json()["token"]
    log_in["password"] = changed["password"]
    assert (await town.http.post("/api/sessions", json=log_in)).status_code == 201
    closed = await town.post(f"/api/staff/{made.json()['id']}/deactivation", "administrator")
    assert closed.status_code == 200
    assert (await town.http.post("/api/sessions", json=log_in)).status_code == 401
    unfit = await town.post(
        "/api/staff", "administrator", json=body | {"role": "auditor", "login": "wang.wu"}
    )
    assert (unfit.status_code, unfit.json()["type"]) == (422, "/problems/role-unfit")


async def test_a_clients_secret_is_shown_once_and_kept_nowhere(town):
    body = {"client_id": "bosc-core", "institution": "BOSC", "role": "bank_system"}
    made = await town.post("/api/clients", "administrator", json=body, key="make-bosc-core")
    secret = made.json()["secret"]
    assert len(secret) > 30
    again = await town.post("/api/clients", "administrator", json=body, key="make-bosc-core")
    assert (again.status_code, again.json()) == (201, {"client_id": "bosc-core", "secret": None})
    async with town.database.connection() as connection:
        rows = await (await connection.execute("SELECT answer::text FROM request_key")).fetchall()
    assert all(secret not in row[0] for row in rows)
    fresh = (await town.post("/api/clients/bosc-core/secret", "administrator")).json()["secret"]
    assert fresh not in (secret, None)
    assert (await town.post("/api/clients/bosc-core/deactivation", "administrator")).status_code == 200
    form = {"grant_type": "client_credentials", "client_id": "bosc-core", "client_secret": fresh}
    assert (await town.http.post("/oauth/token", data=form)).status_code == 401


def code_now(town, secret, later=0):
    at = town.database.clock.now() + timedelta(seconds=30 * later)
    return totp.code(b32decode(secret), totp.step_at(at))


async def test_a_role_that_must_logs_in_with_a_second_factor(town):
    async with town.database.work(SYSTEM) as work:
        await commands.create_staff(
            work, institution_id=CENTRE, login="audit.one", name="审", role="auditor", password=PASSWORD
        )
    log_in = {"login": "audit.one", "password": PASSWORD}
    step = (await town.http.post("/api/sessions", json=log_in)).json()
    assert (step["next"], step["token"]) == ("enrolment", None)
    ticket = {"ticket": step["ticket"]}
    assert (
        await town.http.get("/api/me", headers={"Authorization": f"Bearer {step['ticket']}"})
    ).status_code == 401
    enrolment = (await town.http.post("/api/sessions/enrolment", json=ticket)).json()
    code = code_now(town, enrolment["secret"])
    wrong = await town.http.post("/api/sessions/code", json=ticket | {"code": "000000"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/code-refused")
    done = await town.http.post("/api/sessions/code", json=ticket | {"code": code})
    assert done.status_code == 201
    assert len(done.json()["recovery_codes"]) == 10
    headers = {"Authorization": f"Bearer {done.json()['token']}"}
    own = (await town.http.get("/api/me/account", headers=headers)).json()
    assert (own["login"], own["second_factor"], own["must"], own["recovery_codes_left"]) == (
        "audit.one",
        True,
        True,
        10,
    )
    next_step = (await town.http.post("/api/sessions", json=log_in)).json()
    assert next_step["next"] == "code"
    replayed = await town.http.post("/api/sessions/code", json={"ticket": next_step["ticket"], "code": code})
    assert (replayed.status_code, replayed.json()["type"]) == (422, "/problems/code-refused")
    recovered = await town.http.post(
        "/api/sessions/code", json={"ticket": next_step["ticket"], "code": done.json()["recovery_codes"][3]}
    )
    assert (recovered.status_code, recovered.json()["recovery_codes"]) == (201, [])
    lapsed = await town.http.post(
        "/api/sessions/code", json={"ticket": next_step["ticket"], "code": "123456"}
    )
    assert (lapsed.status_code, lapsed.json()["type"]) == (401, "/problems/log-in-lapsed")
    removal = await town.http.post(
        "/api/me/second-factor/removal",
        headers=headers,
        json={"code": code_now(town, enrolment["secret"], 1)},
    )
    assert (removal.status_code, removal.json()["type"]) == (409, "/problems/second-factor-needed")


async def test_everybody_keeps_his_own_account(town):
    await member(town)
    log_in = {"login": "zhang.san", "password": PASSWORD}
    tokens = [
        (await town.http.post("/api/sessions", json=log_in, headers={"User-Agent": f"browser {n}"})).json()[
            "token"
        ]
        for n in range(3)
    ]
    headers = {"Authorization": f"Bearer {tokens[0]}"}
    items = (await town.http.get("/api/me/sessions", headers=headers)).json()["items"]
    assert [(one["device"], one["current"], one["source"]) for one in items] == [
        ("browser 2", False, "127.0.0.1"), ("browser 1", False, "127.0.0.1"), ("browser 0", True, "127.0.0.1")
    ]  # fmt: skip
    one = await town.http.post(
        "/api/me/sessions/ending", headers=headers, json={"session_id": items[0]["session_id"]}
    )
    assert one.json() == {"ended": 1}
    again = await town.http.post(
        "/api/me/sessions/ending", headers=headers, json={"session_id": items[0]["session_id"]}
    )
    assert again.status_code == 404
    change = {"current": "wrong", "password": "seven unlike words 123"}
    wrong = await town.http.post("/api/me/password", headers=headers, json=change)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/password-wrong")
    common = await town.http.post(
        "/api/me/password", headers=headers, json={"current": PASSWORD, "password": "iloveyou5201314"}
    )
    assert (common.status_code, common.json()["type"]) == (422, "/problems/password-refused")
    changed = await town.http.post("/api/me/password", headers=headers, json=change | {"current": PASSWORD})
    assert changed.json() == {"ended": 1}
    assert (await town.http.get("/api/me", headers=headers)).status_code == 200
    begun = await town.http.post(
        "/api/me/second-factor", headers=headers, json={"password": "seven unlike words 123"}
    )
    secret = begun.json()["secret"]
    confirmed = await town.http.post(
        "/api/me/second-factor/confirmation", headers=headers, json={"code": code_now(town, secret)}
    )
    assert len(confirmed.json()["recovery_codes"]) == 10
    removed = await town.http.post(
        "/api/me/second-factor/removal", headers=headers, json={"code": code_now(town, secret, 1)}
    )
    assert removed.json() == {"second_factor": False}
    nothing = await town.http.post("/api/me/second-factor/removal", headers=headers, json={"code": "123456"})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/enrolment-not-begun")
    for role in ("bank_system", "resident"):
        assert (await town.call("GET", "/api/me/sessions", role)).status_code == 404


async def test_the_administrator_keeps_accounts(town):
    staff_id = await member(town)
    await town.http.post("/api/sessions", json={"login": "zhang.san", "password": PASSWORD})
    listed = (
        await town.call("GET", "/api/staff?institution=BOSC0001&role=bank_clerk&login=zhang", "administrator")
    ).json()
    assert [(one["login"], one["second_factor"]) for one in listed["items"]] == [("zhang.san", False)]
    first = (await town.call("GET", "/api/staff?limit=1", "administrator")).json()
    more = (await town.call("GET", f"/api/staff?limit=1&after={first['next']}", "administrator")).json()
    assert first["items"][0]["login"] < more["items"][0]["login"]
    here = (await town.call("GET", "/api/staff/sessions", "administrator")).json()["items"]
    mine = next(one for one in here if one["login"] == "zhang.san")
    assert (mine["institution"]["code"], mine["source"]) == ("BOSC0001", "127.0.0.1")
    ended = await town.post(f"/api/staff/sessions/{mine['session_id']}/ending", "administrator")
    assert ended.json() == {"id": str(staff_id)}
    reset = (
        await town.post(f"/api/staff/{staff_id}/password", "administrator", json={}, key="reset-once")
    ).json()
    again = (
        await town.post(f"/api/staff/{staff_id}/password", "administrator", json={}, key="reset-once")
    ).json()
    assert len(reset["password"]) == 16
    assert again["password"] is None
    unfit = await town.post(f"/api/staff/{staff_id}/role", "administrator", json={"role": "administrator"})
    assert (unfit.status_code, unfit.json()["type"]) == (422, "/problems/role-unfit")
    admin = next(one for one in here if one["role"] == "administrator")
    for path, body in (
        ("role", {"role": "auditor"}),
        ("deactivation", None),
        ("password", {}),
        ("second-factor/reset", None),
    ):
        own = await town.post(f"/api/staff/{admin['staff_id']}/{path}", "administrator", json=body)
        assert (own.status_code, own.json()["type"]) == (409, "/problems/own-account"), path
    for path in ("unlocking", "second-factor/reset", "deactivation", "activation"):
        done = await town.post(f"/api/staff/{staff_id}/{path}", "administrator")
        assert done.status_code == 200, done.text
    assert done.json()["password"]
