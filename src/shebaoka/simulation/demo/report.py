"""The report of a demo, for a person at a terminal: what happened, to how many, and whether it all adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from shebaoka.kit.money import Fen
from shebaoka.simulation.demo.figures import Figures
from shebaoka.simulation.demo.story import Progress as Count
from shebaoka.simulation.demo.story import Silent, Story

BAR_WIDTH: Final = 28
CHANNELS: Final = {
    "bank_outlet": "银行网点 banks", "community_centre": "社区中心 centres",
    "employer": "单位名册 employers", "online": "网上平台 online",
}  # fmt: skip
GROUPS: Final = {
    "retirees": "退休人员 retirees", "pupils": "中小幼 pupils", "employees": "在职人员 employees",
    "everyone_else": "其他人员 others",
}  # fmt: skip


class Terminal:
    """Shows progress bars on standard error."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(BAR_WIDTH), MofNCompleteColumn(),
            TimeElapsedColumn(), console=console,
        )  # fmt: skip

    @contextmanager
    def part(self, zh: str, en: str, total: int | None = None) -> Iterator[Count]:
        """Open a part of the work with a bar of its own."""
        self._progress.start()
        task = self._progress.add_task(f"{zh} · {en}", total=total)
        yield lambda count: self._progress.advance(task, count)
        done = self._progress.tasks[-1].completed
        self._progress.update(task, total=total or 1, completed=max(total or 1, int(done)))

    def close(self) -> None:
        """Leave the bars as they stand."""
        self._progress.stop()


@contextmanager
def told(console: Console) -> Iterator[Story]:
    """Tell a terminal, or nobody. Stopped half way, the terminal has its cursor back."""
    story = Terminal(console) if console.is_terminal else Silent()
    try:
        yield story
    finally:
        story.close()


def show(console: Console, figures: Figures) -> None:
    """Print the report."""
    console.print(Panel(Group(_chain(figures), Text(), _shares(figures), Text(), _promises(figures)),
                        title="[bold]一座城市换发社保卡 · A city changes its card[/]", padding=(1, 2)))  # fmt: skip


def _chain(figures: Figures) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    top = max(figures.people, 1)
    for name, count in (
        ("全市人口 people in the register", figures.people),
        ("符合申领条件 may have a card", figures.eligible),
        ("申请 applications", figures.applications),
        ("制成 cards made", figures.cards_made),
        ("邮政投递到人 delivered by post", figures.delivered),
        ("备用网点领取 collected at an outlet", figures.collected),
        ("备用网点待领 waiting at an outlet", figures.at_fallback_outlet),
        ("逾期退回 brought back, not fetched", figures.brought_back),
        ("社保功能开通 opened: social", figures.opened),
        ("金融功能开通 opened: financial", figures.financial_opened),
        ("老卡作废 old cards void", figures.old_cards_void),
        ("老卡仍可用 old cards still good", figures.old_cards_good),
        ("看病买药结算 bills settled", figures.settlements),
    ):
        table.add_row(name, f"{count:,}", Text("█" * round(BAR_WIDTH * count / top), style="green"))
    return table


def _shares(figures: Figures) -> Table:
    table = Table.grid(padding=(0, 4))
    for _ in range(3):
        table.add_column(vertical="top")
    table.add_row(
        _tally("渠道 by channel", figures.by_channel, CHANNELS),
        _tally("人群 by group", figures.by_group, GROUPS),
        _tally("银行 by bank", figures.by_bank, {}),
    )
    return table


def _tally(title: str, counts: Mapping[str, int], names: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(justify="right")
    table.add_row(Text(title, style="bold"), "")
    for name, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        table.add_row(names.get(name, name), f"{count:,}")
    return table


def _promises(figures: Figures) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column()
    for good, text in (
        (
            figures.two_live_cards == 0,
            f"同时有两张有效卡的人 people with two live cards: {figures.two_live_cards}",
        ),
        (
            figures.ledger_adds_up,
            f"账目平衡 the ledger adds up, to the fen: {Fen(figures.settled_fen).yuan()} 元 yuan settled",
        ),
        (figures.audit_verified, f"审计链核验 audit chain verified: {figures.audit_facts:,} 条 facts"),
        (True, f"名册 lists: {figures.list_files} 份，{figures.list_rows:,} 行 rows 逐行答复 each answered"),
        (
            True,
            f"  退回改正 to be mended {figures.rejected_rows:,}，已办重复 already done {figures.repeated_rows:,}",
        ),
        (
            True,
            f"短信 text messages sent: {figures.text_messages_sent:,}，未能发出 given up {figures.text_messages_given_up:,}",
        ),
        (True, f"用时 seconds: {figures.seconds:.0f}（含建城、导入 with building and importing the city）"),
    ):
        table.add_row(Text("✓" if good else "✗", style="bold green" if good else "bold red"), text)
    return table
