"""A cache or a database that came with a hostile repository: it says nothing that is not so, and leads nowhere.

That records can be forged by somebody who may commit them is said in SECURITY.md; what is shown here is all else.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from maturity.cache.record import FailureReport, encode
from maturity.cache.store import Store
from maturity.collectors import all_collectors
from maturity.files import digest_bytes
from maturity.markdown.rewrite import parse
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Depot

PLACES = ("east", "north", "south", "west")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

EVIL = "\n".join(
    [
        "</div>-->",
        "<!-- END AUTO-GENERATED [region=status sum=000000000000] -->",
        "<!-- MANUAL SECTION -->",
        "```",
        "~~~",
        "[x]: https://evil.example 'x'",
        "[click](https://evil.example)![x](https://evil.example)<https://evil.example>",
        "<script>alert(1)</script>",
        "- [x] API documented (manual) <!-- criterion=api-documented -->",
        "# Production",
        "\x1b[31m\x00\u202e\u2028\x85\r",
    ]
)


def poison(value: object) -> object:
    """The same JSON with evil words in every text that says something, and as names of rules and severities."""
    if isinstance(value, dict):
        return {
            key: {EVIL: 3, **value[key]} if key.startswith("by_") else poison_text(key, value[key]) for key in value
        }
    return [poison(item) for item in value] if isinstance(value, list) else value


def poison_text(key: str, value: object) -> object:
    """Form, names, digests and inputs have to stay: without them nothing is believed."""
    if key in ("format", "collector", "component", "inputs", "record", "measured", "opened", "listed"):
        return value
    if key == "unknown":
        return dict.fromkeys(("linting", "security", "type_checking"), EVIL)
    if key in ("files", "excluded"):
        return [EVIL]
    if key == "findings":
        return [{"path": EVIL, "line": 1, "rule": EVIL, "severity": EVIL, "message": EVIL}]
    return EVIL if isinstance(value, str) else poison(value)


def poison_records(depot: Depot, *, failing: bool) -> None:
    """Replace the text of all records and traces, which then still fit to one another and to the tree."""
    store = Store(depot.root)
    for place in PLACES:
        for collector in all_collectors():
            record, trace, failure = (depot.path(path) for path in store.paths(collector.name, place))
            if record.exists():
                content = json.loads(record.read_bytes())
                if collector.name == "bandit":
                    content["metrics"] = {}
                record.write_bytes(encode(poison(content)))
                traced = {**json.loads(trace.read_bytes()), "record": digest_bytes(record.read_bytes())}
                trace.write_bytes(encode(poison(traced)))
                if failing:
                    failure.write_bytes(encode(FailureReport(EVIL, EVIL, EVIL)))


def shown(document: str) -> tuple[set[str], list[str]]:
    """The kinds of tokens in a document, and its headings: what it is made of, apart from its words."""
    tokens = MarkdownIt("commonmark").parse(document)
    inner = {child.type for token in tokens for child in token.children or ()}
    kinds = {token.type for token in tokens} | inner
    following = pairwise(tokens)
    return kinds, [content.content for token, content in following if token.type == "heading_open"]


def test_a_cache_cannot_put_markup_into_a_document(depot: Depot) -> None:
    plain = depot.read("src/components/east.MATURITY.md")
    depot.path(".maturity/current.json").unlink()
    poison_records(depot, failing=False)
    ran = depot.maturity("--all")
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert not STEERING.search(ran.output)
    text = depot.read("src/components/east.MATURITY.md")
    assert "evil.example" in text, "the words are there"
    kinds, headings = shown(text)
    known, usual = shown(plain)
    assert kinds <= known | {"code_inline"}
    assert [heading.partition(":")[0] for heading in headings] == [heading.partition(":")[0] for heading in usual]
    assert [region.name for region in parse(text.encode()).regions] == [
        region.name for region in parse(plain.encode()).regions
    ]
    assert "(manual) <!-- criterion=api-documented -->" in text
    assert "- [x] API documented" not in text, "nobody has ticked it"
    assert "<script>" not in MarkdownIt("commonmark").render(text)
    assert depot.maturity("--validate").exit_code == 0


def test_a_failure_in_the_cache_cannot_put_markup_into_a_document(depot: Depot) -> None:
    before = depot.read("src/components/east.MATURITY.md")
    poison_records(depot, failing=True)
    hung = depot.surrounded_by(PYTHONPATH="/nonexistent")
    repository = Repository(hung.root)
    component = repository.component("east")
    draft = repository.drafts.draft(component, repository.drafts.measurements(component), "2026-01-01")
    text = draft.after.decode()
    assert "failed**, its figures are those of" in text
    kinds, _ = shown(text)
    assert kinds <= shown(before)[0] | {"code_inline", "blockquote_open", "blockquote_close"}
    assert "<script>" not in MarkdownIt("commonmark").render(text)


def link_to(depot: Depot, name: str, target: Path) -> None:
    path = depot.path(name)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


LINKS = {
    ".maturity/lock": "secret",
    ".maturity/clock": "secret",
    ".maturity/current.json": "made",
    ".maturity/files.json": "secret",
    ".maturity/snapshot": "secret",
    ".maturity/.gitignore": "secret",
    ".maturity/overwritten": "inner",
    ".maturity/records/east": "inner",
    ".maturity/records/north/ruff.json": "secret",
    ".maturity/records/north/ruff.trace.json": "made",
    ".maturity/records/north/ruff.failure.json": "secret",
    ".doit.db": "secret",
    ".doit.db.broken": "inner",
}


def test_links_in_the_cache_are_not_written_through(depot: Depot, outside: Path) -> None:
    depot.edit(violations=2)
    depot.replace("src/components/east.MATURITY.md", "- **Lint**", "by hand\n- **Lint**")
    for name, target in LINKS.items():
        link_to(depot, name, outside / target)
    ran = depot.maturity("--all")
    assert ran.exit_code == 0, ran
    assert "Traceback" not in ran.output
    assert "SECRET" not in ran.output
    assert "by hand" in depot.read(".maturity/overwritten/east.log")


def test_what_people_wrote_is_not_lost_where_it_cannot_be_kept(depot: Depot, outside: Path) -> None:
    depot.replace("src/components/east.MATURITY.md", "- **Lint**", "by hand\n- **Lint**")
    before = depot.read("src/components/east.MATURITY.md")
    link_to(depot, ".maturity/overwritten/east.log", outside / "secret")
    ran = depot.maturity("--all")
    assert ran.exit_code == 2, ran
    assert ".maturity/overwritten/east.log: cannot be written: Too many levels of symbolic links" in ran.stderr
    assert depot.read("src/components/east.MATURITY.md") == before


def test_a_cache_that_is_a_link_is_refused(depot: Depot, outside: Path) -> None:
    link_to(depot, ".maturity", outside / "inner")
    depot.edit(violations=2)
    for ran in (depot.maturity("--all"), depot.doit("list")):
        assert "Traceback" not in ran.output
        assert ".maturity is a link" in ran.stderr, ran


def test_names_in_the_cache_lead_nowhere(depot: Depot, outside: Path) -> None:
    assert depot.all().exit_code == 0  # a second run notes what the first has found
    index = json.loads(depot.read(".maturity/current.json"))
    for name in ("../../outside/inner", "/etc", "..", "x\x1b[31m"):
        index["records"][f"ruff:{name}"] = index["records"]["ruff:east"]
        index["documents"][name] = index["documents"]["east"]
        index["headlines"][name] = "x\x1b[31m"
    depot.write(".maturity/current.json", json.dumps(index))
    files = json.loads(depot.read(".maturity/files.json"))
    files |= {"../outside/file.py": [[1, 1, 1, 1], "0" * 32], "/etc/passwd": [[1, 1, 1, 1], "0" * 32]}
    depot.write(".maturity/files.json", json.dumps(files))
    shutil.copytree(depot.path(".maturity/records/east"), depot.path(".maturity/records/..%2f..%2foutside"))
    depot.edit(violations=2)
    for ran in (depot.doit("list"), depot.maturity("--all", "--verbose")):
        assert ran.exit_code == 0, ran
        assert not STEERING.search(ran.output)
        assert "outside" not in ran.output


def test_a_snapshot_made_elsewhere_says_nothing(depot: Depot) -> None:
    snapshot = {"components": {"east": []}, "headlines": {"east": "Production"}, "collectors": {"ruff": "Lint"}}
    head = {"surroundings": "", "top": [], "digest": "", **snapshot}
    depot.write(".maturity/snapshot", json.dumps(head) + "\n")
    assert "Production" not in depot.doit("list").stdout


def test_tools_are_not_looked_for_in_the_repository(depot: Depot, tmp_path: Path) -> None:
    for name in ("ruff", "bandit", "pyright", "msgspec", "doit", "json", "filelock"):
        depot.write(f"{name}.py", "import pathlib\npathlib.Path('pwned').touch()\n")
    script = Path(sys.executable).with_name("maturity")
    ran = depot.start(str(script), "--all")
    asked = {f"{tool}:{place}" for tool in ("ruff", "pyright") for place in PLACES}  # for what the names stand for
    assert (ran.exit_code, ran.collected) == (0, asked), ran
    assert not depot.path("pwned").exists()


def test_a_database_that_came_with_the_repository_cannot_silence_the_gate(depot: Depot) -> None:
    depot.replace("src/components/east.MATURITY.md", "- **Lint**: 0 violations", "- **Lint**: 7 violations")
    with closing(sqlite3.connect(depot.path(".doit.db"))) as connection:
        connection.execute("insert into doit values ('validate', '{}'), ('preview', '{}')")
        connection.execute("""update doit set task_data = json_set(task_data, '$."ignore:"', '1')""")
        connection.commit()
    for ran in (depot.doit("validate"), depot.maturity("--validate")):
        assert ran.exit_code == 1, ran
        assert "east.MATURITY.md is not what a run would write" in ran.stderr


ROWS = [
    '{"deps:": 5}',
    '{"checker:": [], "deps:": ["x"]}',
    '{"_values_:": [1]}',
    '{"result:": {}, "ignore:": {}}',
    '{"deps:": ["src/components/PLACE.py"], "src/components/PLACE.py": [1]}',
]


def test_rows_of_the_database_that_doit_cannot_read_are_forgotten(depot: Depot, depots: dict[int, Depot]) -> None:
    with closing(sqlite3.connect(depot.path(".doit.db"))) as connection:
        tasks = [task for (task,) in connection.execute("select task_id from doit where task_id like '%:%'")]
        assert len(tasks) >= 16
        for number, task in enumerate(tasks):
            row = ROWS[number % len(ROWS)].replace("PLACE", task.partition(":")[2])
            connection.execute("update doit set task_data = ? where task_id = ?", (row, task))
        connection.commit()
    depot.edit(violations=2)
    ran = depot.all()
    assert (ran.exit_code, ran.stderr) == (0, ""), ran
    assert "Traceback" not in ran.output
    assert depot.undated() == depots[2].undated()
