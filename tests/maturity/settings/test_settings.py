"""`[tool.maturity]`: what it can say, and that every slip is an error naming file, key and nearest spelling."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maturity.collectors import BUILT_IN, metric_names
from maturity.errors import ConfigurationError
from maturity.settings.criteria import read_ladder
from maturity.settings.settings import DEFAULT_TIMEOUT, ComponentSettings, Settings, ToolSettings, read_settings

TOOLS = ("pytest", "ruff", "pyright", "bandit")
METRICS = metric_names(BUILT_IN)


def read(toml: str) -> Settings:
    return read_settings(toml, TOOLS, METRICS)


def refusal(toml: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(toml)
    assert caught.value.exit_code == 4
    return str(caught.value)


@pytest.mark.parametrize("toml", ["", "[project]\nname = 'x'", "[tool.ruff]\nline-length = 9", "[tool.maturity]"])
def test_no_configuration_is_the_default_layout(toml: str) -> None:
    assert read(toml) == Settings(("src/components/*",), (), {}, {}, read_ladder(None, (), ()), implied=True)


@pytest.mark.parametrize("slip", ["maturty", "Maturity", "maturity_", "maturitiy"])
def test_a_misspelt_table_is_no_silent_default(slip: str) -> None:
    assert (
        refusal(f"[tool.{slip}]\ncomponents = ['lib/*']") == f"pyproject.toml: [tool] {slip}: did you mean 'maturity'?"
    )


@pytest.mark.parametrize("other", ["maturin", "mutmut", "security", "maturity-report"])
def test_the_table_of_another_tool_is_not_ours_to_judge(other: str) -> None:
    assert read(f"[tool.{other}]\ncomponents = ['lib/*']").implied


def test_everything_that_can_be_said() -> None:
    settings = read(
        """
        [tool.maturity]
        components = ["src/components/*", "packages/*/src/*"]
        exclude = ["src/components/_legacy*"]

        [tool.maturity.component.carbon]
        source = ["src/components/carbon_component.py", "src/components/carbon"]
        tests = ["tests/test_components.py::TestComponents"]
        integration-tests = ["tests/integration/test_carbon.py"]
        document = "src/components/carbon/MATURITY.md"
        owner = "@team-carbon"
        group = "Core Infrastructure"

        [tool.maturity.component."odd name"]

        [tool.maturity.tool.pytest]
        command = ["uv", "run", "pytest"]
        timeout = 30

        [[tool.maturity.criterion]]
        stage = "Staging"
        id = "coverage"
        metric = "coverage.percentage"
        at-least = 70.5
        """
    )
    assert not settings.implied
    assert settings.components == ("src/components/*", "packages/*/src/*")
    assert settings.exclude == ("src/components/_legacy*",)
    assert settings.named == {
        "carbon": ComponentSettings(
            where="pyproject.toml: [tool.maturity.component.carbon]",
            source=("src/components/carbon_component.py", "src/components/carbon"),
            tests=("tests/test_components.py::TestComponents",),
            integration_tests=("tests/integration/test_carbon.py",),
            document="src/components/carbon/MATURITY.md",
            owner="@team-carbon",
            group="Core Infrastructure",
        ),
        "odd name": ComponentSettings("pyproject.toml: [tool.maturity.component.odd name]"),
    }
    assert settings.tool("pytest") == ToolSettings(("uv", "run", "pytest"), 30.0)
    assert settings.tool("ruff") == ToolSettings(None, DEFAULT_TIMEOUT)
    assert settings.ladder.of_stage("Staging")[0].at_least == Fraction(141, 2)


def test_no_tests_can_be_said_too() -> None:
    named = read("[tool.maturity.component.carbon]\ntests = []").named["carbon"]
    assert named.tests == ()
    assert named.integration_tests is None


def test_a_template_for_new_documents() -> None:
    assert read("[tool.maturity]\ntemplate = 'docs/template.md'").template == "docs/template.md"
    assert read("").template is None


def test_other_stages() -> None:
    assert read('[tool.maturity]\nstages = ["Alpha", "Beta"]').ladder == read_ladder(("Alpha", "Beta"), (), ())


@pytest.mark.parametrize("stages", ["[]", '["Only"]', '["A", "B", "A"]'])
def test_stages_that_are_no_ladder_are_refused(stages: str) -> None:
    said = refusal(f"[tool.maturity]\nstages = {stages}")
    assert said == "pyproject.toml: [tool.maturity] stages: expected two or more different names, lowest first"


@pytest.mark.parametrize(
    ("toml", "place", "suggestion"),
    [
        ("[tool.maturity]\ncomponent = 3", "[tool.maturity.component]", "a table"),
        ("[tool.maturity]\ncomponets = []", "[tool.maturity] componets", "'components'"),
        ("[tool.maturity]\nexcludes = []", "[tool.maturity] excludes", "'exclude'"),
        ("[tool.maturity]\nstage = ['A', 'B']", "[tool.maturity] stage", "'stages'"),
        ("[tool.maturity.components.carbon]", "[tool.maturity] components", "a list of texts"),
        ("[tool.maturity.componnet.carbon]", "[tool.maturity] componnet", "'component'"),
        ("[[tool.maturity.criteria]]\nid = 'x'", "[tool.maturity] criteria", "'criterion'"),
        ("[tool.maturity.criterion]\nid = 'x'", "[tool.maturity] criterion", "an array of tables"),
        ("[tool.maturity.tools.ruff]", "[tool.maturity] tools", "'tool'"),
        ("[tool.maturity.tool.rufff]", "[tool.maturity.tool.rufff]", "'ruff'"),
        ("[tool.maturity.tool.mypy]", "[tool.maturity.tool.mypy]", "bandit, pyright, pytest, ruff"),
        ("[tool.maturity.tool.ruff]\ntime-out = 3", "[tool.maturity.tool.ruff] time-out", "'timeout'"),
        ("[tool.maturity.tool.ruff]\ntimeout = 0", "[tool.maturity.tool.ruff] timeout", "above 0"),
        ("[tool.maturity.tool.ruff]\ncommand = 'uv run ruff'", "[tool.maturity.tool.ruff] command", "a list of texts"),
        ("[tool.maturity.tool.ruff]\ncommand = []", "[tool.maturity.tool.ruff] command", "the words of a command"),
        ("[tool.maturity]\ncomponents = 'src/*'", "[tool.maturity] components", "a list of texts"),
        ("[tool.maturity.component.c]\nsources = []", "[tool.maturity.component.c] sources", "'source'"),
        ("[tool.maturity.component.c]\nsource = []", "[tool.maturity.component.c] source", "at least one"),
        ("[tool.maturity.component.c]\nsource = 'c.py'", "[tool.maturity.component.c] source", "a list of texts"),
        ("[tool.maturity.component.c]\ntest = []", "[tool.maturity.component.c] test", "'tests'"),
        ("[tool.maturity.component.c]\nintegration_tests = []", "c] integration_tests", "'integration-tests'"),
        ("[tool.maturity.component.c]\ndocuments = 'x'", "[tool.maturity.component.c] documents", "'document'"),
        ("[tool.maturity.component.c]\nonwer = 'x'", "[tool.maturity.component.c] onwer", "'owner'"),
        ("[tool.maturity.component.c]\nowner = ['x']", "[tool.maturity.component.c] owner", "one line of text"),
        ("[tool.maturity.component.c]\ngruop = 'x'", "[tool.maturity.component.c] gruop", "'group'"),
        ("[tool.maturity.component]\nc = 'src/c'", "[tool.maturity.component.c]", "expected a table, found 'src/c'"),
        ("[[tool.maturity.criterion]]\nstage = 'Stagin'\nid = 'x'", "criterion] number 1 stage", "'Staging'"),
        ("tool = 3", "[tool]", "expected a table, found 3"),
        ("[tool]\nmaturity = 3", "[tool.maturity]", "expected a table, found 3"),
        ("[tool]\nmaturity = false", "[tool.maturity]", "expected a table, found False"),
        ("[tool]\nmaturity = []", "[tool.maturity]", "expected a table, found []"),
    ],
)
def test_a_slip_is_named_by_file_and_key_with_the_nearest_spelling(toml: str, place: str, suggestion: str) -> None:
    said = refusal(toml)
    assert said.startswith("pyproject.toml: ")
    assert place in said
    assert suggestion in said


def test_toml_that_cannot_be_read_says_where() -> None:
    said = refusal("[tool.maturity]\ncomponents = [")
    assert said.startswith("pyproject.toml: not valid TOML: ")
    assert "line 2" in said or "end of document" in said


def test_another_file_is_named_as_it_is() -> None:
    with pytest.raises(ConfigurationError, match=r"^other\.toml: \[tool\.maturity\] x: unknown key"):
        read_settings("[tool.maturity]\nx = 1", TOOLS, METRICS, "other.toml")
