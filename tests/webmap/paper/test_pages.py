"""Printed pages, read back by two programs that had no part in making them: pypdf (fonts) and PDFium (text, pixels)."""

import io
import re
import shutil
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader

from geo.desk import Desk
from geo.records import Records
from tests.webmap.colour_science import ciede2000, lab
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app
from webmap.i18n import load_messages
from webmap.maps.palette import load_palette

PAGES = [(desk, lang) for desk in ("coverage", "gaps", "safeguards", "hotspots") for lang in ("zh", "en")]
#: The map on the sheet, in points: left, top, right, bottom.
MAP = (30, 78, 358, 533)


@pytest.fixture(scope="module")
def home(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("printed") / "home"
    shutil.copytree(tiny_home, copy)
    return copy


@pytest.fixture(scope="module")
def clients(home: Path) -> Iterator[dict[str, HomeClient]]:
    desk, found = Desk(home), {}
    with Records.open(home) as records:
        for role in ("leader", "planner", "analyst"):
            app = create_app(Settings(home=home, role=role), desk=desk, records=records)
            app.test_client_class = HomeClient
            found[role] = app.test_client()
        yield found  # type: ignore[misc]


@pytest.fixture(scope="module")
def printed(clients: dict[str, HomeClient]) -> dict[tuple[str, str], bytes]:
    """Each desk's page in both languages, for an analyst."""
    answers = {page: clients["analyst"].get(f"/print/{page[0]}.pdf?lang={page[1]}") for page in PAGES}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer.mimetype for answer in answers.values()} == {"application/pdf"}
    return {page: answer.data for page, answer in answers.items()}


@cache
def text_of(pdf: bytes) -> str:
    """All text of the page, without the spaces that a reader puts where it pleases."""
    return re.sub(r"\s+", "", pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())


def pixels_of(pdf: bytes, scale: float = 2.0) -> np.ndarray:
    """The page as PDFium draws it, uint8 (height, width, 3)."""
    return np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("RGB"))


def share_of(pixels: np.ndarray, colour: str) -> float:
    """Share of the map's pixels that have exactly this colour."""
    left, top, right, bottom = (2 * side for side in MAP)
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return float((pixels[top:bottom, left:right] == wanted).all(axis=2).mean())


def words(key: str, lang: str, **values: object) -> str:
    text = load_messages()[key].text(lang)
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("desk", "lang"), PAGES)
def test_one_a4_page_of_vectors_with_its_fonts_in_it(printed: dict[Any, bytes], desk: str, lang: str) -> None:
    reader = PdfReader(io.BytesIO(printed[desk, lang]))
    [page] = reader.pages
    assert [float(side) for side in page.mediabox] == [0, 0, 842, 595]
    assert "/XObject" not in page["/Resources"].get_object()  # type: ignore[union-attr]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)
    assert len(printed[desk, lang]) < 400_000
    assert reader.trailer["/Root"]["/Lang"] == {"zh": "zh-CN", "en": "en"}[lang]  # type: ignore[index]


@pytest.mark.parametrize(("desk", "lang"), PAGES)
def test_head_and_foot_say_where_when_and_from_what(
    printed: dict[Any, bytes], clients: dict[str, HomeClient], desk: str, lang: str
) -> None:
    text, boot = text_of(printed[desk, lang]), clients["analyst"].get("/api/home").json
    place = clients["analyst"].get("/api/units?level=prefecture").json
    assert place["name"][0] in text
    assert boot["snapshot"]["id"][:8] in text
    assert boot[f"attribution_{lang}"].replace(" ", "") in text
    assert words("paper.page", lang, page=1, of=1) in text
    assert "WGS84/UTMzone49N" in text
    assert words("file.role", lang, role=words("role.analyst", lang)) in text
    assert re.search(r"20\d\d-\d\d-\d\d", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_coverage_prints_the_figures_of_the_card(
    printed: dict[Any, bytes], clients: dict[str, HomeClient], lang: str
) -> None:
    text, card = text_of(printed["coverage", lang]), clients["analyst"].get("/api/units/prefecture/P").json
    roads = card["values"]
    # Without key places the first measure that there is, is roads.
    assert words("measure.roads_seen", lang) in text
    for column in ("road_seen_share", "public_3plus_share"):
        ends = [f"{roads[f'{column}{end}'] * 100:.1f}" for end in ("", "_low", "_high")]
        assert ends[0] in text
        assert f"{ends[1]}–{ends[2]}" in text
    unseen = {row["reason"]: row["road_m"] for row in card["gap"]["reasons"]}
    for reason, metres in unseen.items():
        key = "reason.register_in_doubt" if reason == "doubt" else f"reason.{reason}"
        assert words(key, lang) + f"{metres:,.0f}m" in text
    # No building is loaded, so no facade is known: said, not drawn as 0.
    assert words("card.facade", lang) + words("map.no_data", lang) in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_gaps_print_what_the_service_tells(
    printed: dict[Any, bytes], clients: dict[str, HomeClient], lang: str
) -> None:
    text = text_of(printed["gaps", lang])
    gaps = clients["analyst"].get("/api/gaps?level=prefecture").json
    [metres] = gaps["columns"]["road_unseen_m"]
    assert f"{metres:,.0f}m" in text
    sums = [round(cells[0], 2) for cells in gaps["reasons"].values()]
    assert sum(sums) == pytest.approx(metres, abs=0.1)
    assert words("gaps.sum_roads", lang) in text


def test_filtered_gaps_are_those_that_the_columns_of_the_service_leave(clients: dict[str, HomeClient]) -> None:
    client = clients["analyst"]
    gaps = client.get("/api/gaps?level=grid").json
    units = client.get("/api/units?level=grid").json
    for reason in [name for name, cells in gaps["reasons"].items() if any(cells)]:
        parts = {i: m for i, m in enumerate(gaps["reasons"][reason]) if m}
        text = text_of(client.get(f"/print/gaps.pdf?lang=en&reason={reason}").data)
        key = "reason.register_in_doubt" if reason == "doubt" else f"reason.{reason}"
        assert words("gap.reason", "en") + ":" + words(key, "en") in text
        whole = f"{words('gaps.roads', 'en')}{sum(parts.values()):,.0f}m"
        assert words("paper.gaps_kept", "en", figure="", value=whole) in text
        n_all = sum(1 for m in gaps["columns"]["road_unseen_m"] if m)
        assert words("paper.kept_rows", "en", n=len(parts), of=n_all, level="Grid") in text
        listed = text[text.rindex("Grid,mostfirst") :]
        for i, metres in parts.items():
            assert re.sub(r"\s+", "", units["name_en"][i] or units["name"][i] or units["code"][i]) in listed
            assert f"{metres:,.0f}" in listed
    nothing = text_of(client.get("/print/gaps.pdf?lang=en&length=99999999-").data)
    assert words("state.empty_filter", "en") in nothing


def test_filters_of_incidents_at_gaps_are_for_those_who_see_incidents(clients: dict[str, HomeClient]) -> None:
    found = clients["analyst"].get("/api/gaps/incidents?level=grid").json
    n = sum(1 for hour in found["columns"]["hour"] if hour % 24 == 8)
    asked = "/print/gaps.pdf?lang=en&hours=8"
    mine, theirs = (text_of(clients[role].get(asked).data) for role in ("analyst", "planner"))
    assert f"{n}{words('gaps.kept_hint', 'en')}" in mine
    assert "8–9h" in mine
    assert words("paper.left_out", "en", names=words("paper.param.incidents", "en")) in theirs


def test_filtered_cameras_are_those_that_the_service_lists(clients: dict[str, HomeClient]) -> None:
    client = clients["analyst"]
    rows = client.get("/api/safeguards/cameras").json
    kept = [i for i, filed in enumerate(rows["columns"]["filed"]) if filed is False]
    text = text_of(client.get("/print/safeguards.pdf?lang=en&status=not_filed").data)
    level = words("guard.of.cameras", "en")
    assert words("paper.kept_rows", "en", n=len(kept), of=rows["n_rows"], level=level) in text
    for i, name in enumerate(rows["columns"]["camera_name"]):
        own = re.sub(r"\s+", "", name or rows["columns"]["uid"][i])
        assert (own in text) == (i in kept), own
    unnamed = text_of(clients["leader"].get("/print/safeguards.pdf?lang=en").data)
    assert not any(name and re.sub(r"\s+", "", name) in unnamed for name in rows["columns"]["camera_name"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hotspots_print_rates_sentences_and_method(
    printed: dict[Any, bytes], clients: dict[str, HomeClient], lang: str
) -> None:
    text = text_of(printed["hotspots", lang])
    client = clients["analyst"]
    # The tiny city has no whole month: the rates are of all of them, and say so.
    assert client.get("/api/headline?level=grid").json["month"] is None
    rates = client.get("/api/rates?by=unit&level=prefecture").json["rows"][0]
    ends = [f"{rates[f'on_time_share{end}'] * 100:.1f}" for end in ("", "_low", "_high")]
    assert f"{ends[0]}%" in text
    assert f"{ends[1]}–{ends[2]}" in text
    assert words("headline.all_months", lang, name=words("rate.on_time_short", lang)) in text
    found = client.get("/api/emerging?level=grid").json
    assert re.sub(r"\s+", "", found["method"]["line"][lang]) in text
    for pattern in ("new", "intensifying", "historical"):
        assert words(f"paper.rule_{pattern}", lang) in text
    labels = [label for label in found["units"]["label"] if label not in (None, "none", "no_result")]
    for label in set(labels):
        assert words(f"emerging.{label}", lang) in text


def test_fills_and_dots_on_the_map_are_those_of_the_legend(clients: dict[str, HomeClient]) -> None:
    """The tiny city is of eight equal squares, most of them without a road."""
    pixels = pixels_of(clients["analyst"].get("/print/coverage.pdf?level=grid").data)
    shares = clients["analyst"].get("/api/metrics/coverage?level=grid").json["columns"]["road_seen_share"]
    known = [min(4, int(share * 5)) for share in shares if share is not None]
    parts = [share_of(pixels, fill) for fill in load_palette()["scales"]["coverage"]["light"]]
    assert [part > 0.005 for part in parts] == [k in known for k in range(5)]
    dotted = share_of(pixels, "#FFFFFF")
    assert dotted / (8 - len(known)) == pytest.approx(sum(parts) / len(known), rel=0.25)


def test_a_leader_gets_no_small_count_and_is_told_so(clients: dict[str, HomeClient]) -> None:
    """In the tiny city `A-1` has 2 incidents and `A-2` 6, of which the 2 could be worked back."""
    asked = "/print/hotspots.pdf?lang=en&place=grid:A-1&measure=gi"
    mine, theirs = (text_of(clients[role].get(asked).data) for role in ("analyst", "leader"))
    assert words("paper.hidden", "en", n=5) in theirs
    assert words("paper.hidden", "en", n=5) not in mine
    card = clients["leader"].get("/api/units/grid/A-1").json
    assert card["rates"]["on_time_share"] is None
    assert words("map.suppressed", "en") in theirs
    density = text_of(clients["leader"].get("/print/hotspots.pdf?lang=en&measure=density").data)
    assert words("paper.blank_below", "en", n=5) in density


def test_gaps_are_no_leaders_page(clients: dict[str, HomeClient]) -> None:
    assert clients["leader"].get("/print/gaps.pdf").status_code == 403
    assert clients["planner"].get("/print/gaps.pdf").status_code == 200


def test_what_was_printed_stands_in_the_audit(clients: dict[str, HomeClient], home: Path) -> None:
    assert clients["leader"].get("/print/safeguards.pdf?place=town:A&colour=seen3").status_code == 200
    with Records.open(home) as records:
        row = records.audit(1).iloc[0]
    assert (row["route"], row["unit"], row["filter"]) == (
        "/print/safeguards.pdf",
        "town:A",
        "place=town:A&colour=seen3",
    )
    assert row["rows"] == 4  # the grids of town A


def test_paper_names_what_of_the_address_it_does_not_follow(clients: dict[str, HomeClient]) -> None:
    text = text_of(clients["analyst"].get("/print/gaps.pdf?lang=en&scn=abcd&z=9&at=25&measure=nothing").data)
    assert words("paper.left_out", "en", names="scenario,measure") in text


def test_an_unknown_place_is_not_found(clients: dict[str, HomeClient]) -> None:
    assert clients["leader"].get("/print/coverage.pdf?place=town:Z").status_code == 404
    assert clients["leader"].get("/print/nothing.pdf").status_code == 404


def test_the_selected_unit_is_outlined_and_named(clients: dict[str, HomeClient]) -> None:
    plain, chosen = (clients["leader"].get(f"/print/coverage.pdf?lang=zh{more}").data for more in ("", "&sel=grid:B-4"))
    units = clients["leader"].get("/api/units?level=grid").json
    name = units["name"][units["code"].index("B-4")] or "B-4"
    assert text_of(chosen).count(name) > text_of(plain).count(name)


@pytest.mark.parametrize("measure", ["gi", "density"])
def test_other_maps_of_the_leader(clients: dict[str, HomeClient], measure: str) -> None:
    text = text_of(clients["analyst"].get(f"/print/hotspots.pdf?lang=zh&measure={measure}").data)
    assert words(f"paper.{measure}", "zh") in text


def chips_of(pdf: bytes, x: int, n: int) -> list[np.ndarray]:
    """What stands within the first `n` swatches of a legend whose left is at `x` points, in grey, four pixels a point.

    Swatches are 22 by 11.5 points, the next one begins 14.8 further down.
    """
    grey = np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil().convert("L"))[:, 4 * x + 4 : 4 * x + 84]
    first = next(row for row in range(4 * 85, 4 * 140) if (grey[row] < 215).mean() > 0.99)
    return [grey[first + round(59.2 * k) + 4 : first + round(59.2 * k) + 42] for k in range(n)]


#: Least CIEDE2000 between neighbouring classes in greyscale, as the design of the pages says (UI.md, section 8).
@pytest.mark.parametrize(("desk", "n", "least"), [("coverage", 5, 10.1), ("gaps", 4, 16.1), ("safeguards", 5, 9.2)])
def test_neighbouring_classes_of_a_legend_stay_apart_in_grey(
    clients: dict[str, HomeClient], desk: str, n: int, least: float
) -> None:
    pdf = clients["analyst"].get(f"/print/{desk}.pdf?lang=en&colour=facade").data
    # Most of a swatch is its fill; hatches are lines over it. What stands under the first gap class has no hatch.
    fills = [int(np.bincount(chip.ravel()).argmax()) for chip in chips_of(pdf, 374, n)][int(desk == "gaps") :]
    apart = [ciede2000(*(lab(f"#{fill:02X}{fill:02X}{fill:02X}") for fill in pair)) for pair in pairwise(fills)]
    assert min(apart) > least - 0.4  # a grey of 8 bits is half a step off at most, on either side


def test_every_glyph_of_the_matrix_differs_from_every_other_in_grey(printed: dict[Any, bytes]) -> None:
    """Hue is lost in a photocopy; then the sign in the chip tells the class, by two per cent of its points at least."""
    chips = [chip for x in (428, 468) for chip in chips_of(printed["hotspots", "en"], x, 8)]
    signs = [np.abs(chip.astype(float) - np.median(chip[:, :6])) > 60 for chip in chips]
    apart = [float((one != other).mean()) for one, other in combinations(signs, 2)]
    assert min(apart) > 0.02
