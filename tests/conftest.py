"""How many examples Hypothesis tries: MATURITY_HYPOTHESIS=long for a thorough run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("short", max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("short"), max_examples=20_000)
settings.load_profile(os.environ.get("MATURITY_HYPOTHESIS", "short"))
