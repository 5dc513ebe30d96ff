"""`make bench`: run the measurements named, or all, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import time

from bench import (
    cards,
    chain,
    clearing,
    day,
    production,
    roster,
    scale,
    settled,
    settlement,
    standing,
    status_list,
)
from bench.report import ORDER, say, show, write

MEASUREMENTS = {
    "roster": roster.run,
    "chain": chain.run,
    "scale": scale.run,
    "standing": standing.run,
    "status_list": status_list.run,
    "cards": cards.run,
    "production": production.run,
    "settlement": settlement.run,
    "day": day.run,
    "settled": settled.run,
    "clearing": clearing.run,
}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(ORDER))
    names = parser.parse_args().names or list(ORDER)
    unknown = set(names) - set(ORDER)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    started = time.monotonic()
    for name in names:
        section = MEASUREMENTS[name]()
        show(section)
        write([section])
    say(f"docs/benchmarks.md is written, {(time.monotonic() - started) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
