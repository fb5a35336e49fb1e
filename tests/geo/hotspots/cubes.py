"""Cubes of counts for tests: units in a row, each next to some before and after it."""

import numpy as np
from scipy import sparse


def in_a_row(n_units: int, reach: int = 1) -> sparse.csr_array:
    offsets = [*range(-reach, 0), *range(1, reach + 1)]
    return sparse.csr_array(sparse.diags_array([1.0] * len(offsets), offsets=offsets, shape=(n_units, n_units)))


def named(n_steps: int) -> tuple[str, ...]:
    return tuple(f"s{step:02d}" for step in range(n_steps))


def flat_cube(n_steps: int, n_units: int, level: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, (n_steps, n_units))
