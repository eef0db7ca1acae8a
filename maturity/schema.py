"""The JSON Schema of `[tool.maturity]`, for editors and for validate-pyproject.

`schemas/settings.schema.json` is the schema with the built-in collectors. Two things it cannot say, and only a run
refuses: a criterion of a stage that `stages` does not have, and two manual criteria with one id.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from maturity import collectors
from maturity.settings.gate import UNCOVERED


def settings_schema(tool_name: str = "maturity") -> dict[str, Any]:
    """The schema (draft 7) with the tools and metrics of every collector that is installed.

    This is the entry point that validate-pyproject calls, with the name of the table.
    """
    del tool_name
    schema: dict[str, Any] = json.loads((files("maturity") / "schemas/settings.schema.json").read_text("utf-8"))
    known = collectors.all_collectors()
    tools = {collector.settings or collector.name for collector in known}
    schema["properties"]["tool"]["propertyNames"]["enum"] = sorted(tools)
    metrics = collectors.metric_names(known)
    schema["definitions"]["criterion"]["properties"]["metric"]["enum"] = list(metrics)
    schema["definitions"]["gate"]["properties"]["no-worse"]["items"]["enum"] = [*metrics, *UNCOVERED]
    return schema
