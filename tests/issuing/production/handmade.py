"""A batch whose receipt and returns a test writes by hand: what the sandbox's bureau never does."""

from __future__ import annotations

import pytest
from tests.issuing.making import CITY, MAKER, bureau_at, made, receipt, sent, statement
from tests.issuing.seeding import seed

from shebaoka.issuing.production import commands, views
from shebaoka.kit.actor import SYSTEM
from shebaoka.records import bureau

PEOPLE = 4


@pytest.fixture
async def handed(database, tmp_path):
    """A batch that lies with the bureau, which has said nothing yet."""
    await seed(database, PEOPLE)
    await commands.order_due(database)
    await commands.write_due(database, bureau_at(tmp_path))
    (path,) = (tmp_path / "to-bureau").glob("P*")
    return Batch(database, tmp_path, path, sent(path))


@pytest.fixture
async def batch(handed):
    """A batch that the bureau has taken, and the lines of a bureau that made everything."""
    handed.send_receipt()
    assert (await handed.take()).receipts == 1
    return handed


class Batch:
    def __init__(self, database, folder, path, production):
        self.database, self.folder, self.path, self.production = database, folder, path, production
        self.batch_id = production.batch.batch
        self.lines = [made(production, record) for record in production.records]

    def send(self, content, name=None, key=MAKER, items=1):
        name = name or f"R{self.batch_id}-1.zip.sbk2"
        sealed = bureau.seal_file(key, CITY.public, name, content, items)
        (self.folder / "from-bureau" / name).write_bytes(sealed)
        return name

    def send_receipt(self, **other):
        told = receipt(self.batch_id, self.path, other.pop("cards", PEOPLE), **other)
        return self.send(bureau.write_receipt(told), name=f"A{self.batch_id}.csv.sbk2")

    def answer(self, lines, told=None, **more):
        told = told or statement(self.batch_id, lines)
        return self.send(bureau.write_return(told, lines), **{"items": len(lines)} | more)

    async def take(self):
        return await commands.take_returns(self.database, bureau_at(self.folder))

    async def kinds(self):
        async with self.database.work(SYSTEM) as work:
            return sorted((one.kind, one.detail) for one in await views.differences(work))

    def refused(self):
        return sorted(path.name for path in (self.folder / "from-bureau" / "refused").iterdir())

    async def custody(self):
        async with self.database.work(SYSTEM) as work:
            return (await views.batch(work, self.batch_id)).custody

    async def line(self):
        async with self.database.work(SYSTEM) as work:
            return await views.line(work, self.batch_id)
