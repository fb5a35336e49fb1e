/** The page of a file that needs no service: the desks that a file has, and a machine that answers in the service's place. */

import { CoverageDesk } from "../coverage.js";
import { byId, h } from "../dom.js";
import { deskIn } from "../file/address.js";
import { Machine } from "../file/machine.js";
import { canUnpack, openPack } from "../file/pack.js";
import { GapsDesk } from "../gaps/desk.js";
import { HotspotsDesk } from "../hotspots/desk.js";
import { SafeguardsDesk } from "../safeguards/desk.js";
import { startWith } from "../start.js";

const DESKS = { coverage: CoverageDesk, gaps: GapsDesk, safeguards: SafeguardsDesk, hotspots: HotspotsDesk };

function deskOf(boot) {
  const asked = deskIn(window.location.hash);
  return boot.file_desks.includes(asked) ? asked : boot.desk;
}

/** An address with another desk is another page: nothing of this one may write its own address over it. */
function followDesk(event, given, desk) {
  if (deskOf(given) === desk) return;
  event.stopImmediatePropagation();
  window.location.reload();
}

export async function start(map, given) {
  if (!canUnpack()) {
    byId("gs-banners").append(h("div", { class: "gs-banner is-bad", role: "alert" }, h("span", null, given.messages["file.too_old"][given.lang])));
    return null;
  }
  const boot = { ...given, desk: deskOf(given) };
  byId("gs-app").classList.replace(`is-desk-${given.desk}`, `is-desk-${boot.desk}`);
  const pack = await openPack(byId("gs-pack"));
  for (const kind of ["popstate", "hashchange"]) window.addEventListener(kind, (event) => followDesk(event, given, boot.desk));
  return startWith(DESKS[boot.desk])(map, { ...boot, machine: new Machine(pack, boot), max_native_zoom: pack.zooms });
}
