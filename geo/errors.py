"""One tree of errors, each in words a planner understands, in English and Chinese.

An error is raised with one or more faults, so that all that is wrong is said at once:

>>> error = BadInput(Words("cameras.csv has no column 'lon'", "cameras.csv 缺少列 'lon'"))
>>> str(error)
"cameras.csv has no column 'lon'"
>>> error.text("zh")
"cameras.csv 缺少列 'lon'"

What HTTP status or exit code a class gets is the faces' business (`webmap.errors`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One sentence in both languages of the product."""

    en: str
    zh: str

    def text(self, lang: str) -> str:
        """The sentence in `lang` ("zh" or anything else for English)."""
        return self.zh if lang == "zh" else self.en

    def both(self) -> dict[str, str]:
        """The sentence by language, ready for JSON.

        >>> Words("half", "一半").both()
        {'en': 'half', 'zh': '一半'}
        """
        return {"en": self.en, "zh": self.zh}


class GridscopeError(Exception):
    """Base of every error that gridscope raises on purpose; carries its faults in both languages."""

    def __init__(self, *faults: Words) -> None:
        super().__init__(*faults)
        self.faults = faults

    def text(self, lang: str = "en") -> str:
        """All faults in `lang`, joined by "; " (English) or "；" (Chinese)."""
        return ("；" if lang == "zh" else "; ").join(fault.text(lang) for fault in self.faults)

    def __str__(self) -> str:
        return self.text("en")


class BadMapping(GridscopeError):
    """A mapping file that cannot be followed: unknown table, missing column, no time zone."""


class BadInput(GridscopeError):
    """A source file that cannot be read as what it claims to be."""


class MissingCrs(BadInput):
    """A source that states no coordinate reference system, and no one stated it for it."""


class CrsMismatch(GridscopeError):
    """Two tables in different coordinate reference systems where one was wanted; names both."""


class BadPartition(GridscopeError):
    """Units that overlap, leave their parent or lack one, beyond what the rules allow."""


class TooLarge(GridscopeError):
    """An input or request above a stated limit."""


class BadQuery(GridscopeError):
    """A request that names an unknown level, code, column, format or an impossible value."""


class NotFound(GridscopeError):
    """A unit, camera, tile or snapshot that does not exist."""


class NotAvailable(GridscopeError):
    """A measure whose source table is not loaded: said in words, never given as 0."""


class Forbidden(GridscopeError):
    """The role may not see or do this."""


class NotLoggedIn(GridscopeError):
    """A key or a session is needed and none, or a revoked one, was given."""


class NoSnapshot(GridscopeError):
    """The home holds no published snapshot yet."""


class BrokenSnapshot(GridscopeError):
    """A snapshot whose files are missing, altered or of a later format."""


class NewerHome(GridscopeError):
    """Records written by a later version of gridscope."""


class NotBalanced(GridscopeError):
    """A build whose ledger does not balance: rows were lost or counted twice. Never published."""


class JobFailed(GridscopeError):
    """An import or build that stopped; what was published before keeps serving."""


class Busy(GridscopeError):
    """Somebody else holds what is asked for; try again later."""


class DiskFull(GridscopeError):
    """The disk of the home is full, or the home cannot be written; what was published before keeps serving."""

    def __init__(self, *faults: Words) -> None:
        super().__init__(*(faults or (_DISK_FULL,)))


_DISK_FULL = Words(
    "the disk that holds the data is full or cannot be written; nothing was changed. Free some space and try again",
    "数据所在磁盘已满或无法写入，未作任何改动；请腾出空间后重试",
)


class Overloaded(Busy):
    """More comes in than can be stored at once; the sender waits a second and sends the same again."""


class Outdated(GridscopeError):
    """A change made from a version of the row that is no longer the latest."""


class Conflict(GridscopeError):
    """Something that was stored anew by somebody else since it was read."""
