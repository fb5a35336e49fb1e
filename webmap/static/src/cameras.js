/** Which cameras see a point, and the card of one camera (planner and up). */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { number, range, t, time } from "./i18n.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);
const degrees = (value) => (known(value) ? `${number(value)}°` : t("status.unknown"));
const metres = (value) => (known(value) ? `${number(value, value < 10 ? 1 : 0)} m` : t("status.unknown"));

const kindWords = (kind) => (kind ? t(`camera.kind.${kind}`) : t("status.unknown"));
const yesNo = (value, yes, no) => (value === null || value === undefined || value === "" ? t("status.unknown") : value === false ? no : yes);

const label = (camera) => camera.camera_name || camera.name || camera.uid;

/** The list for one clicked point; `found` is the answer of /api/identify. */
export function seenList(app, found) {
  const { cameras = [] } = found;
  return h(
    "div",
    { class: "gs-card-part" },
    h("div", { class: "gs-card-note" }, h("b", null, t("point.title")), h("span", null, t("point.at", { at: number(app.state.get("at"), app.state.get("at") % 1 ? 1 : 0) }))),
    cameras.length
      ? h(
          "ul",
          { class: "gs-seen" },
          cameras.map((camera) =>
            h(
              "li",
              null,
              h(
                "button",
                { type: "button", class: "gs-seen-row", "data-focus": `cam-${camera.uid}`, onclick: () => app.openCamera(camera.uid), onpointerenter: () => app.grid.highlightCameras([camera.uid]), onpointerleave: () => app.grid.highlightCameras(cameras.map((c) => c.uid)) },
                h("span", { class: `gs-mark is-${camera.status}`, "aria-hidden": "true" }),
                h("span", { class: "gs-seen-name" }, label(camera)),
                h("span", { class: "gs-seen-kind" }, [kindWords(camera.kind), known(camera.azimuth_deg) ? degrees(camera.azimuth_deg) : null].filter(Boolean).join(" · ")),
                h("span", { class: "gs-seen-far" }, metres(camera.distance_m)),
              ),
            ),
          ),
        )
      : h("p", { class: "gs-note" }, t("point.none")),
    h("p", { class: "gs-note" }, t("card.foot", { as_of: time(found.as_of), number: app.boot.snapshot?.number ?? "" })),
  );
}

function viewRow(camera, key) {
  const nominal = camera.view?.nominal?.[key];
  const low = camera.view?.low?.[key];
  const high = camera.view?.high?.[key];
  const sides = [low, high].filter(known).sort((a, b) => a - b);
  const spread = sides.length === 2 && sides[1] - sides[0] > 0.05 ? range(sides[0], sides[1]) : "";
  return [nominal ?? camera[key], spread];
}

export function cameraCard(app, camera) {
  const [near, nearSpread] = viewRow(camera, "near_m");
  const [reach, reachSpread] = viewRow(camera, "reach_m");
  const [sweep, sweepSpread] = viewRow(camera, "sweep_deg");
  const status = camera.status ?? "unknown";
  const filed = camera.filed ?? camera.filing_number ?? camera.filing_no;
  const rows = [
    [t("camera.kind"), kindWords(camera.kind)],
    [t("camera.azimuth"), degrees(camera.azimuth_deg ?? camera.view?.nominal?.azimuth_deg)],
    [t("camera.hfov"), known(camera.hfov_deg) ? degrees(camera.hfov_deg) : known(sweep) ? degrees(sweep) : t("status.unknown"), known(camera.hfov_deg) ? "" : sweepSpread],
    [t("camera.lens"), known(camera.focal_mm) ? `${number(camera.focal_mm, 1)} mm` : t("status.unknown")],
    [t("camera.range"), metres(reach), reachSpread],
    [t("camera.near"), metres(near), nearSpread],
    [t("camera.height"), metres(camera.height_m)],
    [t("camera.filed"), yesNo(filed, typeof filed === "string" ? filed : t("camera.filed"), t("status.unfiled"))],
    [t("camera.sign"), yesNo(camera.sign ?? camera.has_sign, t("camera.sign_yes"), t("status.no_sign"))],
    [t("camera.id"), camera.source_id ?? camera.uid],
  ];
  const path = (camera.path ?? camera.units ?? []).map((step) => step.name).join(" / ");
  return [
    h(
      "div",
      { class: "gs-card-head" },
      h("div", { class: "gs-crumbs" }, h("button", { type: "button", class: "gs-link", "data-focus": "camera-back", onclick: () => app.closeCamera() }, icon("chevronLeft", 12), t("camera.back")), path ? h("span", { class: "gs-crumb-here" }, path) : null),
      h("div", { class: "gs-card-title" }, h("h2", null, label(camera)), h("span", { class: "gs-status" }, h("span", { class: `gs-mark is-${status}`, "aria-hidden": "true" }), t(`camera.status.${status}`))),
    ),
    h(
      "dl",
      { class: "gs-facts" },
      rows.map(([name, value, spread]) => [h("dt", null, name), h("dd", null, value, spread ? h("small", null, ` ${spread}`) : null)]),
    ),
    camera.live ? h("p", { class: "gs-note" }, t("camera.live")) : null,
    h("p", { class: "gs-card-foot" }, t("camera.range_note", { at: number(app.state.get("at"), app.state.get("at") % 1 ? 1 : 0) }), " ", t("card.foot", { as_of: time(camera.as_of), number: app.boot.snapshot?.number ?? "" })),
  ];
}
