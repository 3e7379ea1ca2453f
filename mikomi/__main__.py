"""`python -m mikomi` and the `mikomi` command."""

import sys

from mikomi.ops.cli import main

if __name__ == "__main__":
    sys.exit(main())
