/** The cameras one can propose: what is usual in the shops, named by pixels, lens and mount. */

import { number, t } from "../i18n.js";
import { levelTilt_deg } from "./optics.js";

const PIXELS = { "4k": [3840, 2160], "4mp": [2560, 1440], "1080p": [1920, 1080] };
const MOUNTS = { pole: 5, wall: 4 };

const model = (pixels, hfov_deg, mount) => ({ name: `${pixels}-${hfov_deg}-${mount}`, pixels, hfov_deg, mount });

export const MODELS = [model("4k", 84, "pole"), model("4k", 84, "wall"), model("4k", 30, "pole"), model("4mp", 84, "pole"), model("1080p", 84, "pole"), model("1080p", 30, "wall")];

/** Columns of the cameras table for one of MODELS. */
export function modelValues(name) {
  const { pixels, hfov_deg, mount } = MODELS.find((one) => one.name === name) ?? MODELS[0];
  const [h_px, v_px] = PIXELS[pixels];
  return { kind: "fixed", mount, height_m: MOUNTS[mount], h_px, v_px, hfov_deg, tilt_deg: levelTilt_deg(hfov_deg, v_px / h_px) };
}

/** The model that `values` began as, or "" where the lens was changed since. */
export const modelOf = (values) => MODELS.find(({ name }) => Object.entries(modelValues(name)).every(([key, value]) => values[key] === value))?.name ?? "";

export function pixelWords({ h_px, v_px }) {
  const known = Object.entries(PIXELS).find(([, [across]]) => across === h_px);
  return known ? t(`whatif.pixels.${known[0]}`) : v_px ? `${h_px} × ${v_px}` : t("status.unknown");
}

/** "4K, 84°, 5 m pole". */
export function modelWords(values) {
  const parts = [pixelWords(values), Number.isFinite(values.hfov_deg) ? `${number(values.hfov_deg, values.hfov_deg % 1 ? 1 : 0)}°` : null];
  const mount = MOUNTS[values.mount] ? t(`whatif.mount.${values.mount}`, { height: number(values.height_m, values.height_m % 1 ? 1 : 0) }) : null;
  return [...parts, mount].filter(Boolean).join(t("punct.list"));
}
