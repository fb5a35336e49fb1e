"""Zipped shapefiles and workbooks: an archive is judged whole before one byte of it is unpacked."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

from geo.errors import BadInput, TooLarge, Words
from geo.rules import Rules

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".7z", ".rar", ".bz2", ".xz", ".tgz"})
_MAX_MEMBERS = 2_000
#: Below this size a high ratio is harmless (an empty sheet packs very well).
_SMALL_BYTES = 10_000_000


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
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in member.filename or "\x00" in member.orig_filename:
            raise _refused(path, "a member's name leaves the archive", "成员文件名越出压缩包")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, "it holds a link", "含有链接")
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


def unpack_shapefile(path: Path, folder: Path, rules: Rules, layer: str = "") -> Path:
    """Unpack the one shapefile of the archive (or the one called `layer`) into `folder` as layer.shp and its parts."""
    members = [m for m in check_archive(path, rules) if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    stems = {str(PurePosixPath(m.filename).with_suffix("")) for m in members if m.filename.lower().endswith(".shp")}
    chosen = [stem for stem in sorted(stems) if not layer or PurePosixPath(stem).name == layer]
    if len(chosen) != 1:
        known = ", ".join(sorted(PurePosixPath(stem).name for stem in stems)) or "-"
        raise _refused(path, f"name one of its shapefiles as layer: {known}", f"请用 layer 指定其中一个图层：{known}")
    with zipfile.ZipFile(path) as archive:
        for member in members:
            name = PurePosixPath(member.filename)
            suffix = name.suffix.lower()
            if str(name.with_suffix("")) == chosen[0] and suffix in SHAPEFILE_PARTS:
                _unpack(archive, member, folder / f"layer{suffix}")
    return folder / "layer.shp"


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    left = member.file_size
    try:
        with archive.open(member) as packed, target.open("xb") as plain:
            while chunk := packed.read(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise _refused(Path(str(archive.filename)), "a member is larger than stated", "成员大小与声明不符")
                plain.write(chunk)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, FileExistsError) as error:
        raise _refused(Path(str(archive.filename)), "a member is broken", "成员已损坏") from error


def _refused(path: Path, en: str, zh: str) -> BadInput:
    return BadInput(Words(f"{path.name} is refused: {en}", f"{path.name} 被拒绝：{zh}"))
