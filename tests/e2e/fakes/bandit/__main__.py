"""Bandit: nothing found; every file was looked at."""

import json
import sys
from pathlib import Path

from stand_in import work

words = sys.argv[1:]
work("bandit")
metrics = {name: {} for name in words[words.index("--") + 1 :]}
Path(words[words.index("-o") + 1]).write_text(json.dumps({"errors": [], "metrics": metrics, "results": []}), "utf-8")
