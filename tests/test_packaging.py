"""The wheel and the sdist hold all that is needed, and what is installed from them runs outside of the clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOP = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    "src/components/carbon.py": "def twice(grams: int) -> int:\n    return 2 * grams\n",
    "tests/test_carbon.py": "from components.carbon import twice\n\n\ndef test_twice():\n    assert twice(2) == 4\n",
}
NEEDED = {
    "maturity/py.typed",
    "maturity/processes/children/sitecustomize.py",
    *(f"maturity/schemas/{path.name}" for path in (ROOT / "maturity/schemas").glob("*.json")),
    "maturity/starters/dodo.py.txt",
    "maturity/starters/pre-commit-config.yaml",
    "maturity/starters/workflow.yml",
}


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What a command prints; it must succeed."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(("COVERAGE_", "MATURITY_"))}
    ran = subprocess.run(command, cwd=cwd, env=inherited | environment, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]
    return ran.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The distributions of what git would commit here: the sdist, and the wheel that is made from it."""
    clone, place = tmp_path_factory.mktemp("build") / "clone", tmp_path_factory.mktemp("dist")
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(place), cwd=clone)
    (wheel,), (sdist,) = place.glob("*.whl"), place.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


def test_they_hold_all_that_is_needed(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as wheel:
        names = set(wheel.namelist())
    assert names >= NEEDED
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"maturity"}
    with tarfile.open(built["sdist"]) as sdist:
        paths = {name.partition("/")[2] for name in sdist.getnames()}
    assert paths >= NEEDED | {"action.yml", ".pre-commit-hooks.yaml", "tests/test_packaging.py"}
    assert paths >= {"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"}
    assert not any(path.startswith((".git/", ".maturity")) or path.endswith(".pyc") for path in paths)


def installed(distribution: Path, site: Path) -> Path:
    """Install a distribution alone, without an index, and give where it is."""
    install = ("install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--no-compile", "--target")
    run(sys.executable, "-m", "pip", *install, str(site), str(distribution), cwd=site.parent)
    return site


def planted(place: Path) -> Path:
    """A repository with one component."""
    for path, text in SHOP.items():
        (place / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (place / "shop" / path).write_text(text)
    return place / "shop"


def test_what_is_installed_from_the_sdist_runs(built: dict[str, Path], tmp_path: Path) -> None:
    site = installed(built["sdist"], tmp_path / "site")
    version = built["sdist"].name.removeprefix("maturity-").removesuffix(".tar.gz")
    assert run(str(site / "bin/maturity"), "--version", cwd=tmp_path, PYTHONPATH=str(site)) == f"maturity {version}\n"
    shop = planted(tmp_path)
    assert "+++ b/dodo.py" in run(str(site / "bin/maturity"), "init", cwd=shop, PYTHONPATH=str(site))
    listed = run(str(site / "bin/maturity"), "list", "--format", "json", cwd=shop, PYTHONPATH=str(site))
    assert [each["name"] for each in json.loads(listed)["components"]] == ["carbon"]
    where = "from importlib.resources import files; print(files('maturity') / 'schemas/report.schema.json')"
    assert Path(run(sys.executable, "-c", where, cwd=shop, PYTHONPATH=str(site)).strip()).is_relative_to(site)


def test_what_is_installed_from_the_wheel_collects_and_writes(built: dict[str, Path], tmp_path: Path) -> None:
    site, shop = installed(built["wheel"], tmp_path / "site"), planted(tmp_path)
    where = "import maturity; print(maturity.__file__)"
    assert run(sys.executable, "-c", where, cwd=shop, PYTHONPATH=str(site)).startswith(str(site))
    assert "+++ b/dodo.py" in run(sys.executable, "-m", "maturity", "init", cwd=shop, PYTHONPATH=str(site))
    run(sys.executable, "-m", "maturity", "--all", cwd=shop, PYTHONPATH=str(site))
    text = (shop / "src/components/carbon.MATURITY.md").read_text()
    assert "100.0 % (2 of 2 statements)" in text
    assert "1 passed, 0 failed" in text
