"""The identity provider of the sandbox: OpenID Connect as a site meets it, and its switches."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sandbox_driver import PEOPLE, TOKEN, Sandbox

SOMEBODY, DEAD = PEOPLE[3], PEOPLE[7]
VERIFIER = "verifier-" * 6
BACK = "http://127.0.0.1:9/login/callback"
CLIENT = ("citizen-site", TOKEN)


def asked(**other: str) -> dict[str, str]:
    return {
        "response_type": "code", "client_id": "citizen-site", "redirect_uri": BACK, "scope": "openid profile", "state": "s-1",
        "nonce": "n-1", "code_challenge_method": "S256",
        "code_challenge": urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    } | other  # fmt: skip


@pytest.fixture
def provider(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A browser, or a site: neither has the sandbox's token."""
    with httpx.Client(base_url=f"{sandbox.url}/identity") as client:
        yield client


def sent_back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(BACK)
    return {key: value[0] for key, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def code_of(provider: httpx.Client, **more: str) -> str:
    answer = provider.post("/authorize", data=asked() | {"id_number": SOMEBODY.id_number} | more)
    back = sent_back(answer)
    assert back["state"] == "s-1"
    return back["code"]


def redeemed(provider: httpx.Client, code: str, auth: Any = CLIENT, **other: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return provider.post("/token", data=form | other, auth=auth)


def claims_of(provider: httpx.Client, id_token: str) -> jwt.Token:
    return jwt.decode(
        id_token, KeySet.import_key_set(provider.get("/keys").json()), algorithms=["RS256", "ES256"]
    )


def test_it_describes_itself(provider: httpx.Client) -> None:
    told = provider.get("/.well-known/openid-configuration").json()
    assert told["issuer"] == str(provider.base_url).rstrip("/")
    assert {told[name].rpartition("/")[2] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")} == {
        "authorize", "token", "keys",
    }  # fmt: skip
    keys = provider.get("/keys").json()["keys"]
    assert (keys[0]["kty"], keys[0]["use"]) == ("RSA", "sig")
    assert not any("d" in key for key in keys)


def test_a_log_in_gives_an_id_token(provider: httpx.Client) -> None:
    answer = redeemed(provider, code_of(provider, name=SOMEBODY.name))
    assert answer.headers["cache-control"] == "no-store"
    token = claims_of(provider, answer.json()["id_token"])
    said = token.claims
    assert token.header["alg"] == "RS256"
    assert (said["iss"], said["aud"], said["nonce"]) == (
        str(provider.base_url).rstrip("/"),
        "citizen-site",
        "n-1",
    )
    assert (said["id_number"], said["name"]) == (SOMEBODY.id_number, SOMEBODY.name)
    assert said["exp"] == said["iat"] + 300
    assert SOMEBODY.id_number not in said["sub"]
    again = claims_of(provider, redeemed(provider, code_of(provider)).json()["id_token"]).claims
    assert again["sub"] == said["sub"]
    assert again["jti"] != said["jti"]


def test_the_page_lists_and_finds_people(provider: httpx.Client) -> None:
    page = provider.get("/authorize", params=asked())
    assert page.status_code == 200
    assert page.text.count('<button name="id_number"') == 20
    assert 'value="s-1"' in page.text
    found = provider.get("/authorize", params=asked(q=SOMEBODY.id_number)).text
    assert found.count('<button name="id_number"') == 1
    assert SOMEBODY.name in found
    assert DEAD.id_number not in provider.get("/authorize", params=asked(q=DEAD.id_number)).text.replace(
        f'value="{DEAD.id_number}" maxlength', ""
    )
    assert "&lt;script&gt;" in provider.get("/authorize", params=asked(q="<script>")).text


@pytest.mark.parametrize(
    "given",
    [
        {"id_number": "1", "name": "x"},
        {"id_number": SOMEBODY.id_number, "name": "x"},
        {"id_number": DEAD.id_number},
    ],
    ids=["nobody", "another name", "dead"],
)
def test_whom_it_does_not_know_it_does_not_let_in(provider: httpx.Client, given: dict[str, str]) -> None:
    page = provider.post("/authorize", data=asked() | given)
    assert page.status_code == 200
    assert "查无此人" in page.text
    assert "location" not in page.headers


def test_who_cancels_goes_back(provider: httpx.Client) -> None:
    back = sent_back(provider.post("/authorize", data=asked(cancel="1")))
    assert back == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    "other",
    [{"client_id": "other"}, {"redirect_uri": "https://evil.example/login/callback"}, {"redirect_uri": "http://127.0.0.1:9/x"},
     {"redirect_uri": f"{BACK}?x=1"}, {"redirect_uri": ""}],
)  # fmt: skip
def test_a_doubtful_site_gets_nobody(provider: httpx.Client, other: dict[str, str]) -> None:
    for answer in (
        provider.get("/authorize", params=asked(**other)),
        provider.post("/authorize", data=asked(**other) | {"id_number": SOMEBODY.id_number}),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
def test_what_is_asked_for_wrongly_goes_back(
    provider: httpx.Client, other: dict[str, str], error: str
) -> None:
    assert sent_back(provider.get("/authorize", params=asked(**other)))["error"] == error


def test_a_code_is_good_once_and_for_its_own_site(provider: httpx.Client) -> None:
    code = code_of(provider)
    assert redeemed(provider, code).status_code == 200
    for answer in (
        redeemed(provider, code),
        redeemed(provider, "never given"),
        redeemed(provider, code_of(provider), code_verifier="another"),
        redeemed(provider, code_of(provider), redirect_uri="http://127.0.0.1:8/login/callback"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    other = redeemed(provider, code_of(provider), grant_type="password")
    assert other.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("auth", [("citizen-site", "wrong"), ("other", TOKEN), None])
def test_a_client_must_show_its_secret(provider: httpx.Client, auth: Any) -> None:
    answer = redeemed(provider, code_of(provider), auth)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_secret_may_come_in_the_form(provider: httpx.Client) -> None:
    answer = redeemed(provider, code_of(provider), None, client_id="citizen-site", client_secret=TOKEN)
    assert answer.status_code == 200


def test_a_flaw_spoils_one_thing(sandbox: Sandbox, provider: httpx.Client) -> None:
    spoilt = {"nonce": "nonce", "audience": "aud", "issuer": "iss"}
    for flaw, claim in spoilt.items():
        sandbox.faults("identity", flaw=flaw)
        said = claims_of(provider, redeemed(provider, code_of(provider)).json()["id_token"]).claims
        assert said[claim] not in ("n-1", "citizen-site", str(provider.base_url).rstrip("/"))
    sandbox.faults("identity", flaw="unverified")
    said = claims_of(provider, redeemed(provider, code_of(provider)).json()["id_token"]).claims
    assert {"id_number", "name"} & set(said) == set()


def test_a_flaw_of_the_signature(sandbox: Sandbox, provider: httpx.Client) -> None:
    for flaw, algorithm, signature in (
        ("unsigned", "none", ""),
        ("symmetric", "HS256", None),
        ("forged", "RS256", None),
    ):
        sandbox.faults("identity", flaw=flaw)
        parts = redeemed(provider, code_of(provider)).json()["id_token"].split(".")
        assert json.loads(urlsafe_b64decode(parts[0] + "=="))["alg"] == algorithm
        assert parts[2] == signature if signature is not None else parts[2]
        assert b"n-1" in urlsafe_b64decode(parts[1] + "==")


def test_a_provider_that_is_down_says_so_everywhere(sandbox: Sandbox, provider: httpx.Client) -> None:
    code = code_of(provider)
    sandbox.faults("identity", down=True)
    for answer in (
        provider.get("/.well-known/openid-configuration"), provider.get("/keys"), provider.get("/authorize", params=asked()),
        redeemed(provider, code),
    ):  # fmt: skip
        assert answer.status_code == 503
    assert sandbox.http.delete("/_faults").status_code == 204
    assert redeemed(provider, code).status_code == 200, "nothing was lost"


def test_whom_it_refuses_it_refuses_always(sandbox: Sandbox, provider: httpx.Client) -> None:
    sandbox.faults("identity", refuse=1.0)
    assert "查无此人" in provider.post("/authorize", data=asked() | {"id_number": SOMEBODY.id_number}).text
    assert sandbox.stats("identity:authorize")["calls"] > 0


def test_a_new_key_is_published_before_it_is_used(sandbox: Sandbox, provider: httpx.Client) -> None:
    sandbox.faults("identity", flaw="new_key")
    token = claims_of(provider, redeemed(provider, code_of(provider)).json()["id_token"])
    assert token.header["alg"] == "ES256"
    assert token.claims["id_number"] == SOMEBODY.id_number
