"""The table of roles is whole, and what it does not name is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.registry.institutions.model import KINDS
from shebaoka.registry.staff import roles
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import PERMISSIONS, ROLES, Holder, Scope

PAGE = Path(__file__).parents[3] / "docs" / "problems" / "role-unfit.md"
PEOPLE_AND_SYSTEMS = [code for code, role in ROLES.items() if role.holder in {Holder.STAFF, Holder.CLIENT}]


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_every_permission_is_used_by_a_role_beside_the_system(permission: str) -> None:
    assert [code for code, role in ROLES.items() if permission in role.may and role.holder != Holder.PROCESS]


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_exactly_what_the_table_says(role: str, permission: str) -> None:
    actor = Actor("staff:1", 1, role)
    if permission in ROLES[role].may:
        assert roles.allowed(actor, permission) == ROLES[role].may[permission]
    else:
        with pytest.raises(Forbidden) as refused:
            roles.allowed(actor, permission)
        assert refused.value.members == {"permission": permission, "role": role}


@pytest.mark.parametrize("role", [*ROLES, "nobody", ""])
def test_a_permission_that_is_not_in_the_table_is_refused_to_all(role: str) -> None:
    with pytest.raises(Forbidden):
        roles.allowed(Actor("staff:1", 1, role), "undeclared")


def test_an_unknown_role_may_nothing() -> None:
    for permission in PERMISSIONS:
        with pytest.raises(Forbidden):
            roles.allowed(Actor("staff:1", 1, "nobody"), permission)


def test_only_the_system_itself_may_everything() -> None:
    assert {roles.allowed(SYSTEM, permission) for permission in PERMISSIONS} == {Scope.ALL}
    assert [code for code, role in ROLES.items() if set(role.may) == set(PERMISSIONS)] == ["system"]


def test_residents_reach_themselves_only() -> None:
    assert {scope for verb, scope in ROLES["resident"].may.items() if verb != "institution.read"} == {
        Scope.SELF
    }
    assert not [code for code in ROLES if code != "resident" and Scope.SELF in ROLES[code].may.values()]


def test_who_makes_accounts_sees_no_people() -> None:
    heads = {verb.split(".")[0] for verb in ROLES["administrator"].may}
    assert heads == {"staff", "client", "institution", "readiness", "relying"}


def test_organisations_see_their_own_applications_only() -> None:
    for role in ("bank_clerk", "bank_system", "employer_hr", "school_office", "community_clerk"):
        for verb in ("application.apply", "application.read", "list.read"):
            assert ROLES[role].may.get(verb, Scope.OWN) == Scope.OWN


@pytest.mark.parametrize("role", PEOPLE_AND_SYSTEMS)
def test_a_role_fits_its_kinds_of_institution_and_holder(role: str) -> None:
    holder = ROLES[role].holder
    other = Holder.CLIENT if holder == Holder.STAFF else Holder.STAFF
    assert [kind for kind in KINDS if roles.fits(role, holder, kind)] == [
        kind for kind in KINDS if kind in ROLES[role].kinds
    ]
    assert ROLES[role].kinds
    assert not any(roles.fits(role, other, kind) for kind in KINDS)


def test_nobody_is_given_the_role_of_the_system_or_of_a_resident() -> None:
    for role in ("system", "resident", "nobody"):
        assert not any(
            roles.fits(role, holder, kind) for kind in KINDS for holder in (Holder.STAFF, Holder.CLIENT)
        )


def test_the_page_lists_the_roles_as_they_are() -> None:
    rows = [
        f"| `{code}` | {role.name_zh} · {role.name_en} | {role.holder} | {', '.join(f'`{kind}`' for kind in role.kinds)} |"
        for code, role in ((code, ROLES[code]) for code in PEOPLE_AND_SYSTEMS)
    ]
    assert [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")] == rows
