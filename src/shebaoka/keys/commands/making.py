"""What an approved ceremony does to keys: in the store first, then in the tables; repeated after a crash it comes to the same."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from shebaoka.chip.proofs import KEY_BYTES
from shebaoka.keys import hierarchy
from shebaoka.keys.errors import CheckValueDiffers
from shebaoka.keys.model import CeremonyRow, Component, Kind, Level, Made, Version, component_name, key_name
from shebaoka.keys.states import VERSION_NEXT, KeySet, Step, after
from shebaoka.keys.store import SQL
from shebaoka.keys.using import Keys, held
from shebaoka.kit.work import Work


def checked(algorithm: int, component: Component) -> bytes:
    """Give a component whose check value is the one printed beside it; CheckValueDiffers."""
    if len(component.part) != KEY_BYTES or not hmac.compare_digest(
        hierarchy.check_value(algorithm, component.part), component.check
    ):
        raise CheckValueDiffers("分量 · component")
    return component.part


async def carry_out(
    work: Work, keys: Keys, ceremony: CeremonyRow, component: Component | None
) -> dict[str, str]:
    """Do what was approved, and give the check values of the keys that it made, or destroyed, by their names."""
    versions = await work.rows(SQL["hold_versions"], {"algorithm": ceremony.algorithm}, Version)
    match ceremony.kind:
        case Kind.GENERATE:
            return await _make(work, keys, ceremony, await keys.store.random(KEY_BYTES))
        case Kind.IMPORT:
            assert component
            return await _import(work, keys, ceremony, component)
        case Kind.DERIVE:
            return await _derive(work, keys, _of(versions, ceremony))
        case Kind.PUT_IN_FORCE:
            return await _put_in_force(work, versions, ceremony)
        case Kind.DESTROY:
            return await _destroy(work, keys, _of(versions, ceremony))


async def _import(work: Work, keys: Keys, ceremony: CeremonyRow, component: Component) -> dict[str, str]:
    """Put two components together. Neither officer has seen the other's, nor what comes of both."""
    name = component_name(ceremony.ceremony_id)
    first = (await keys.store.read([name])).get(name)
    if first is None:
        raise CheckValueDiffers(
            "密钥库中没有第一个分量，请撤回重来 · the first component is gone: withdraw and begin anew"
        )
    second = checked(ceremony.algorithm, component)
    whole = bytes(one ^ other for one, other in zip(first, second, strict=True))
    assert ceremony.expected_check
    if not hmac.compare_digest(hierarchy.check_value(ceremony.algorithm, whole), ceremony.expected_check):
        raise CheckValueDiffers("整钥 · the whole key")
    made = await _make(work, keys, ceremony, whole)
    await keys.store.forget([name])
    return made


async def _make(work: Work, keys: Keys, ceremony: CeremonyRow, key: bytes) -> dict[str, str]:
    assert ceremony.top
    await work.run(SQL["add_version"], {
        "algorithm": ceremony.algorithm, "version": ceremony.version, "top": ceremony.top, "now": work.now,
    })  # fmt: skip
    return await _keep(work, keys, ceremony.algorithm, ceremony.version, {(Level(ceremony.top), 0): key})


async def _derive(work: Work, keys: Keys, version: Version) -> dict[str, str]:
    await _move(work, version, Step.DERIVE)
    made = await work.rows(SQL["keys_of"], _which(version), Made)
    top = (await held(keys.store, made))[made[0]]
    new: dict[tuple[Level, int], bytes] = {}
    city = top
    if version.top == Level.ROOT:
        city = new[Level.CITY, 0] = hierarchy.city_key(version.algorithm, top, keys.city)
    below = hierarchy.application_keys(version.algorithm, city)
    new |= {(Level.APPLICATION, number): key for number, key in below.items()}
    return await _keep(work, keys, version.algorithm, version.version, new)


async def _put_in_force(work: Work, versions: list[Version], ceremony: CeremonyRow) -> dict[str, str]:
    for one in versions:
        if one.status == KeySet.IN_FORCE:
            await _move(work, one, Step.REPLACE)
    version = _of(versions, ceremony)
    await _move(work, version, Step.PUT_IN_FORCE)
    return _told(await work.rows(SQL["keys_of"], _which(version), Made))


async def _destroy(work: Work, keys: Keys, version: Version) -> dict[str, str]:
    await _move(work, version, Step.DESTROY)
    made = await work.rows(SQL["keys_of"], _which(version), Made)
    await keys.store.forget([key_name(one.algorithm, one.version, one.level, one.number) for one in made])
    return _told(made)


async def _keep(
    work: Work, keys: Keys, algorithm: int, version: int, new: Mapping[tuple[Level, int], bytes]
) -> dict[str, str]:
    made = [
        Made(algorithm, version, level, number, hierarchy.check_value(algorithm, key))
        for (level, number), key in new.items()
    ]
    await keys.store.put({key_name(algorithm, version, *which): key for which, key in new.items()})
    await work.run(SQL["add_keys"], {
        "algorithm": algorithm, "version": version, "levels": [one.level for one in made],
        "numbers": [one.number for one in made], "checks": [one.check_value for one in made], "now": work.now,
    })  # fmt: skip
    return _told(made)


async def _move(work: Work, version: Version, step: Step) -> None:
    status = after(VERSION_NEXT, KeySet(version.status), step)
    await work.run(SQL["move_version"], _which(version) | {"status": status, "now": work.now})


def _of(versions: list[Version], ceremony: CeremonyRow) -> Version:
    return next(one for one in versions if one.version == ceremony.version)


def _which(version: Version) -> dict[str, int]:
    return {"algorithm": version.algorithm, "version": version.version}


def _told(made: list[Made]) -> dict[str, str]:
    return {
        key_name(one.algorithm, one.version, one.level, one.number): one.check_value.hex().upper()
        for one in made
    }
