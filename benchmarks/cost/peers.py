"""The other tools, each given the same graph with every task done, to see how long they need to find that out.

ninja comes from PyPI; turbo and nx from npm, with bun to start their scripts, the quickest there is. Their first run
does nothing but make the targets.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cost.graph import Graph, Step
from benchmarks.cost.timing import Side, command
from benchmarks.projects import run


def ninja(graph: Graph, root: Path, place: Path) -> Side:
    """Ninja over the files where they are, its targets and its log in `place`; imported files are inputs, as for us."""
    tools = place / "ninja-tools"
    if not tools.exists():
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run((*pip, "--target", str(tools), "ninja"), place)
    built = place / "ninja"
    built.mkdir(exist_ok=True)
    lines = ["ninja_required_version = 1.5", "rule make", "  command = touch $out", ""]
    for number, fold in enumerate(graph.folds):
        files = (_escaped(str(root / path)) for path in fold.files)
        lines.append(f"build imports/{number}: phony {' '.join([*files, *map(_imports, fold.needs)])}")
    for step in graph.steps:
        inputs = [_escaped(str(root / path)) for path in step.files]
        needs = [*map(_escaped, step.needs), *map(_imports, step.imports)]
        lines.append(f"build {_escaped(step.target)}: make {' '.join([*inputs, *needs])}")
    documents = (_escaped(step.target) for step in graph.steps if step.kind == "maturity")
    lines.append(f"default {' '.join(documents)}")
    (built / "build.ninja").write_text("\n".join([*lines, ""]), "utf-8")
    words = (str(tools / "bin" / "ninja"), "-C", str(built))
    run(words, built)
    return command(words, built)


def _imports(number: int) -> str:
    return f"imports/{number}"


def _escaped(path: str) -> str:
    return path.replace("$", "$$").replace(" ", "$ ").replace(":", "$:")


def npm(place: Path, *packages: str) -> Path:
    """The directory of the commands of some npm packages, installed in `place`."""
    tools = place / "npm-tools"
    for package in packages:
        if not (tools / "node_modules" / package).exists():
            run(("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tools), package), place)
    return tools / "node_modules" / ".bin"


def _packages(steps: Sequence[Step], root: Path, copy: Path) -> dict[Path, list[Step]]:
    """A copy of every component as a package of its own, in its own directory, with the steps that belong to it."""
    found: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        found[step.component].append(step)
    packages: dict[Path, list[Step]] = {}
    for name, own in found.items():
        files = [path for path in own[0].files if path != "pyproject.toml"]
        home = copy / "packages" / name
        for path in files:
            target = home / Path(path).name if len(files) == 1 else home / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / path, target)
        packages[home] = own
    shutil.copyfile(root / "pyproject.toml", copy / "pyproject.toml")
    return packages


def turbo(graph: Graph, root: Path, place: Path) -> Side:
    """Turbo over a copy of the files, with a workspace for each component; what it imports is left out."""
    commands = npm(place, "turbo", "bun")
    copy = place / "turbo"
    if not copy.exists():
        copy.mkdir()
        kinds = {step.kind for step in graph.steps}
        for home, own in _packages(graph.steps, root, copy).items():
            scripts = {step.kind: "true" for step in own}
            _write(home / "package.json", {"name": home.name.replace("_", "-"), "version": "1.0.0", "scripts": scripts})
        tasks: dict[str, object] = {kind: {"inputs": ["**/*.py"], "outputs": []} for kind in kinds - {"maturity"}}
        tasks["maturity"] = {"dependsOn": sorted(kinds - {"maturity"}), "inputs": [], "outputs": []}
        _write(copy / "turbo.json", {"globalDependencies": ["pyproject.toml"], "tasks": tasks})
        version = run((str(commands / "bun"), "--version"), place).stdout.strip()
        about = {"name": "all", "private": True, "workspaces": ["packages/*"], "packageManager": f"bun@{version}"}
        _write(copy / "package.json", about)
        _repository(copy)
        run((str(commands / "bun"), "install", "--silent"), copy)
    words = (
        *("env", "TURBO_TELEMETRY_DISABLED=1", "DO_NOT_TRACK=1", f"PATH={commands}{os.pathsep}{os.environ['PATH']}"),
        *(str(commands / "turbo"), "run", "maturity", "--output-logs=none"),
    )
    run(words, copy)
    return command(words, copy)


def nx(graph: Graph, root: Path, place: Path) -> Side:
    """Nx over a copy of the files, with a project for each component; what it imports is left out."""
    commands = npm(place, "nx")
    copy = place / "nx"
    if not copy.exists():
        copy.mkdir()
        for home, own in _packages(graph.steps, root, copy).items():
            targets: dict[str, object] = {}
            for step in own:
                needs = [other.kind for other in own if other.target in step.needs]
                inputs = ["{projectRoot}/**/*.py", "{workspaceRoot}/pyproject.toml"] if step.files else []
                targets[step.kind] = {"executor": "nx:noop", "cache": True, "inputs": inputs, "dependsOn": needs}
            _write(home / "project.json", {"name": home.name, "targets": targets})
        _write(copy / "nx.json", {"neverConnectToCloud": True, "analytics": False})
        _write(copy / "package.json", {"name": "all", "private": True, "devDependencies": {"nx": "*"}})
        (copy / "node_modules").symlink_to(commands.parent)
        _repository(copy)
    words = (
        "env",
        "NX_NO_CLOUD=true",
        "CI=false",
        str(commands / "nx"),
        "run-many",
        "-t",
        "maturity",
        "--output-style=static",
    )
    run(words, copy)
    return command(words, copy)


def _repository(copy: Path) -> None:
    """Make it a git repository: both tools ask git for the files' digests."""
    (copy / ".gitignore").write_text("node_modules\n.turbo\n.nx\n", "utf-8")
    run(("git", "init", "--quiet"), copy)
    run(("git", "add", "--all"), copy)
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "commit.gpgsign=false")
    run(("git", *author, "commit", "--quiet", "--no-verify", "-m", "all"), copy)


def _write(path: Path, values: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, indent=1), "utf-8")
