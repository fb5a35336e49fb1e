"""What the intake desk shows of a file before it is imported: facts, a proposed mapping with reasons, places."""

from pathlib import Path
from typing import Any

import pandas as pd

from geo.errors import BadQuery, Words
from geo.intake.points import Bounds
from geo.intake.preview import Choices, Place, Preview, preview
from geo.intake.propose import Proposal, propose
from geo.intake.readers.peek import Peek, peek
from geo.records import Records
from geo.records.tables import WHOLE_TABLES
from geo.rules import Rules
from geo.schema import SOURCES
from geo.snapshot.world import points_of

#: So many different cells of a column are shown, each cut to so many characters.
N_SAMPLES = 4
MAX_SAMPLE_CHARS = 80
#: A column with at most so many different cells is one of fixed words, which are all given.
MAX_WORDS = 16


def preview_file(
    records: Records,
    path: Path,
    rules: Rules,
    chosen: Choices,
    bounds: Bounds | None,
    *,
    table: str = "",
    layer: str = "",
    encoding: str = "",
    header_line: int | None = None,
) -> dict[str, Any]:
    """The first look at `path`, JSON-ready: see `geo.intake.readers.peek`, `propose` and `preview` for the parts.

    Cells of columns about persons are not among the samples. Errors: `BadQuery` (no such table), those of `peek`.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
    ...     file = Path(folder, "cameras.csv")
    ...     _ = file.write_text("id,lon,lat\\n7,7.4,43.7\\n", encoding="utf-8")
    ...     found = preview_file(records, file, Rules(), Choices(), None)
    >>> found["proposal"]["x"], found["proposal"]["datum"], found["points"], found["columns"][0]
    ('lon', 'wgs84', [(7.4, 43.7)], {'name': 'id', 'samples': ['7'], 'words': ['7'], 'personal': False})
    """
    if table and (table not in SOURCES or table in WHOLE_TABLES):
        raise BadQuery(Words(f"no table {table!r} to import into", f"不能导入到表 {table!r}"))
    seen = peek(path, rules, layer=layer, encoding=encoding, header_line=header_line)
    proposal = propose(seen, path.name, table=table)
    known = _known_places(records, proposal.table["table"])
    drawn = preview(seen, path.name, proposal, chosen, bounds, known)
    return _facts(seen, proposal) | _drawn(drawn) | {"proposal": _completed(seen, proposal, drawn, layer)}


def _facts(seen: Peek, proposal: Proposal) -> dict[str, Any]:
    return {
        "format": seen.format,
        "encoding": seen.encoding,
        "delimiter": seen.delimiter,
        "header_line": seen.header_line,
        "layers": list(seen.layers),
        "crs": seen.crs,
        "n_rows": seen.n_rows,
        "columns": [_column(name, cells, personal=name in proposal.personal) for name, cells in seen.columns],
        "tables": list(proposal.tables),
        "reasons": {
            target: {"column": reason.column, "confidence": reason.confidence, "words": reason.words.both()}
            for target, reason in proposal.reasons.items()
        },
        "faults": [fault.both() for fault in proposal.faults],
    }


def _drawn(drawn: Preview) -> dict[str, Any]:
    return {
        "points": list(drawn.points),
        "as_written": list(drawn.as_written),
        "shapes": list(drawn.shapes),
        "n_placed": drawn.n_placed,
        "n_inside": drawn.n_inside,
        "swapped": drawn.swapped,
        "place_faults": [fault.both() for fault in drawn.faults],
        "place_reasons": {name: words.both() for name, words in drawn.reasons.items()},
    }


def _completed(seen: Peek, proposal: Proposal, drawn: Preview, layer: str) -> dict[str, Any]:
    made = proposal.table | {"datum": drawn.datum}
    if seen.crs is None:
        made["crs"] = drawn.crs
    if len(seen.layers) > 1:
        made["layer"] = layer or seen.layers[0]
    return made


def _column(name: str, cells: tuple[str | None, ...], *, personal: bool) -> dict[str, Any]:
    told = [] if personal else list(dict.fromkeys(cell.strip() for cell in cells if cell and cell.strip()))
    samples = [cell[:MAX_SAMPLE_CHARS] for cell in told[:N_SAMPLES]]
    fixed = told if len(told) <= MAX_WORDS and all(len(cell) <= MAX_SAMPLE_CHARS for cell in told) else []
    return {"name": name, "samples": samples, "words": fixed, "personal": personal}


def _known_places(records: Records, table: str) -> dict[str, Place]:
    if table not in ("cameras", "places") or not records.has(table):
        return {}
    frame: pd.DataFrame = records.frame(table)
    lon, lat = points_of(frame)
    return dict(zip(frame["source_id"].tolist(), zip(lon.tolist(), lat.tolist(), strict=True), strict=True))
