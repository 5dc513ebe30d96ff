"""The program `shebaoka`. The rest is loaded inside, so that Ctrl-C in the first second ends it as quietly as later."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper

FULL = (
    "磁盘已满，命令没能写完（{}）；请腾出空间后再运行一次"
    " · The disk is full and the command could not finish writing ({}): make room and run it again"
)


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
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What is still waiting for the full disk would fail once more at exit, as a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(FULL.format(error, error))


if __name__ == "__main__":
    main()
