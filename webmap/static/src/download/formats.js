/** The formats of files as a menu: links, or orders where making one takes longer than a reader waits. */

import { getBinaryURL } from "../data.js";
import { t } from "../i18n.js";
import { order } from "./orders.js";

export const FORMATS = ["csv", "xlsx", "geojson", "gpkg", "shp", "parquet"];

/** Rows from which a file is made in the background: XLSX, the slowest, takes a second for about as many. */
const LONG_ROWS = 4000;

/** Items of a menu for the files at `path` (without its format) with `asked` as query; `nRows` is how many rows they have, `name` what they hold. */
export function fileItems(app, path, asked, nRows, name) {
  return FORMATS.map((format) => {
    const label = t(`format.${format}`);
    const file = `${path}.${format}`;
    return nRows < LONG_ROWS ? { label, href: getBinaryURL(file, asked) } : { label, run: () => order(app, file, asked, `${name} · ${label}`) };
  });
}
