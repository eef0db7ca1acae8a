"""An edit to the code that derives, ours or a plugin's, is seen by the next run, also where nothing else moved."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import maturity
from maturity.cache import snapshot

if TYPE_CHECKING:
    from conftest import Depot

PLUGIN = {
    "sizes/__init__.py": "",
    "sizes/entry.py": """
from dataclasses import replace
from functools import partial
from fractions import Fraction
from maturity.collectors import ruff
from maturity.model import Facts, Reading
from sizes.count import parse
from sizes.metric import Sizes
from sizes.steps import steps

COLLECTOR = replace(
    ruff.COLLECTOR, name="sizes", title="Size", metrics={"sizes": Sizes}, steps=steps, parse=partial(parse, factor=1)
)
""",
    "sizes/steps.py": """
import sys
from maturity.collectors.base import Step


def steps(request):
    return (Step("run", (sys.executable, "-I", "-S", "-c", "pass")),)
""",
    "sizes/count.py": """
from maturity.model import Facts
from sizes.metric import Sizes


def parse(request, outputs, factor):
    return {c.name: Facts(c.files, {"sizes": Sizes(factor * len(c.files))}) for c in request.components}
""",
    "sizes/metric.py": """
from dataclasses import dataclass
from fractions import Fraction
from maturity.model import Reading


@dataclass(frozen=True)
class Sizes:
    count: int
    NAMES = ("count",)

    def readings(self):
        return {"count": Reading(Fraction(self.count))}
""",
    "sizes_plugin-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sizes-plugin\nVersion: 1\n",
    "sizes_plugin-1.dist-info/entry_points.txt": "[maturity.collectors]\nsizes = sizes.entry:COLLECTOR\n",
}

RECORDS = {f"{collector}:{place}" for collector in ("ruff", "pyright", "bandit", "sizes") for place in
           ("east", "north", "south", "west")}  # fmt: skip


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A directory with a copy of our package, and a plugin beside it."""
    place = tmp_path / "lib"
    ours = Path(maturity.__file__).parent
    shutil.copytree(ours, place / "maturity", ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in PLUGIN.items():
        (place / path).parent.mkdir(exist_ok=True)
        (place / path).write_text(text)
    return place


@pytest.fixture
def plugged(depot: Depot, code: Path) -> Depot:
    """A depot that is collected with that code, all of it current, with a snapshot of that."""
    fakes = depot.environment["PYTHONPATH"]
    found = replace(depot, environment={**depot.environment, "PYTHONPATH": f"{code}:{fakes}"})
    time.sleep(0.03)
    assert found.all().exit_code == 0
    assert found.all().executed == set()
    assert snapshot.component_names(found.root)
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, path
    path.write_text(text.replace(old, new))
    time.sleep(0.03)  # as people do not edit and start in the same tick


def clean_documents(depot: Depot, to: Path) -> dict[str, bytes]:
    """What a checkout without any memory says, on any day."""
    clean = depot.copy(to, ".maturity", ".doit.db")
    ran = clean.doit("validate")
    assert ran.exit_code == 0, ran
    clean.all()
    return clean.documents()


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        ("sizes/entry.py", 'title="Size"', 'title="Number of files"', "- **Number of files**: count 1"),
        ("sizes/entry.py", "factor=1", "factor=3", "- **Size**: count 3"),
        ("sizes/count.py", "factor * len", "7 + factor * len", "- **Size**: count 8"),
        ("sizes/metric.py", "Fraction(self.count)", "Fraction(self.count + 4)", "- **Size**: count 5"),
        ("maturity/collectors/ruff.py", 'title="Lint"', 'title="Style"', "- **Style**: "),
        ("maturity/render.py", '"violation")', '"offence")', "0 offences"),
    ],
    ids=["title", "entry point", "second module", "readings", "our title", "our words"],
)
def test_an_edit_is_seen_and_incremental_is_clean(
    plugged: Depot, code: Path, tmp_path: Path, path: str, old: str, new: str, shown: str
) -> None:
    edit(code / path, old, new)
    assert plugged.doit("validate").exit_code == 1
    ran = plugged.all()
    assert ran.exit_code == 0, ran
    assert {f"maturity:{name}" for name in ("east", "north", "south", "west")} <= ran.executed, ran
    texts = [text.decode() for text in plugged.documents().values()]
    assert len(texts) == 4
    assert all(shown in text for text in texts), texts[0]
    assert plugged.all().executed == set()
    assert clean_documents(plugged, tmp_path / "clean") == plugged.documents()


@pytest.mark.parametrize("path", ["sizes/new.py", "maturity/new.py"])
def test_a_module_that_comes_is_seen(plugged: Depot, code: Path, path: str) -> None:
    (code / path).write_text("X = 1\n")
    time.sleep(0.03)
    mine = {name for name in RECORDS if path.startswith("maturity") or name.startswith("sizes")}
    ran = plugged.all()
    assert ran.collected == mine, ran


def test_an_edit_of_a_plugin_collects_no_other_collector(plugged: Depot, code: Path) -> None:
    edit(code / "sizes/count.py", "factor * len", "0 + factor * len")
    assert plugged.all().collected == {name for name in RECORDS if name.startswith("sizes:")}
