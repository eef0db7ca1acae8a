"""Bandit: nothing found; every file was looked at."""

import json
import sys

from stand_in import work

words = sys.argv[1:]
work("bandit")
metrics = {name: {} for name in words[words.index("--") + 1 :]}
with open(words[words.index("-o") + 1], "w") as report:  # noqa: PTH123 - pathlib takes its time
    json.dump({"errors": [], "metrics": metrics, "results": []}, report)
