"""`maturity init`: what a repository needs to start, as a diff or as files. Nothing that exists is changed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path

from maturity import collectors
from maturity.arguments import TEXT, Parser, add_format, check_output
from maturity.discovery import starting
from maturity.discovery.discover import DOCUMENT, discover
from maturity.discovery.layout import guesses
from maturity.discovery.starting import Advice, Proposal
from maturity.discovery.testfiles import all_tests
from maturity.errors import ConfigurationError, MaturityError
from maturity.files import find_root, read_bytes
from maturity.git.commands import Git
from maturity.model import Component
from maturity.reports.output import put
from maturity.settings.settings import DEFAULT_COMPONENTS, read_settings
from maturity.tree import Tree
from maturity.writing import write_atomically

ABOUT = "Look at a repository and propose what it needs to start; write it with --write."
EPILOG = """proposed, each only where it is missing:
  pyproject.toml              [tool.maturity], with globs of components guessed from the layout
  dodo.py                     for doit; the console script needs none
  .gitignore                  what is kept in the work tree and not committed
  .pre-commit-config.yaml     `maturity --auto` before each commit
  .github/workflows/maturity.yml

A file that exists is added to at its end or, where that would not do, left alone: you are told what to add.

exit codes: 0 success  4 no component was found, or a file cannot be read or written"""
LIMIT = 1 << 20
FEW = 5
"""So many components are named in a sentence."""

BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit code. Raises MaturityError where nothing can be proposed."""
    options = parser().parse_args(arguments)
    check_output(options)
    root = find_root(Path.cwd())
    tree = Tree(root)
    found = list(findings(root, tree))
    proposals = [each for each in found if isinstance(each, Proposal)]
    advice = [each for each in found if isinstance(each, Advice)]
    for proposal in proposals if options.write else ():
        write(root, proposal)
    steps = next_steps(tree, written=options.write or not proposals)
    if options.format == TEXT:
        show(proposals, advice, steps, options.write)
    else:
        put(starting.as_json(proposals, advice, steps, options.write), options.output)
    return 0


def show(proposals: Sequence[Proposal], advice: Sequence[Advice], steps: Sequence[str], written: bool) -> None:
    """What people read: the diff is the result, all else is said apart from it."""
    for each in advice:
        say(f"{each.path}: {each.words}{':' if each.text else ''}\n{each.text}".rstrip())
    for proposal in proposals:
        print(f"wrote {proposal.path}" if written else proposal.diff(), flush=True)
    if not proposals:
        say("nothing to add")
    say("\n".join(["next:", *(f"  {step}" for step in steps)]))


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity init", description=ABOUT, epilog=EPILOG)
    made.add_argument("--write", action="store_true", help="write the files; without it the diff is shown")
    add_format(made, ("json",))
    return made


def findings(root: Path, tree: Tree) -> Iterator[Proposal | Advice]:
    """What is proposed and advised, file by file."""
    pyproject = text_of(root, "pyproject.toml")
    globs, components, untested = layout(pyproject or "", tree)
    tests = all_tests(tree.python) if untested else None
    only = {untested[0]: tests} if tests and len(components) == 1 else {}
    try:
        git = Git.here(root, Path.cwd())
    except MaturityError:
        git = None
    local = [
        starting.settings(pyproject, globs, only),
        Advice("pyproject.toml", *untold(untested, tests)) if tests and not only else None,
        starting.tasks(text_of(root, "dodo.py")),
        starting.ignored(text_of(root, ".gitignore")),
    ]
    if git is None or not git.prefix:
        local.append(starting.hooks(text_of(root, starting.HOOKS)))
        local.append(workflow(root, git, pyproject or "", tree))
    else:
        words = f"they belong to the top of the git repository; let them run in {git.prefix}"
        local.append(Advice("hook and workflow", words))
    yield from (each for each in local if each is not None)


def layout(pyproject: str, tree: Tree) -> tuple[tuple[str, ...], Sequence[Component], Sequence[str]]:
    """The first globs that make components of the tree, these, and the names of those for which no tests are found.

    Raises ConfigurationError where none do.
    """
    settings = read_settings(pyproject, *names())
    if not settings.implied or settings.named:
        found = discover(settings, tree)
        said = {name for name, named in settings.named.items() if named.tests is not None}
        return DEFAULT_COMPONENTS, found, without_tests(found, said)
    for globs in guesses(tree.python):
        listed = ", ".join(f'"{glob}"' for glob in globs)
        tried = read_settings(f"[tool.maturity]\ncomponents = [{listed}]\n", *names())
        try:
            found = discover(tried, tree)
        except ConfigurationError:
            continue
        return globs, found, without_tests(found)
    raise ConfigurationError(
        "no component was found: say where they are, in pyproject.toml, for example\n"
        '[tool.maturity]\ncomponents = ["packages/*"]'
    )


def without_tests(components: Iterable[Component], said: Set[str] = frozenset()) -> Sequence[str]:
    """The names of components without any test; of those that are `said`, a person has said so."""
    return [c.name for c in components if not (c.tests or c.integration_tests) and c.name not in said]


def untold(components: Sequence[str], tests: str) -> tuple[str, str]:
    """What a person has to say about tests that could be any component's: in words, and as text."""
    shown = [*components[:FEW], f"{len(components) - FEW} more"] if len(components) > FEW + 1 else components
    listed = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
    return (
        f"no tests were found for {listed}; say which are theirs, for example",
        starting.tests_of(components[0], f"{tests}/...").rstrip(),
    )


def names() -> tuple[Sequence[str], Sequence[str]]:
    """The tools and the metrics that settings may name."""
    known = collectors.all_collectors()
    return [collector.settings or collector.name for collector in known], collectors.metric_names(known)


def workflow(root: Path, git: Git | None, pyproject: str, tree: Tree) -> Proposal | Advice | None:
    """The workflow, unless there is one with our name or the repository is run by GitLab."""
    before = text_of(root, starting.WORKFLOW)
    if before is not None:
        return None
    if (root / ".gitlab-ci.yml").exists() and not (root / ".github").exists():
        return Advice(".gitlab-ci.yml", "let a job run", "maturity --validate")
    install = starting.install_words(pyproject, {path for path in tree.files if "/" not in path})
    return starting.workflow(branch(git), install)


def branch(git: Git | None) -> str:
    """The branch that pull requests are for, as far as git knows; else "main"."""
    for name in ("refs/remotes/origin/HEAD", "HEAD") if git is not None else ():
        said = git.ask("symbolic-ref", "--quiet", "--short", name) if git is not None else None
        if said is not None and said.returncode == 0:
            found = said.stdout.decode("utf-8", "replace").strip().removeprefix("origin/")
            return found if BRANCH.fullmatch(found) else "main"
    return "main"


def text_of(root: Path, path: str) -> str | None:
    """The text of a file as it is, None if there is none. Raises MaturityError for what is no text in the root."""
    place = root / path
    if not place.exists() and not place.is_symlink():
        return None
    try:
        content = read_bytes(place, LIMIT) if place.resolve().is_relative_to(root.resolve()) else None
        if content is not None:
            return content.decode("utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise MaturityError(f"{path}: cannot be read: {error}") from None
    raise MaturityError(f"{path}: is no file of at most {LIMIT >> 20} MB inside the repository")


def write(root: Path, proposal: Proposal) -> None:
    """Write one file, if it is still what the proposal was made from. Raises MaturityError."""
    if text_of(root, proposal.path) != proposal.before:
        raise MaturityError(f"{proposal.path}: changed meanwhile; run again")
    try:
        write_atomically(root / proposal.path, proposal.after.encode())
    except OSError as error:
        raise MaturityError(f"{proposal.path}: cannot be written: {error.strerror or error}") from None


def next_steps(tree: Tree, written: bool) -> Sequence[str]:
    """What to type next."""
    steps = [] if written else ["maturity init --write"]
    existing = any(path.rpartition("/")[2] == DOCUMENT for path in tree.files)
    steps += ["maturity adopt --all   (there are documents already)"] if existing else []
    return [*steps, "maturity --all", "pre-commit install", "doit list"]


def say(message: str) -> None:
    """A message for people, apart from the diff."""
    print(message, file=sys.stderr)
