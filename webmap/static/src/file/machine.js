/** Answers what the page asks of the service, out of what its file carries. */

import { cardOf } from "./cards.js";
import { evidenceOf } from "./evidence.js";
import { gapsOf } from "./gaps.js";
import { search } from "./search.js";
import { Units } from "./units.js";

const SEARCH_ROWS = 8;

export class Machine {
  constructor({ document, tile }, boot) {
    this.document = document;
    this.tile = tile;
    this.snapshot = boot.snapshot;
    this.available = boot.available;
    this.units = new Units(document, boot.levels);
  }

  /** The answer at `path`, with `params` and `address` (path and query); undefined: not part of this file. */
  answer(path, params, address) {
    const { document, units } = this;
    const kept = document.answers[address];
    if (kept !== undefined) return kept;
    const [, , what, ...rest] = path.split("/").map(decodeURIComponent);
    const at = Number(params.at ?? document.at);
    if (what === "search") return search(units, params.q, SEARCH_ROWS);
    if (what === "units" && !rest.length) return units.list(params.level);
    if (what === "metrics") return this.metrics(rest[0], params.level);
    if (what === "gaps" && !rest.length) return gapsOf(this, params.level, params.figure);
    const [level, code] = what === "units" ? rest : [params.level, params.code];
    const number = units.numberOf(level, code);
    if (number === undefined) return undefined;
    if (what === "units") return cardOf(this, level, number, at);
    return what === "evidence" ? (evidenceOf(this, params.figure, level, number, at) ?? undefined) : undefined;
  }

  metrics(name, level) {
    const { document, snapshot, units } = this;
    const table = units.table(name, level);
    return table ? { level, name, at: document.at, snapshot: snapshot.id, columns: table.columns, hidden: table.hidden, missing: document.missing[name] } : undefined;
  }
}
