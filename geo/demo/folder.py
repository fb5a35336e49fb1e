"""Where the demo's borders and bare land lie."""

import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "data" / "boundaries"
#: In the checkout, or where an installed wheel keeps them.
FOLDER = _CHECKOUT if _CHECKOUT.is_dir() else Path(sys.prefix) / "share" / "gridscope" / "boundaries"
