"""`python -m maturity` is the console script."""

import sys

from maturity.cli import main

sys.exit(main())
