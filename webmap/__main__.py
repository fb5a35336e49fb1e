"""`python -m webmap` is `gridscope`."""

import sys

from webmap.cli import main

if __name__ == "__main__":
    sys.exit(main())
