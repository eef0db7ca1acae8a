"""Would a preloaded fork server make small test runs cheaper? Plain processes against multiprocessing's forkserver.

    python -m benchmarks.fork_server [--keep DIRECTORY] [--rounds N]

Both sides run the probe for every module of boltons, one after the other; the server has pytest and coverage imported
before it forks. What the probe reports has to be the same, file by file and test by test.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from runpy import run_path
from statistics import median

from benchmarks.by_hand import Part, modules
from benchmarks.projects import BOLTONS, environment, prepare, workplace

PROBE = Path(__file__).parent.parent / "maturity" / "processes" / "probe.py"
PRELOADED = ["pytest", "coverage", "pytest_jsonreport.plugin", "json", "runpy"]

Answers = Mapping[str, object]


def plain(root: Path, request: Path) -> None:
    """The probe in a process of its own."""
    words = (sys.executable, str(PROBE), str(request))
    subprocess.run(words, cwd=root, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def forked(root: Path, request: Path) -> None:
    """The probe in a child of the fork server."""
    process = multiprocessing.get_context("forkserver").Process(target=probe, args=(root, request))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"the forked probe ended with {process.exitcode}")


def probe(root: Path, request: Path) -> None:
    """What `plain` starts, inside a process that exists."""
    os.chdir(root)
    os.environ.update(environment())
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.argv = [str(PROBE), str(request)]
    sys.path[0] = str(root)
    run_path(str(PROBE))["main"](request)


def answers(parts: Sequence[Part], scratch: Path) -> Answers:
    """What the probe said of each component, without the times."""
    found: dict[str, object] = {}
    for part in parts:
        home = scratch / part.name
        report = json.loads((home / "pytest.json").read_bytes())
        tests = {test["nodeid"]: test["outcome"] for test in report.get("tests", [])}
        found[part.name] = (json.loads((home / "coverage.json").read_bytes()), tests, report["summary"])
    return found


def measured(parts: Sequence[Part], root: Path, scratch: Path, run: Callable[[Path, Path], None]) -> float:
    """Seconds for all components, one after the other."""
    shutil.rmtree(scratch, ignore_errors=True)
    requests: list[Path] = []
    for part in parts:
        home = scratch / part.name
        home.mkdir(parents=True)
        request = home / "request.json"
        request.write_text(json.dumps({"sources": list(part.source), "arguments": list(part.tests)}), "utf-8")
        requests.append(request)
    started = time.monotonic()
    for request in requests:
        run(root, request)
    return time.monotonic() - started


def main() -> int:
    """Measure, compare, print; 1 if the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="work there, and leave everything for later")
    parser.add_argument("--rounds", type=int, default=3, help="each side runs so often (default %(default)s)")
    options = parser.parse_args()
    multiprocessing.set_forkserver_preload(PRELOADED)
    with workplace(options.keep) as place:
        root = prepare(BOLTONS, place)
        parts = [part for part in modules(root, "boltons") if part.tests]
        sides = {"plain": plain, "forked": forked}
        walls: dict[str, list[float]] = {name: [] for name in sides}
        said: dict[str, Answers] = {}
        for _ in range(options.rounds):
            for name, run in sides.items():
                walls[name].append(measured(parts, root, place / "scratch", run))
                said[name] = answers(parts, place / "scratch")
    differing = [part.name for part in parts if said["plain"][part.name] != said["forked"][part.name]]
    one, other = median(walls["plain"]), median(walls["forked"])
    print(f"{len(parts)} components: plain {one:.1f} s, forked {other:.1f} s, {other / one:.2f} ×")
    print(f"different answers: {', '.join(differing) or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
