"""The past of a repository's documents: asked of git as little as possible, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from maturity.adoption.claims import claims
from maturity.git import history as git
from maturity.history.memory import Memory, decode, encode
from maturity.history.reading import Reader, Said, Unreadable, short
from maturity.history.series import Log, Point, Series, Version, origin

COVERAGE = "coverage.percentage"
"""The figure that hand-written documents claim."""

EVERY = "*MATURITY.md"
"""Git's pathspec for documents where they are by default, now or then."""


@dataclass(frozen=True)
class Spoken:
    """The words that documents are read by: titles of plugins' collectors, with their metrics, and stages.

    `digest` is that of all that reads them, our own code included: what another one read is read again.
    """

    labels: Mapping[str, tuple[str, ...]]
    stages: Sequence[str]
    digest: str


@dataclass
class Past:
    """The past of some documents up to HEAD, as far as this clone has it; `documents` are their paths now, by name."""

    root: Path
    documents: Mapping[str, str]
    spoken: Spoken
    memory: Memory
    shallow: bool = False
    _texts: dict[str, bytes | None] = field(default_factory=dict[str, "bytes | None"])

    def series(self, names: Iterable[str]) -> dict[str, Series]:
        """The series of some components. Raises MaturityError where git cannot say."""
        log = Log(self.memory.commits)
        found = {name: log.versions(self.documents[name], self._text) for name in names}
        self._read({version.blob for versions in found.values() for version in versions if version.blob is not None})
        return {name: self._series(versions) for name, versions in found.items()}

    def log_of(self, path: str) -> Iterator[git.Commit]:
        """The commits that changed one document, newest first: git is asked for its path alone, which is quick.

        All that a commit did that brought the path shows whether the document was moved there.
        """
        reach = self.memory.head
        while reach:
            for commit in git.commits(self.root, (path,), reach):
                added = next((change for change in commit.changes if change.before is None), None)
                reach = commit.parents[0] if commit.parents else ""
                if added is None or not reach:
                    yield commit
                    continue
                whole = git.commits(self.root, (), f"{reach}..{commit.id}")[0]
                yield whole
                path = origin(added, [change for change in whole.changes if change.blob is None], self._text) or path
                break
            else:
                return

    def _text(self, blob: str) -> bytes | None:
        """The bytes of one blob: asked for where a document may have been moved with edits, which is seldom."""
        if blob not in self._texts:
            self._texts |= dict(git.blobs(self.root, [blob]))
        return self._texts[blob]

    def _read(self, wanted: set[str]) -> None:
        """Read the blobs that were never read, all in one go."""
        reader, pages = Reader(self.spoken.labels), self.memory.pages
        for blob, content in git.blobs(self.root, sorted(wanted - pages.keys())):
            if content is not None:  # a clone that lacks it may have it another day
                pages[blob] = self._page(reader, content)

    def _page(self, reader: Reader, content: bytes) -> Said | None:
        try:
            return reader.said(content)
        except Unreadable:
            if b"<!-- AUTO-GENERATED" in content:
                return None  # one of ours, and not as we wrote it
        claimed = claims(content, self.spoken.stages)
        if claimed is None:
            return None
        coverage = {} if claimed.coverage is None else {COVERAGE: short(claimed.coverage)}
        return Said(claimed.stage, coverage, claimed=True)

    def _series(self, versions: Iterable[Version]) -> Series:
        points: list[Point] = []
        unreadable = 0
        for version in versions:
            page = None if version.blob is None else self.memory.pages.get(version.blob)
            if version.blob is not None and page is None:
                unreadable += 1
            else:
                points.append(Point(version.commit.id, version.commit.time, version.path, page))
        return Series(tuple(points), unreadable)


def open_past(
    root: Path,
    documents: Mapping[str, str],
    spoken: Spoken,
    remembered: bytes | None,
    only: Sequence[str] = (),
    all_parents: bool = False,
) -> Past:
    """The past up to HEAD, of one document where `only` names it; what is `remembered` is not asked of git again.

    Raises MaturityError where there is no commit, or no repository of git.
    """
    elsewhere = sorted(path for path in documents.values() if not path.endswith("MATURITY.md"))
    asked = ((EVERY, *elsewhere), all_parents)
    memory = None if remembered is None else decode(remembered)
    if memory is None or memory.read_by != spoken.digest:
        memory = Memory(spoken.digest, asked)
    past = Past(root, documents, spoken, memory, git.is_shallow(root))
    if len(only) == 1 and not all_parents and not (memory.asked == asked and memory.head):
        memory.asked, memory.head = ((documents[only[0]],), False), git.head(root)
        memory.commits = list(past.log_of(documents[only[0]]))
        return past
    if memory.asked != asked:
        memory.asked, memory.head, memory.commits = asked, "", []
    catch_up(root, memory)
    return past


def catch_up(root: Path, memory: Memory) -> None:
    """Bring the log up to HEAD: with what came since, or with all of it where that does not follow on."""
    head = git.head(root)
    pathspecs, all_parents = memory.asked
    if head == memory.head:
        return
    if memory.head and not all_parents and git.exists(root, memory.head):
        newer = git.commits(root, (), f"{memory.head}..{head}")
        if newer and newer[-1].parents[:1] == (memory.head,):
            memory.commits[:0] = filter(lambda commit: commit.changes, (of_documents(c, pathspecs) for c in newer))
            memory.head = head
            return
    memory.commits = git.commits(root, pathspecs, head, all_parents)
    memory.head = head


def of_documents(commit: git.Commit, pathspecs: Sequence[str]) -> git.Commit:
    """A commit with those of its changes alone that the pathspecs mean."""
    kept = (change for change in commit.changes if change.path.endswith(EVERY[1:]) or change.path in pathspecs)
    return replace(commit, changes=tuple(kept))


def keep(past: Past) -> bytes:
    """What the next run should remember."""
    return encode(past.memory)
