"""Cuts the typeface of printed pages out of the npm package @expo-google-fonts/noto-sans-sc (OFL); see `make fonts`.

python .ci/cut_fonts.py PACKAGE_FOLDER OUT_FOLDER: the regular weight keeps the CJK basic block, the bold one GB 2312.
"""

import hashlib
import io
import json
import lzma
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SIGNS = (
    "0020-007E,00A0-017F,01CD-01DC,0391-03C9,2010-2027,2030-203B,20AC,2103,2113,2116,2122,2150-218F,2190-2199,2200-22FF,"
    "2460-2473,2500-257F,25A0-25CF,3000-303F,3105-312F,FE30-FE4F,FF00-FFEF"
)
BASIC_BLOCK = set(range(0x4E00, 0xA000))
GB2312 = {
    ord(character)
    for high in range(0xB0, 0xF8)
    for low in range(0xA1, 0xFF)
    for character in bytes([high, low]).decode("gb2312", "ignore")
}
WEIGHTS = {
    "NotoSansSC-Regular": ("400Regular/NotoSansSC_400Regular.ttf", BASIC_BLOCK),
    "NotoSansSC-Bold": ("700Bold/NotoSansSC_700Bold.ttf", GB2312),
}


def cut(source: Path, hanzi: set[int]) -> bytes:
    """The font without hints and layout tables, cut to signs and `hanzi`, packed."""
    font = TTFont(source)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[*range(7), 13, 14])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "vhea", "vmtx", "VORG", "BASE", "STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=set(subset.parse_unicodes(SIGNS)) | hanzi)
    subsetter.subset(font)
    whole = io.BytesIO()
    font.save(whole)
    return lzma.compress(whole.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def main(package: Path, out: Path) -> None:
    """Write the fonts, their licence and the manifest."""
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    files = []
    for name, (source, hanzi) in WEIGHTS.items():
        body = cut(package / source, hanzi)
        (out / f"{name}.ttf.xz").write_bytes(body)
        files.append({"name": f"{name}.ttf.xz", "source": source, "sha256": hashlib.sha256(body).hexdigest()})
    (out / "OFL.txt").write_bytes((package / "LICENSE_FONT").read_bytes())
    told = {"package": "@expo-google-fonts/noto-sans-sc", "version": version, "licence": "OFL-1.1", "files": files}
    (out / "manifest.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
