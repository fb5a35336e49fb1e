"""The README's pictures, taken of the full demo: `make pictures`.

python -m tests.browser.pictures HOME FOLDER
"""

import io
import logging
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, serving

WIDTH, HEIGHT = 1366, 768
MAX_BYTES = 250_000
#: Colours that cover much, tried in turn; beside them `N_RARE` that stand far apart, for marks. No dithering: text.
N_COMMON = (192, 128, 96, 64, 40)
N_RARE = 32
#: File name -> role, address.
PICTURES = {
    "prefecture": ("planner", "/coverage?lang=zh&theme=light"),
    "county": ("planner", "/coverage?lang=en&theme=dark&place=county:433101&measure=roads"),
    "street": ("planner", "/coverage?lang=en&theme=light&place=township:433101001&c=109.72650,28.30600&z=17"),
    "safeguards": ("planner", "/safeguards?lang=en&theme=light&place=county:433124"),
    "hotspots": ("leader", "/hotspots?lang=zh&theme=light&measure=emerging&level=village"),
}


def main(home: Path, folder: Path) -> None:
    """Write each of `PICTURES` into `folder`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS))
        for name, (role, path) in PICTURES.items():
            with serving(home, role) as service:
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                page.goto(service.url + path)
                page.wait_for_selector("html[data-ready='map']", state="attached", timeout=60_000)
                page.wait_for_load_state("networkidle", timeout=60_000)
                page.wait_for_timeout(1_000)
                png = small(page.screenshot())
                page.close()
            (folder / f"{name}.png").write_bytes(png)
            print(f"{folder / name}.png {len(png) / 1000:.0f} kB")
        browser.close()


def small(png: bytes) -> bytes:
    """The picture with as many colours as `MAX_BYTES` leave room for."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    rare = picture.quantize(N_RARE, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    for n_common in N_COMMON:
        common = picture.quantize(n_common, method=Image.Quantize.MEDIANCUT).getpalette() or []
        palette = Image.new("P", (1, 1))
        palette.putpalette(common[: 3 * n_common] + rare[: 3 * N_RARE])
        out = io.BytesIO()
        picture.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES:
            return out.getvalue()
    raise SystemExit(f"the picture does not fit into {MAX_BYTES} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
