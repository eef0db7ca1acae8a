"""Strict tables: what is not asked for, or not of the right kind, is an error that says where and what else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maturity.errors import ConfigurationError
from maturity.settings.toml import Table, nearest

WHERE = "pyproject.toml: [tool.maturity]"


def table(**values: object) -> Table:
    return Table(WHERE, values)


def message(action: Callable[[], object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        action()
    return str(caught.value)


@pytest.mark.parametrize("value", ["", 0, [], None, "components"])
def test_what_is_no_table_is_refused(value: object) -> None:
    assert message(lambda: Table(WHERE, value)) == f"{WHERE}: expected a table, found {value!r}"


def test_a_value_is_taken_as_it_stands() -> None:
    assert table(key=[1]).take("key") == [1]
    assert table().take("key") is None
    assert "key" in table(key=0)
    assert "key" not in table()


def test_text() -> None:
    assert table(title=" Käse & <b> ").text("title") == " Käse & <b> "
    assert table().text("title", "default") == "default"
    assert table().optional_text("title") is None
    assert table(title="x").optional_text("title") == "x"


@pytest.mark.parametrize("value", ["", "  ", "a\nb", "a\x00", "a\u2028b", 7, True, ["a"], {}])
def test_text_that_is_none_is_refused_even_with_a_default(value: object) -> None:
    expected = f"{WHERE} title: expected one line of text, found {value!r}"
    assert message(lambda: table(title=value).text("title", "default")) == expected
    assert message(lambda: table(title=value).optional_text("title")) == expected


def test_text_without_default_is_required() -> None:
    assert message(lambda: table().text("title")) == f"{WHERE} title: missing; expected one line of text"


@pytest.mark.parametrize("value", ["a", "A-1_b.c", "0"])
def test_a_word(value: str) -> None:
    assert table(id=value).word("id") == value


@pytest.mark.parametrize("value", ["a b", "-a", ".a", "ä", "a/b", "a>", "a\n"])
def test_a_word_of_other_signs_is_refused(value: str) -> None:
    assert message(lambda: table(id=value).word("id")).startswith(f"{WHERE} id: ")


def test_texts() -> None:
    assert table(source=["a", "b"]).texts("source") == ("a", "b")
    assert table(source=[]).texts("source") == ()
    assert table().texts("source") is None


@pytest.mark.parametrize("value", ["src", [1], ["a", ""], {"a": "b"}, [["a"]], False])
def test_texts_that_are_none_are_refused(value: object) -> None:
    assert message(lambda: table(source=value).texts("source")) == (
        f"{WHERE} source: expected a list of texts, found {value!r}"
    )


def test_seconds() -> None:
    assert table(timeout=5).seconds("timeout") == 5.0
    assert table().seconds("timeout") is None


@pytest.mark.parametrize("value", [0, -1, True, "5", 1.5, []])
def test_seconds_that_are_none_are_refused(value: object) -> None:
    assert message(lambda: table(timeout=value).seconds("timeout")).startswith(f"{WHERE} timeout: expected a whole")


def test_a_choice() -> None:
    assert table(stage="Gold").choice("stage", iter(["Silver", "Gold"])) == "Gold"
    assert message(lambda: table(stage="Godl").choice("stage", ["Silver", "Gold"])) == (
        f"{WHERE} stage: unknown value 'Godl'; did you mean 'Gold'?"
    )


def test_tables_inside_are_named_in_messages() -> None:
    inner = table(tool={"ruff": {"timeout": 1}}).tables("tool")
    assert {name: inside.where for name, inside in inner.items()} == {
        "ruff": "pyproject.toml: [tool.maturity.tool.ruff]"
    }
    assert inner["ruff"].seconds("timeout") == 1
    assert table().tables("tool") == {}
    assert message(lambda: table(tool={"ruff": 5}).tables("tool")) == (
        "pyproject.toml: [tool.maturity.tool.ruff]: expected a table, found 5"
    )
    assert message(lambda: table(tool=[]).tables("tool")).startswith("pyproject.toml: [tool.maturity.tool]: ")


def test_an_array_of_tables_is_counted_from_one() -> None:
    first, second = table(criterion=[{"id": "a"}, {"id": "b"}]).array("criterion")
    assert (first.where, second.where) == (
        "pyproject.toml: [tool.maturity.criterion] number 1",
        "pyproject.toml: [tool.maturity.criterion] number 2",
    )
    assert (first.word("id"), second.word("id")) == ("a", "b")
    assert table().array("criterion") == ()
    assert "[[...criterion]]" in message(lambda: table(criterion={"id": "a"}).array("criterion"))
    assert "number 2: expected a table, found 7" in message(lambda: table(criterion=[{}, 7]).array("criterion"))


def test_close_refuses_what_nobody_asked_for() -> None:
    strict = table(source=[], ownr="x")
    strict.texts("source")
    strict.optional_text("owner")
    assert message(strict.close) == f"{WHERE} ownr: unknown key; did you mean 'owner'?"


def test_close_accepts_what_was_asked_for() -> None:
    strict = table(a=1)
    strict.take("a")
    strict.take("b")
    strict.close()


def test_nearest() -> None:
    assert nearest("carbn", ["carbon", "currency"]) == "; did you mean 'carbon'?"
    assert nearest("xyz", ["b", "a"]) == "; known: a, b"
    assert nearest("xyz", []) == ""
