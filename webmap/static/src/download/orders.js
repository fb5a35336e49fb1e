/** Files that the service makes in the background: how far each is, how long it takes yet, a way to give it up, the file. */

import { byId, h, paint } from "../dom.js";
import { address, getBinaryURL, getJSON, sendJSON } from "../data.js";
import { icon } from "../icons.js";
import { percent, t, words } from "../i18n.js";

const ASK_MS = 400;
const OPEN = ["queued", "running"];
const orders = [];

/** Have the file at `path` made; it comes by itself once it is there. */
export async function order(app, path, asked, label) {
  const mine = { label, job: null, fault: null };
  orders.push(mine);
  draw(app);
  try {
    const { id } = await sendJSON("POST", address(path, asked), {});
    mine.id = id;
    do {
      mine.job = await getJSON(`/api/files/${id}`, {}, { isQuiet: true });
      draw(app);
      if (OPEN.includes(mine.job.state)) await new Promise((done) => setTimeout(done, ASK_MS));
    } while (OPEN.includes(mine.job.state));
    if (mine.job.state === "done") save(mine.job.file);
  } catch (fault) {
    mine.fault = fault;
  }
  draw(app);
}

function save(file) {
  const link = h("a", { href: getBinaryURL(file.href), download: file.name });
  document.body.append(link);
  link.click();
  link.remove();
}

function drop(app, one) {
  orders.splice(orders.indexOf(one), 1);
  draw(app);
}

async function cancel(app, one) {
  try {
    await sendJSON("POST", `/api/files/${one.id}/cancel`, {});
  } catch (fault) {
    one.fault = fault;
  }
  draw(app);
}

/** What is said of a file, its state in words. */
function said(app, { job, fault }) {
  if (fault) return app.faultWords(fault);
  if (!job || job.state === "queued") return t("file.waiting");
  if (job.state === "running") return [percent(job.share, 0), job.eta_s === null ? null : t("state.loading", { n: t("state.seconds", { n: Math.ceil(job.eta_s) }) })].filter(Boolean).join(" · ");
  return words(job.words);
}

function row(app, one) {
  const { job, fault } = one;
  const isOpen = !fault && (!job || OPEN.includes(job.state));
  return h(
    "div",
    { class: `gs-order is-${fault ? "failed" : (job?.state ?? "queued")}` },
    h("span", { class: "gs-order-name" }, one.label),
    isOpen ? h("progress", { max: "1", value: job?.state === "running" ? String(job.share) : null, "aria-label": one.label }) : null,
    h("span", null, said(app, one)),
    job?.state === "done" ? h("a", { class: "gs-link", href: getBinaryURL(job.file.href), download: job.file.name, "data-focus": `order-${one.id}` }, t("action.download")) : null,
    isOpen
      ? h("button", { type: "button", class: "gs-link", disabled: one.id ? null : true, "data-focus": `order-${one.id}`, onclick: () => cancel(app, one) }, t("action.cancel"))
      : h("button", { type: "button", class: "gs-icon-button", "aria-label": t("action.close"), onclick: () => drop(app, one) }, icon("close", 12)),
  );
}

function draw(app) {
  let box = byId("gs-orders");
  if (!box) {
    box = h("div", { class: "gs-orders", id: "gs-orders", role: "status" });
    byId("gs-map").append(box);
  }
  box.hidden = orders.length === 0;
  paint(box, orders.length ? h("div", { class: "gs-orders-head" }, t("file.heading")) : null, orders.map((one) => row(app, one)));
}
