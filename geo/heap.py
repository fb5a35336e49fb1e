"""Gives memory that is free again back to the system, between two steps that each need much of it.

glibc keeps what millions of small shapes and texts leave behind; the next step would then stand on top of it.
"""

import ctypes

import pyarrow as pa


def trim_heap() -> None:
    """Returns free memory to the system; does nothing where the C library is not glibc.

    >>> trim_heap()
    """
    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
