"""All rows of the table of costs, for the README: `python -m benchmarks.cost [--keep DIRECTORY] [--rounds N] [ROW...]`.

What is fetched and collected once takes the better part of an hour; with `--keep` a second time is quick.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.cost import (
    cold_checks,
    cold_networkx,
    growth,
    listing,
    memory,
    no_op_all,
    no_op_one,
    no_op_validate,
    one_edit,
    pre_commit,
)
from benchmarks.cost.row import Row, table
from benchmarks.projects import workplace

ROWS = (
    no_op_all,
    no_op_one,
    no_op_validate,
    listing,
    one_edit,
    cold_checks,
    cold_networkx,
    pre_commit,
    growth,
    memory,
)


def main() -> int:
    """Measure the rows that were asked for, all by default; 1 if a target is missed."""
    names = {row.__name__.rpartition(".")[2]: row for row in ROWS}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[*names, []], metavar="ROW", help=f"any of {', '.join(names)}")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="work there, and leave everything for later")
    parser.add_argument("--rounds", type=int, default=5, help="each side runs so often (default %(default)s)")
    options = parser.parse_args()
    with workplace(options.keep) as place:
        rows: list[Row] = []
        for name in options.rows or names:
            for row in names[name].measure(place, options.rounds):
                rows.append(row)
                print(" | ".join(row.cells()), file=sys.stderr, flush=True)  # the table takes long to be complete
    print(table(rows))
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
