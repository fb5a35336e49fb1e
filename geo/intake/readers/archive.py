"""Zipped shapefiles and workbooks: an archive is judged whole before one byte of it is unpacked."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from geo.errors import BadInput, TooLarge, Words
from geo.rules import Rules

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".7z", ".rar", ".bz2", ".xz", ".tgz"})
_MAX_MEMBERS = 2_000
#: Below this size a high ratio is harmless (an empty sheet packs very well).
_SMALL_BYTES = 10_000_000
#: Rows of a sheet are read one by one, shared strings are held, everything else becomes many small objects.
_MAX_SHEET_BYTES, _MAX_STRINGS_BYTES, _MAX_PART_BYTES = 1_000_000_000, 200_000_000, 10_000_000
_RUN_BYTES = 1 << 20
_CONTENT_TYPES, _STRINGS = "[Content_Types].xml", "xl/sharedStrings.xml"
#: What is read of a workbook; drawings, pivot caches and the like never are.
_READ_PARTS = (
    _CONTENT_TYPES,
    "_rels/",
    "docProps/",
    "xl/_rels/",
    "xl/workbook",
    "xl/styles",
    "xl/theme/",
    _STRINGS,
    "xl/worksheets/",
)
_USUAL = {"sheet.main+xml": "xl/workbook.xml", "sharedStrings+xml": _STRINGS}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    KeyError,
    ValueError,
    RuntimeError,
    expat.ExpatError,
    ElementTree.ParseError,
)


def check_archive(path: Path, rules: Rules, *, nested: bool = False) -> list[zipfile.ZipInfo]:
    """The archive's members; `BadInput` or `TooLarge` for the whole of it where any member is unsafe.

    Unsafe: absolute or climbing names, links, encryption, archives within, more members, bytes or a higher
    ratio of packing than allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refused(path, "it is no zip archive", "不是 zip 压缩包") from error
    if len(members) > _MAX_MEMBERS:
        raise TooLarge(
            Words(f"{path.name} holds {len(members)} files", f"{path.name} 含 {len(members)} 个文件，超过上限")
        )
    names: set[str] = set()
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in member.filename or "\x00" in member.orig_filename:
            raise _refused(path, "a member's name leaves the archive", "成员文件名越出压缩包")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, "it holds a link", "含有链接")
        if member.filename in names:
            raise _refused(path, "it holds a file twice", "含有重名文件")
        names.add(member.filename)
        if member.flag_bits & 0x1:
            raise _refused(path, "it is encrypted", "已加密")
        if not nested and name.suffix.lower() in _ARCHIVES:
            raise _refused(path, "it holds another archive", "含有另一个压缩包")
    n_bytes = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    too_dense = n_bytes > _SMALL_BYTES and n_bytes / packed > rules.max_zip_ratio
    if n_bytes > rules.max_file_bytes or too_dense:
        raise TooLarge(
            Words(
                f"{path.name} would unpack to {n_bytes} bytes, {n_bytes // packed} times its size",
                f"{path.name} 解压后为 {n_bytes} 字节，是压缩包的 {n_bytes // packed} 倍",
            )
        )
    return members


def check_xml(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """`BadInput` or `TooLarge` for a workbook of which a part could cost more than its size suggests.

    Refused: parts over their limits, a declared document type or entities, text or a tag of more than a megabyte, parts
    that are not where every spreadsheet program puts them.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in members:
                if not member.is_dir() and member.filename.startswith(_READ_PARTS):
                    _check_part(path, archive, member)
            _check_places(path, archive)
    except _BROKEN as error:
        raise _refused(path, "a part is broken", "部件已损坏") from error


def _check_part(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename
    limit = (
        _MAX_SHEET_BYTES
        if name.startswith("xl/worksheets/")
        else _MAX_STRINGS_BYTES
        if name == _STRINGS
        else _MAX_PART_BYTES
    )
    if member.file_size > limit:
        raise TooLarge(
            Words(
                f"{path.name}: {name} would unpack to {member.file_size} bytes, more than {limit}",
                f"{path.name}：{name} 解压后为 {member.file_size} 字节，超过上限 {limit}",
            )
        )
    with archive.open(member) as part:
        _check_prolog(path, part.read(_RUN_BYTES))
    run = 0
    with archive.open(member) as part:
        while chunk := part.read(_RUN_BYTES):
            first = chunk.find(b"<")
            run += len(chunk) if first < 0 else first
            if run > _RUN_BYTES:
                raise TooLarge(
                    Words(f"{path.name}: {name} holds an endless text", f"{path.name}：{name} 含有过长的文本")
                )
            run = run if first < 0 else len(chunk) - chunk.rfind(b"<")


def _check_prolog(path: Path, head: bytes) -> None:
    """What stands before the first element may be no document type: it is where entities are declared."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*_: object) -> None:
        if not begun:
            raise _refused(path, "it declares a document type or entities", "含有文档类型或实体声明")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, _: begun.append(tag) if not begun else None
    parser.Parse(head, False)
    if not begun:
        raise _refused(path, "a part is no XML", "部件不是 XML")


def _check_places(path: Path, archive: zipfile.ZipFile) -> None:
    """Workbook and shared strings stand under their usual names: limits go by name."""
    for override in ElementTree.fromstring(archive.read(_CONTENT_TYPES)):  # noqa: S314 - no DTD, small: checked before
        kind, place = override.get("ContentType", ""), override.get("PartName", "").lstrip("/")
        usual = next((name for ending, name in _USUAL.items() if kind.endswith(ending)), place)
        if place != usual:
            raise _refused(path, f"{usual} stands at {place!r}", f"{usual} 位于 {place!r}")


def unpack_shapefile(path: Path, folder: Path, rules: Rules, layer: str = "") -> Path:
    """Unpack the one shapefile of the archive (or the one called `layer`) into `folder` as layer.shp and its parts."""
    members = _files(path, rules)
    stems = _stems(members)
    chosen = [stem for stem in stems if not layer or PurePosixPath(stem).name == layer]
    if len(chosen) != 1:
        known = ", ".join(PurePosixPath(stem).name for stem in stems) or "-"
        raise _refused(path, f"name one of its shapefiles as layer: {known}", f"请用 layer 指定其中一个图层：{known}")
    with zipfile.ZipFile(path) as archive:
        for member in members:
            name = PurePosixPath(member.filename)
            suffix = name.suffix.lower()
            if str(name.with_suffix("")) == chosen[0] and suffix in SHAPEFILE_PARTS:
                _unpack(archive, member, folder / f"layer{suffix}")
    return folder / "layer.shp"


def list_shapefiles(path: Path, rules: Rules) -> list[str]:
    """Names of the shapefiles of the archive, as `unpack_shapefile` takes them."""
    return [PurePosixPath(stem).name for stem in _stems(_files(path, rules))]


def _files(path: Path, rules: Rules) -> list[zipfile.ZipInfo]:
    return [m for m in check_archive(path, rules) if not m.is_dir() and not m.filename.startswith("__MACOSX/")]


def _stems(members: list[zipfile.ZipInfo]) -> list[str]:
    names = [PurePosixPath(member.filename) for member in members]
    return sorted({str(name.with_suffix("")) for name in names if name.suffix.lower() == ".shp"})


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    left = member.file_size
    try:
        with archive.open(member) as packed, target.open("xb") as plain:
            while chunk := packed.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise _refused(Path(str(archive.filename)), "a member is larger than stated", "成员大小与声明不符")
                plain.write(chunk)
    except _BROKEN as error:
        raise _refused(Path(str(archive.filename)), "a member is broken", "成员已损坏") from error


def _refused(path: Path, en: str, zh: str) -> BadInput:
    return BadInput(Words(f"{path.name} is refused: {en}", f"{path.name} 被拒绝：{zh}"))
