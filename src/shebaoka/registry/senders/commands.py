"""Everything that writes about senders."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.senders import views
from shebaoka.registry.senders.errors import SenderKeyRefused
from shebaoka.registry.senders.model import OVERLAP, ROLE, SECRET_BYTES, WINDOW, Sender, SignedIn
from shebaoka.registry.senders.store import SQL
from shebaoka.registry.staff import roles

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
KEPT: Final = timedelta(days=30)


async def make_key(work: Work, institution_id: int, paasid: str) -> str:
    """Make a system's key and give its secret, which is shown this once. NotFound, SenderKeyRefused."""
    institution = await institutions.by_id(work, institution_id)
    if institution is None:
        raise NotFound(f"机构 institution {institution_id}")
    if not NAME.fullmatch(paasid) or not roles.fits(ROLE, roles.Holder.CLIENT, institution.kind):
        raise SenderKeyRefused(f"{paasid} · {institution.kind}")
    await work.rows(SQL["lock_keys"], {"paasid": paasid})
    if await work.rows(SQL["keys"], {"paasid": paasid}):
        raise SenderKeyRefused(f"编号已使用 · the name is taken: {paasid}")
    return await _add(work, institution_id, paasid, "made")


async def renew_key(work: Work, paasid: str, overlap: timedelta = OVERLAP) -> tuple[str, datetime]:
    """Give a system a new secret, shown this once, and until when the old one is good. NotFound, SenderKeyRefused.

    The system changes over within the overlap, and no message is lost.
    """
    await work.rows(SQL["lock_keys"], {"paasid": paasid})
    living = [one for one in await views.secrets_of(work, paasid) if one.good_until is None]
    if not living:
        raise SenderKeyRefused(f"无有效密钥 · no secret is good: {paasid}")
    until = work.now + overlap
    await work.run(SQL["end_keys"], {"paasid": paasid, "until": until, "now": work.now})
    return await _add(work, living[0].sender.institution_id, paasid, "renewed"), until


async def withdraw_key(work: Work, paasid: str) -> int:
    """End all secrets of a system at once and give how many there were; its name is not used again. NotFound."""
    await work.rows(SQL["lock_keys"], {"paasid": paasid})
    ended = await work.run(SQL["end_keys"], {"paasid": paasid, "until": work.now, "now": work.now})
    if not ended:
        raise NotFound(f"有效密钥 good key {paasid}")
    work.record(0, "sender.key_withdrawn", paasid)
    return ended


async def _add(work: Work, institution_id: int, paasid: str, how: str) -> str:
    secret, key_id = secrets.token_hex(SECRET_BYTES), work.ids.one()
    await work.run(SQL["add_key"], {
        "paasid": paasid, "key_id": key_id, "institution_id": institution_id, "now": work.now,
        "sealed": work.vault.seal(secret.encode(), views.place(paasid, key_id)),
    })  # fmt: skip
    work.record(0, "sender.key_made", paasid, institution_id=institution_id, how=how)
    return secret


async def take_nonces(work: Work, came: Sequence[tuple[str, str]]) -> list[bool]:
    """Note nonces with the names of their systems; tell of each whether it is new: of the same twice, the first."""
    asked = {"paasids": [paasid for paasid, _ in came], "nonces": [nonce for _, nonce in came]}
    new = {
        tuple(row)
        for row in await work.rows(SQL["take_nonces"], asked | {"expires_at": work.now + 2 * WINDOW})
    }
    told: list[bool] = []
    for one in came:
        told.append(one in new)
        new.discard(one)
    return told


async def forget_nonces(work: Work) -> int:
    """Remove nonces that no message in its time window can repeat, and give how many."""
    return await work.run(SQL["forget_nonces"], {"now": work.now})


async def sign_in(work: Work, sender: Sender, operator: str) -> SignedIn:
    """Sign an operator of an institution in, until the end of the day."""
    midnight = datetime.combine(work.present_day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    made = SignedIn(f"{work.present_day:%Y%m%d}{work.ids.one()}"[:30], operator, work.now, midnight)
    keys = {"institution_id": sender.institution_id, "now": work.now}
    await work.run(SQL["forget_sign_ins"], keys | {"horizon": work.now - KEPT})
    await work.run(SQL["sign_in"], keys | {
        "sign_no": made.sign_no, "paasid": sender.paasid, "operator": operator, "good_until": midnight,
    })  # fmt: skip
    work.record(0, "sender.signed_in", made.sign_no, operator=operator)
    return made


async def sign_out(work: Work, sender: Sender, sign_no: str) -> None:
    """Sign an operator out. Raises NotFound where nobody is signed in with this number."""
    asked = {"institution_id": sender.institution_id, "sign_no": sign_no, "now": work.now}
    if not await work.run(SQL["sign_out"], asked):
        raise NotFound(f"签到编号 sign_no {sign_no}")
    work.record(0, "sender.signed_out", sign_no)
