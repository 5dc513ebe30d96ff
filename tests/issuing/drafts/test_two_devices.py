"""A draft in the hands of two devices, step by step as hypothesis has them come: nothing lost unseen, handed in once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import OUTLET, Town, id_number, person

from shebaoka.issuing.applications.errors import ApplicationExists
from shebaoka.issuing.drafts import commands, views
from shebaoka.issuing.drafts.errors import DraftChangedMeanwhile, DraftIncomplete
from shebaoka.issuing.drafts.model import Content
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound, Problem, TransitionRefused
from shebaoka.registry.programme.views import load

BEGAN = datetime(2019, 5, 6, 12, tzinfo=SHANGHAI)
BORN = date(2016, 5, 1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "read", "save", "submit", "discard", "lapse", "wait"]),
        st.sampled_from(["phone", "desk"]),
        st.sampled_from(["", OUTLET]),
    ),
    max_size=14,
)  # fmt: skip


@dataclass
class Model:
    """What must be true: the live draft's content and version, what each device has read, and what was handed in."""

    draft_id: int | None = None
    version: int = 0
    content: Content = field(default_factory=Content)
    touched: date = date(2019, 5, 6)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    handed_in: int = 0


class Machine:
    """The real commands beside the model."""

    def __init__(self, town: Town, mother: Actor, child: int) -> None:
        self.town, self.mother, self.child, self.model = town, mother, child, Model()

    async def act(self, step: str, device: str, outlet: str) -> None:
        async with self.town.database.work(self.mother) as work:
            programme = await load(work)
        try:
            await getattr(self, step)(programme, device, outlet)
        except Problem as refused:
            self.refused(step, device, refused)

    async def begin(self, programme, device, outlet):
        async with self.town.database.work(self.mother) as work:
            draft = await commands.begin(work, programme, self.child)
            filled = await views.content(work, draft)
        model = self.model
        if model.draft_id is None:
            model.draft_id, model.version, model.touched = draft.draft_id, 1, self.today
            model.content = filled
        assert (draft.draft_id, draft.version, filled) == (model.draft_id, model.version, model.content)
        model.seen[device] = (draft.draft_id, draft.version)

    async def read(self, programme, device, outlet):
        if device in self.model.seen:
            async with self.town.database.work(self.mother) as work:
                draft = await views.by_id(work, self.model.seen[device][0])
            self.model.seen[device] = (draft.draft_id, draft.version)

    async def save(self, programme, device, outlet):
        draft_id, version = self.model.seen.get(device, (0, 1))
        content = Content("15400000000", f"虚构路{self.model.version}号", outlet, "BOSC")
        async with self.town.database.work(self.mother) as work:
            draft = await commands.save(work, programme, draft_id, version, content)
        assert (draft_id, version) == (self.model.draft_id, self.model.version), (
            "only the newest version is saved over"
        )
        self.model.version, self.model.content, self.model.touched = draft.version, content, self.today
        self.model.seen[device] = (draft_id, draft.version)

    async def submit(self, programme, device, outlet):
        draft_id, version = self.model.seen.get(device, (0, 1))
        async with self.town.database.work(self.mother) as work:
            await commands.submit(work, programme, draft_id, version)
        assert (draft_id, version) == (self.model.draft_id, self.model.version), (
            "only what was read is handed in"
        )
        assert self.model.content.fallback_outlet
        self.model.handed_in += 1
        self.ended()

    async def discard(self, programme, device, outlet):
        draft_id, _ = self.model.seen.get(device, (0, 1))
        async with self.town.database.work(self.mother) as work:
            await commands.discard(work, programme, draft_id)
        assert draft_id == self.model.draft_id
        self.ended()

    async def lapse(self, programme, device, outlet):
        due = self.model.draft_id is not None and self.today > self.model.touched + timedelta(days=30)
        assert await commands.lapse_due(self.town.database) == int(due)
        if due:
            self.ended()

    async def wait(self, programme, device, outlet):
        self.town.database.clock.at += timedelta(days=16)

    def refused(self, step: str, device: str, refused: Problem) -> None:
        draft_id, version = self.model.seen.get(device, (0, 1))
        live = draft_id == self.model.draft_id
        expected = {
            NotFound: draft_id == 0,
            TransitionRefused: draft_id != 0 and not live,
            DraftChangedMeanwhile: live and version != self.model.version,
            DraftIncomplete: live and step == "submit" and not self.model.content.fallback_outlet,
            ApplicationExists: live and step == "submit" and self.model.handed_in == 1,
        }
        assert expected[type(refused)], f"{step} on {device}: {refused.slug}"

    def ended(self) -> None:
        self.model.draft_id, self.model.content = None, Content()

    @property
    def today(self) -> date:
        return self.town.database.clock.now().date()

    async def check(self) -> None:
        live = await self.town.rows_of("SELECT draft_id, version FROM draft WHERE status = 'open'")
        assert live == ([] if self.model.draft_id is None else [(self.model.draft_id, self.model.version)])
        kept = await self.town.rows_of(
            "SELECT count(*) FROM draft WHERE status <> 'open' AND sealed IS NOT NULL"
        )
        assert kept == [(0,)]
        applications = await self.town.rows_of("SELECT person_id FROM application")
        assert applications == [(self.child,)] * self.model.handed_in
        assert self.model.handed_in <= 1


async def test_two_devices(town: Town) -> None:
    mother, child = person(2), person(1, born=BORN, guardian_id_number=id_number(2), guardian_kind="母亲")
    ids = await town.settle(mother, child)
    resident = ids[mother.id_number]
    platform = town.places["ONLINE01"].institution_id
    actor = Actor(f"resident:{resident}", platform, "resident", resident)
    runs: list[object] = []

    # Hypothesis draws the steps, the loop of this test walks them: its own examples cannot await.
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(STEPS)
    def draw(steps: list[tuple[str, str, str]]) -> None:
        runs.append(steps)

    draw()
    whole = [("begin", "phone", ""), ("begin", "desk", ""), ("save", "desk", OUTLET), ("save", "phone", ""), ("submit", "phone", ""),
             ("read", "phone", ""), ("submit", "phone", ""), ("submit", "desk", "")]  # fmt: skip
    for steps in [whole, *runs]:
        async with town.database.work(town.clerk) as work:
            await work.run("DELETE FROM draft")
            await work.run("DELETE FROM application")
        town.database.clock.at = BEGAN
        machine = Machine(town, actor, ids[child.id_number])
        for step in steps:
            await machine.act(*step)
            await machine.check()
