"""Compiles inner loops with numba where it is installed; without it they run as plain Python.

Single-threaded and without the GIL, so that threads work side by side. There is one source of each kernel, so both
ways give the same figures. numba's cache watches only the file of the kernel it stores: a kernel and what it calls
stand in one file.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

try:
    from numba import njit
except ImportError:
    njit = None  # type: ignore[assignment]

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Array = TypeVar("Array", bound=npt.NDArray[Any])

IS_COMPILED = njit is not None


def read_only(values: Array) -> Array:
    """A plain view of an array, mapped or not, that cannot be written: a kernel is compiled once for all such."""
    view = np.asarray(values).view()
    view.flags.writeable = False
    return cast(Array, view)


def compiled(kernel: Kernel) -> Kernel:
    """`kernel` compiled at its first call and cached beside its file where that folder can be written."""
    if njit is None:
        return kernel
    try:
        return cast(Kernel, njit(cache=True, nogil=True, fastmath=False)(kernel))
    except RuntimeError:
        return cast(Kernel, njit(nogil=True, fastmath=False)(kernel))
