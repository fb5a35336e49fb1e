"""Gives memory that is free again back to the system: of a service at all times, of a build between two of its steps.

glibc keeps what millions of small shapes and texts leave behind; the next step would then stand on top of it.
"""

import ctypes

import pyarrow as pa

#: Options of glibc's mallopt, as malloc.h numbers them.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
#: From this size on a block is a mapping of its own, which goes back to the system the moment it is free.
_OWN_MAPPING_BYTES = 256 * 1024


def keep_heap_small() -> None:
    """Makes a process that lives long keep little more than it uses; call it before threads are started.

    Left alone, glibc raises the size from which a block goes back at once up to 32 MB, and gives each thread a heap of
    its own; Arrow keeps what it once had. Does nothing where the C library is not glibc, but for Arrow.

    >>> keep_heap_small()
    """
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_MMAP_THRESHOLD, _OWN_MAPPING_BYTES)
        libc.mallopt(_ARENA_MAX, 2)
    except (OSError, AttributeError):
        return


def trim_heap() -> None:
    """Returns free memory to the system; does nothing where the C library is not glibc.

    >>> trim_heap()
    """
    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
