import { t } from "./i18n.js";

/** The five measures of *how much*, in their order: result column, table needed, catalogue keys. */
export const MEASURE_ROWS = [
  { name: "places", column: "places_seen_share", needs: "places", short: "short.key_places", full: "measure.key_places_seen" },
  { name: "roads", column: "road_seen_share", needs: "roads", short: "short.roads", full: "measure.roads_seen" },
  { name: "incidents", column: "incidents_seen_share", needs: "incidents", short: "short.incidents", full: "measure.incidents_seen" },
  { name: "residents", column: "residents_near_share", needs: "residents", short: "short.residents", full: "short.residents" },
  { name: "area", column: "area_seen_share", needs: null, short: "short.area", full: "measure.area_seen" },
];

export const measureRow = (name) => MEASURE_ROWS.find((row) => row.name === name);

export const isAvailable = (row, boot) => row.needs === null || Boolean(boot.available?.[row.needs]);

export const columnOf = (row, estimate) => (estimate === "mid" ? row.column : `${row.column}_${estimate}`);

/** "not available: no roads loaded", from the service's own words where it gave some. */
export const absence = (row) => t("missing.table", { table: t(`table.${row.needs}`) });

export function densityWords(boot, scale, at) {
  const step = Object.entries(boot.scales[scale]).find(([, value]) => value === at)?.[0];
  return step ? t(`scale.${scale}.${step}`) : "";
}
