import csv
import re
from pathlib import Path

from geo.hotspots.emerging.patterns import LABELS
from geo.hotspots.score_table import METHODS
from geo.schema import SOURCES
from webmap.i18n import choose_lang, choose_theme, load_messages, translate
from webmap.maps.boot import describe_tables

FOLDER = Path(__file__).parents[2] / "webmap" / "i18n"


def test_every_row_is_whole_and_no_key_stands_twice() -> None:
    keys = []
    for name in ("glossary.csv", "extra.csv", "intake.csv"):
        with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                assert set(row) == {"key", "en", "zh", "definition_en"}, row
                assert row["zh"] or row["en"], row
                keys.append(row["key"])
    assert len(keys) == len(set(keys))


def test_keys_of_the_service_are_there() -> None:
    assert {"login.title", "login.key", "error.title", "empty.title", "error.unexpected", "file.role"} <= set(
        load_messages()
    )


def test_every_key_that_paper_and_pages_name_is_there() -> None:
    """Literal keys of `say.t("…")` on paper and of `t("…")` in the sources of the pages."""
    known, web = set(load_messages()), FOLDER.parent
    named = {
        (file.name, key)
        for folder, ending in ((web / "paper", "*.py"), (web / "static" / "src", "*.js"))
        for file in folder.rglob(ending)
        if "node_modules" not in file.parts
        for key in re.findall(r"""\bt\("([a-z_0-9]+(?:\.[a-z_0-9]+)+)"[,)]""", file.read_text(encoding="utf-8"))
    }
    assert len(named) > 300
    assert {(file, key) for file, key in named if key not in known} == set()


def test_translate_fills_names_and_lets_an_unknown_key_stand() -> None:
    assert translate(load_messages(), "error.number", "en", id="ab12") == "Number ab12"
    assert translate({}, "no.such", "zh") == "no.such"


def test_language_of_hostile_headers_is_chinese() -> None:
    assert choose_lang("<script>", "../", "en;q=abc, ;;;q=, " + "x," * 5000) == "zh"
    assert choose_lang(None, None, "en;q=0") == "zh"
    assert choose_theme("neon", None) == "auto"


def test_every_table_that_an_import_counts_has_a_title() -> None:
    """The page has the titles of those that a file from the desk can fill; the others' are among its words."""
    others = SOURCES.keys() - {table["name"] for table in describe_tables()}
    assert {f"intake.{name}" for name in others} <= load_messages().keys()


def test_every_emerging_label_and_scored_method_has_a_name() -> None:
    names = {f"emerging.{label}" for label in LABELS} | {f"score.{method}" for method in METHODS}
    assert names | {"score.baseline", "score.last_month"} <= load_messages().keys()
