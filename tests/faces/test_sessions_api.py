"""Logging in and out, tokens of institutions, and who one is."""

from base64 import b64encode

from tests.faces.api_town import HOSPITAL, OUTLET_A

from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.staff import commands

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
    log_in = {"login": "li.si", "password": PASSWORD}
    assert (await town.http.post("/api/sessions", json=log_in)).status_code == 201
    listed = (await town.call("GET", "/api/staff", "administrator")).json()["items"]
    assert "li.si" in {one["login"] for one in listed}
    assert PASSWORD not in str(listed)
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
