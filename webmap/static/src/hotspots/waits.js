/** In the place of figures that are still being worked out: what is waited for, and how long is left. */

import { h } from "../dom.js";

/** `Working` fills the line of the request `path` once it takes longer than a second. */
export const waitsFor = (path) => h("p", { class: "gs-waits", role: "status", "data-waits": path });
