"""Is manual text safe, whatever it is? Every example of the CommonMark specification, above and below a region.

Fetches the specification's examples (they are in the source distribution of markdown-it-py) and puts each one before
and after a generated region. A rewrite must keep every byte of them, or be refused: where an example leaves a fence or
an HTML block open, the marker below it is text for every Markdown reader. Exit code 1 if a byte was lost.

    python -m benchmarks.specification
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path

from maturity.markdown.rewrite import MarkupError, parse, splice

EXAMPLES = "tests/test_cmark_spec/commonmark.json"
BEGIN = "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region=status] -->"
REGION = f"{BEGIN}\n\nold\n\n<!-- END AUTO-GENERATED [region=status] -->\n"


def fetch() -> list[str]:
    """The Markdown of each example."""
    with tempfile.TemporaryDirectory() as place:
        options = ["--quiet", "--no-deps", "--no-binary", ":all:", "--dest", place]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, "markdown-it-py"], check=True)
        (archive,) = Path(place).glob("*.tar.gz")
        with tarfile.open(archive) as members:
            name = next(name for name in members.getnames() if name.endswith(EXAMPLES))
            stream = members.extractfile(name)
            assert stream is not None
            return [example["markdown"] for example in json.load(stream)]


def rewrite(before: str, after: str) -> str:
    """How a document with this manual text fares: kept, lost, or refused with which problem."""
    text = f"{before}\n{REGION}\n{after}".encode()
    try:
        new = splice(text, {"status": "new"})
    except MarkupError as error:
        return f"refused: {error.problems[0].code}"
    if not parse(text).regions:
        return "kept: the markers are code" if new == text else "lost"
    start, end = new.index(BEGIN.encode()), new.rindex(b"sum=")
    kept = new[:start] == f"{before}\n".encode() and new[end:].partition(b"\n")[2] == f"\n{after}".encode()
    return "kept" if kept and b"new" in parse(new).regions[0].body and splice(new, {"status": "new"}) == new else "lost"


def main() -> int:
    """Try every example above, below, and on both sides."""
    examples = fetch()
    outcomes: Counter[str] = Counter()
    for example in examples:
        outcomes.update([rewrite(example, "end\n"), rewrite("start\n", example), rewrite(example, example)])
    print(f"{len(examples)} examples, each above, below and on both sides of a region:")
    for outcome, count in outcomes.most_common():
        print(f"  {outcome}: {count}")
    return 1 if outcomes["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
