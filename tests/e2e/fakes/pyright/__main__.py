"""Pyright: nothing found; every file was looked at."""

import json
import sys

from stand_in import work

work("pyright")
files = [word for word in sys.argv[1:] if word.startswith("./")]
print(json.dumps({"generalDiagnostics": [], "summary": {"filesAnalyzed": len(files)}}))
