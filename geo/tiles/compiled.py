"""How the encoder's kernels are compiled: eight request threads encode side by side, with the same bytes either way."""

from geo.compiled import IS_COMPILED, compiled

__all__ = ["IS_COMPILED", "compiled"]
