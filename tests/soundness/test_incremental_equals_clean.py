"""After any series of edits an incremental run writes what a clean run writes, and ends with the same exit code.

The default is a short series; MATURITY_SOUNDNESS_EXAMPLES and MATURITY_SOUNDNESS_STEPS make it longer, as
benchmarks/soundness.py does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import maturity
from maturity.cache import snapshot

EXAMPLES = int(os.environ.get("MATURITY_SOUNDNESS_EXAMPLES", "2"))
STEPS = int(os.environ.get("MATURITY_SOUNDNESS_STEPS", "5"))

FILES = {
    "pyproject.toml": "[project]\nname = 'small'\nversion = '1'\n",
    "dodo.py": "from maturity.dodo import *\n",
    "shared/__init__.py": "",
    "shared/money.py": "RATE = 2\n\n\ndef twice(value: int) -> int:\n    return value * RATE\n",
    "src/components/alpha/__init__.py": "from shared.money import twice\n\n\ndef price(n: int) -> int:\n    return twice(n)\n",
    "src/components/alpha/tests/test_alpha.py": "from src.components.alpha import price\n\n\ndef test_price():\n    assert price(2) == 4\n",
    "src/components/beta_component.py": "import os\n\nfrom shared import money\n\n\ndef ask(n: int) -> str:\n    return n and os.sep\n",
    "tests/test_beta.py": (
        "from pathlib import Path\n\nfrom src.components import beta_component\n\n\ndef test_cases():\n"
        "    for case in sorted(Path('cases').iterdir()):\n        assert int(case.read_text()) >= 0\n\n\n"
        "def test_ask():\n    assert beta_component.ask(0) == 0\n\n\n"
        "def test_asks():\n    assert not Path('flag').exists()\n"
    ),
    "cases/one.txt": "1",
}

TEXTS = {
    "shared/money.py": [
        "RATE = 2\n\n\ndef twice(value: int) -> str:\n    return value * RATE\n",
        "RATE = 3\n\n\ndef twice(value):\n    return value * RATE\n",
    ],
    "src/components/alpha/__init__.py": [
        "import json\nfrom shared.money import twice\n\n\ndef price(n: int) -> int:\n    if n > 99:\n        return 0\n    return twice(n)\n",
        "def price(n: int) -> int:\n    return eval('n * 2')\n",
        "from .extra import price\n",
        "def price(:\n",
    ],
    "src/components/alpha/extra.py": [
        "def price(n: int) -> int:\n    return n + n\n",
        "import subprocess\n\n\ndef price(n):\n    return 4\n",
    ],
    "src/components/alpha/extra.pyi": ["def price(n: int) -> str: ...\n"],
    "src/components/beta_component.py": ["def ask(n: int) -> int:\n    return n\n"],
    "src/components/alpha/tests/test_more.py": [
        "def test_more():\n    assert True\n",
        "def test_more():\n    assert False\n",
        "import nowhere\n",
    ],
    "tests/test_beta_again.py": [
        "from pathlib import Path\n\n\ndef test_again():\n    assert Path('cases/one.txt').read_text() == '1'\n"
    ],
    "tests/conftest.py": [
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef failing():\n    assert False\n",
        "X = 1\n",
    ],
    "cases/one.txt": ["-5", "2"],
    "cases/two.txt": ["7", "-7"],
    "flag": ["", "1"],
    "tests/pyproject.toml": [""],
    "conftest.py": ["import pytest\n\n\n@pytest.fixture(autouse=True)\ndef failing():\n    assert False\n"],
    "src/components/alpha/tests/test_words.txt": [">>> 1 + 1\n2\n", ">>> 1 + 1\n3\n"],
    "typings/shared/money.pyi": ["def twice(value: int) -> str: ...\n"],
    "src/__init__.py": [""],
    "os.py": ["sep = '|'\n"],
    "shared/money/__init__.py": ["def twice(value: int) -> int:\n    return 4\n"],
    "ruff.toml": ["lint.select = ['E']\n", "lint.ignore = ['F401']\n"],
    "src/components/ruff.toml": ["line-length = 20\nlint.select = ['E501']\n"],
    "pytest.ini": ["[pytest]\naddopts = -k price\n"],
    ".coveragerc": ["[run]\nbranch = true\n", "[report]\nexclude_also = return\n"],
    "pyrightconfig.json": ['{"typeCheckingMode": "strict"}', '{"reportReturnType": false}'],
    ".bandit": ["[bandit]\nskips = B307\n"],
    "pyproject.toml": [
        "[project]\nname = 'small'\nversion = '2'\n",
        "[tool.ruff.lint]\nselect = ['ANN']\n",
        "[tool.coverage.run]\nbranch = true\n[tool.pyright]\nstrict = ['src']\n",
        "[tool.bandit]\nskips = ['B307', 'B404']\n[tool.pytest.ini_options]\naddopts = '-x'\n",
        "[[tool.maturity.criterion]]\nstage = 'Staging'\nid = 'coverage'\nmetric = 'coverage.percentage'\nat-least = 100\n",
    ],
}


PLUGIN = {
    "sizes/__init__.py": "",
    "sizes/entry.py": (
        "from dataclasses import replace\nfrom functools import partial\nfrom maturity.collectors import ruff\n"
        "from sizes import count\nfrom sizes.metric import Sizes\n\nCOLLECTOR = replace(ruff.COLLECTOR, name='sizes', title='Size',"
        " metrics={'sizes': Sizes}, steps=count.steps, parse=partial(count.parse, factor=1))\n"
    ),
    "sizes/count.py": (
        "import sys\nfrom maturity.collectors.base import Step\nfrom maturity.model import Facts\nfrom sizes.metric import Sizes\n\n\n"
        "def steps(request):\n    return (Step('run', (sys.executable, '-I', '-S', '-c', 'pass')),)\n\n\n"
        "def parse(request, outputs, factor):\n"
        "    return {c.name: Facts(c.files, {'sizes': Sizes(factor * len(c.files))}) for c in request.components}\n"
    ),
    "sizes/metric.py": (
        "from dataclasses import dataclass\nfrom fractions import Fraction\nfrom maturity.model import Reading\n\n\n"
        "@dataclass(frozen=True)\nclass Sizes:\n    count: int\n    NAMES = ('count',)\n\n"
        "    def readings(self):\n        return {'count': Reading(Fraction(self.count))}\n"
    ),
    "sizes_plugin-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sizes-plugin\nVersion: 1\n",
    "sizes_plugin-1.dist-info/entry_points.txt": "[maturity.collectors]\nsizes = sizes.entry:COLLECTOR\n",
}

CODE_EDITS = [
    ("sizes/entry.py", "title='Size'", "title='Files'"),
    ("sizes/entry.py", "factor=1", "factor=2"),
    ("sizes/count.py", "factor * len", "5 + factor * len"),
    ("sizes/metric.py", "Fraction(self.count)", "Fraction(self.count + 4)"),
    ("maturity/collectors/ruff.py", 'title="Lint"', 'title="Style"'),
    ("maturity/collectors/ruff.py", "len(findings), counts", "len(findings) + 1, counts"),
    ("maturity/render.py", '"violation")', '"offence")'),
]
"""Code, and another one in its place: an edit is made where it is not, else taken back."""

CACHES = shutil.ignore_patterns(".maturity", ".doit.db*", "__pycache__")


class Edits(RuleBasedStateMachine):
    """A small repository under edits; after each one the incremental run is held against a clean one."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="soundness-"))
        self.root = self.home / "work"
        self.code = self.home / "lib"
        self.trail: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    @initialize()
    def make(self) -> None:
        for path, text in FILES.items():
            self._write(path, text)
        ours = Path(maturity.__file__).parent
        shutil.copytree(ours, self.code / "maturity", ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in PLUGIN.items():
            (self.code / path).parent.mkdir(exist_ok=True)
            (self.code / path).write_text(text)

    @rule(edit=st.sampled_from(CODE_EDITS))
    def edit_code(self, edit: tuple[str, str, str]) -> None:
        path, one, other = edit
        self.trail.append(f"code {edit}")
        place = self.code / path
        text = place.read_text()
        place.write_text(text.replace(one, other) if one in text else text.replace(other, one))

    @rule(path=st.sampled_from(sorted(TEXTS)), choice=st.integers(0, 9), wait=st.floats(0.0, 3.0))
    def edit_during_a_run(self, path: str, choice: int, wait: float) -> None:
        self.trail.append(f"after {wait:.2f} s of a run:")
        running = self._start(self.root)
        time.sleep(wait)
        self.write(path, choice)
        running.communicate()

    @rule(wait=st.floats(0.0, 3.0))
    def swap_during_a_run(self, wait: float) -> None:
        self.trail.append(f"swap cases after {wait:.2f} s of a run")
        cases, other = self.root / "cases", self.root / "other_cases"
        if not cases.is_dir() or (self.root / "gone").exists():
            return
        other.mkdir(exist_ok=True)
        (other / "one.txt").write_text("-9")
        running = self._start(self.root)
        time.sleep(wait)
        cases.rename(self.root / "gone")
        other.rename(cases)
        running.communicate()
        shutil.rmtree(self.root / "gone")

    @rule()
    def switch(self) -> None:
        """As `git switch`: what is there is kept, and what was kept comes back."""
        if (self.home / "kept").is_dir() and self.root.is_dir():
            (self.home / "kept").rename(self.home / "before")
            self.keep()
            (self.home / "kept").rename(self.home / "after")
            (self.home / "before").rename(self.home / "kept")
            self.revert()
            shutil.rmtree(self.home / "kept")
            (self.home / "after").rename(self.home / "kept")

    @rule(path=st.sampled_from(sorted(TEXTS)), choice=st.integers(0, 9))
    def write(self, path: str, choice: int) -> None:
        texts = [*TEXTS[path], *([FILES[path]] if path in FILES else [])]
        self._write(path, texts[choice % len(texts)])

    @rule(path=st.sampled_from(sorted({*FILES, *TEXTS})))
    def delete(self, path: str) -> None:
        self.trail.append(f"delete {path}")
        place = self.root / path
        if place.is_file() and path not in ("dodo.py", "src/components/alpha/__init__.py"):
            place.unlink()

    @rule(
        path=st.sampled_from(
            ["shared/money.py", "tests/test_beta.py", "cases/one.txt", "src/components/beta_component.py"]
        )
    )
    def comment(self, path: str) -> None:
        place = self.root / path
        if place.is_file() and path.endswith(".py"):
            self._write(path, place.read_text() + "# a remark\n")

    @rule(path=st.sampled_from(sorted(FILES)))
    def touch(self, path: str) -> None:
        if (self.root / path).is_file():
            os.utime(self.root / path, (1, 1))

    @rule(path=st.sampled_from(["shared/money.py", "cases/one.txt", "tests/test_beta.py"]))
    def same_size_and_time(self, path: str) -> None:
        self.trail.append(f"other digits in {path}")
        place = self.root / path
        if place.is_file():
            status = place.stat()
            place.write_text(place.read_text().translate(str.maketrans("0123456789", "1234567890")))
            os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))

    @rule()
    def keep(self) -> None:
        self.trail.append("keep")
        shutil.rmtree(self.home / "kept", ignore_errors=True)
        if self.root.is_dir():
            shutil.copytree(self.root, self.home / "kept", ignore=CACHES, symlinks=True)

    @rule()
    def revert(self) -> None:
        """As `git checkout`: files come, go and change, and the cache stays."""
        self.trail.append("revert")
        kept = self.home / "kept"
        if kept.is_dir():
            for place in self.root.iterdir():
                if place.name not in (".maturity", ".doit.db"):
                    shutil.rmtree(place) if place.is_dir() else place.unlink()
            shutil.copytree(kept, self.root, symlinks=True, dirs_exist_ok=True)

    @rule(path=st.sampled_from(["shared/money.py", "cases/one.txt"]), mode=st.sampled_from([0o644, 0o755]))
    def change_mode(self, path: str, mode: int) -> None:
        self.trail.append(f"mode {mode:o} {path}")
        if (self.root / path).is_file():
            (self.root / path).chmod(mode)

    @rule()
    def rename_data(self) -> None:
        self.trail.append("rename data")
        place = self.root / "cases/one.txt"
        if place.is_file():
            place.rename(place.with_name("renamed.txt"))

    @rule()
    def rename(self) -> None:
        self.trail.append("rename")
        place = self.root / "src/components/alpha/extra.py"
        if place.is_file():
            place.rename(place.with_name("other.py"))

    @rule(leads_to=st.sampled_from(["one.txt", "../shared/__init__.py", "../nowhere", "link.txt"]))
    def link(self, leads_to: str) -> None:
        self.trail.append(f"link {leads_to}")
        place = self.root / "cases/link.txt"
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(leads_to)

    @rule()
    def tick(self) -> None:
        self.trail.append("tick")
        place = self.root / "src/components/alpha/MATURITY.md"
        if place.is_file():
            place.write_text(place.read_text().replace("- [ ] API documented", "- [x] API documented"))

    def _write(self, path: str, text: str) -> None:
        self.trail.append(f"write {path} {text!r}")
        place = self.root / path
        if place.parent.is_file():
            place.parent.unlink()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    @invariant()
    def incremental_equals_clean(self) -> None:
        if not self.root.is_dir():
            return
        idle, before = snapshot.read(self.root) is not None, self._documents(self.root)
        clean = self.home / "clean"
        shutil.copytree(self.root, clean, ignore=CACHES, symlinks=True)
        try:
            incremental = self._run(self.root)
            assert incremental == self._run(clean), self.trail
            assert not idle or incremental == (0, before), self.trail  # what the quick answer would have been
            again = self._run(self.root)
            assert again[1] == self._documents(self.root), self.trail
        finally:
            shutil.rmtree(clean)

    def _run(self, root: Path) -> tuple[int, dict[str, str]]:
        ran = self._start(root)
        _, said = ran.communicate()
        assert "Traceback" not in said, said
        return ran.returncode, self._documents(root)

    def _start(self, root: Path) -> subprocess.Popen[str]:
        """A run with the code beside the repository, which is edited too."""
        time.sleep(0.03)  # nobody edits and starts within one tick of the clock
        command = [sys.executable, "-m", "maturity", "--all", "-n", "2"]
        environment = {**os.environ, "PYTHONPATH": str(self.code)}
        null, pipe = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.Popen(command, cwd=root, env=environment, stdout=null, stderr=pipe, text=True)

    @staticmethod
    def _documents(root: Path) -> dict[str, str]:
        return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*MATURITY.md"))}


@pytest.mark.filterwarnings("ignore")
def test_after_any_series_of_edits_an_incremental_run_equals_a_clean_one() -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=EXAMPLES <= 2,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
