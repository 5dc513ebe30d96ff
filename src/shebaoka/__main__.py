"""The program `shebaoka`. The rest is loaded inside, so that Ctrl-C in the first second ends it as quietly as later."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line."""
    try:
        if isinstance(sys.stdout, TextIOWrapper):
            # A terminal of another alphabet shows a question mark for what it lacks; the English beside it stays readable.
            sys.stdout.reconfigure(errors="replace")
        from shebaoka.cli import app  # noqa: PLC0415 - takes a second

        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
