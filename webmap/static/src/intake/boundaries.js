/** Boundaries: what is wrong with them, on the map and in a list, and their repair step by step on consent. */

import { h, paint } from "../dom.js";
import { area, number, t, words } from "../i18n.js";
import { getJSON } from "../data.js";
import { buildAfter, followJob, hasEnded, sendJSON } from "./ask.js";
import { button, jobPanel } from "./parts.js";

const COLOURS = { self_intersection: "bad", overlap: "bad", gap: "warn", sliver: "proposed", outside_parent: "accent", missing: "ink3" };
const NAMED = 12;

const size = (m2) => (m2 < 100 ? `${number(m2, m2 < 10 ? 2 : 1)} m\u00b2` : area(m2));

export class BoundariesTab {
  constructor(app) {
    this.app = app;
    this.report = null;
    this.fault = null;
    this.chosen = new Set();
    this.picked = null;
    /** What is drawn of each fault, by its id. */
    this.marks = new Map();
    this.job = null;
    this.build = null;
  }

  open() {
    this.paint();
    this.app.map.home();
    this.load();
  }

  async load() {
    try {
      this.report = await getJSON("/api/topology");
      const ids = new Set(this.steps().map(({ id }) => id));
      this.chosen = new Set([...this.chosen].filter((id) => ids.has(id)));
      this.fault = null;
    } catch (fault) {
      this.fault = this.app.faultWords(fault);
    }
    this.draw();
    this.paint();
  }

  get features() {
    return this.report?.faults.features ?? [];
  }

  /** Properties of the faults that a step repairs. */
  steps() {
    return this.features.map(({ properties }) => properties).filter(({ step }) => step);
  }

  draw() {
    const { app } = this;
    if (app.tab !== this) return;
    app.map.show((map) => {
      this.marks = new Map();
      for (const { geometry, properties: fault } of this.features) {
        const mark = map.shape(geometry, { colour: COLOURS[fault.kind], strong: fault.id === this.picked, title: `${t(`intake.fault.${fault.kind}`)} \u00b7 ${size(fault.area_m2)}`, onclick: () => this.pick(fault.id, { fly: false }) });
        this.marks.set(fault.id, mark);
        const at = mark.getBounds().getCenter();
        map.dot([at.lng, at.lat], { colour: COLOURS[fault.kind], radius: fault.id === this.picked ? 6 : 4, onclick: () => this.pick(fault.id, { fly: false }) });
      }
    });
    const kinds = [...new Set(this.features.map(({ properties }) => properties.kind))];
    paint(app.legend, kinds.map((kind) => h("span", null, h("i", { class: "in-mark is-dot", style: { background: `var(--${COLOURS[kind]})` } }), t(`intake.fault.${kind}`))));
  }

  pick(id, { fly = true } = {}) {
    this.picked = id;
    if (fly) this.app.map.fitBounds(this.marks.get(id).getBounds());
    this.draw();
    this.paint();
    this.app.work.querySelector(".in-fault.is-on")?.scrollIntoView({ block: "nearest" });
  }

  toggle(ids, on) {
    ids.forEach((id) => (on ? this.chosen.add(id) : this.chosen.delete(id)));
    this.paint();
  }

  async repair() {
    const { app } = this;
    const steps = this.steps().filter(({ id }) => this.chosen.has(id));
    const m2 = steps.reduce((sum, { step }) => sum + step.area_m2, 0);
    const said = [
      t("intake.repair.what", { n: number(steps.length), m2: size(m2) }),
      h("ol", { class: "in-steps" }, steps.slice(0, NAMED).map(({ step }) => h("li", null, words(step.words)))),
      steps.length > NAMED ? t("intake.repair.more", { n: number(steps.length - NAMED) }) : null,
      t("intake.repair.recorded"),
    ].filter(Boolean);
    if (!(await app.confirm(t("intake.repair.title"), said, t("intake.repair")))) return;
    const answer = await app.attempt(() => sendJSON("/api/topology/repair", { steps: steps.map(({ id }) => id), version: this.report.version }));
    if (!answer) return;
    await app.attempt(() => this.follow(answer.job));
  }

  async follow(id) {
    const tell = (key) => (job) => {
      this[key] = job;
      this.paint();
    };
    this.build = null;
    const ended = await followJob(id, tell("job"));
    await this.load();
    const build = ended.state === "done" ? await buildAfter(ended) : null;
    if (!build) return;
    const built = await followJob(build.id, tell("build"));
    if (built.state === "done") this.app.map.grid.refresh();
  }

  paint() {
    if (this.app.tab !== this) return;
    const { report, fault, job, build } = this;
    this.app.paint(
      h(
        "section",
        { class: "in-section" },
        h("h2", null, t("intake.topology")),
        fault ? h("p", { class: "in-warning" }, fault) : null,
        report ? [h("p", { class: "in-sentence" }, this.sentence()), this.chosenBar(), job ? h("div", { class: "in-jobs", "aria-live": "polite" }, jobPanel(job), build ? jobPanel(build) : null) : null] : fault ? null : h("p", { class: "in-note" }, t("intake.topology.working")),
      ),
      report ? Object.keys(report.counts).map((kind) => this.group(kind)) : null,
    );
  }

  sentence() {
    const { counts, n_units: n } = this.report;
    const kinds = Object.entries(counts);
    if (!kinds.length) return t("intake.topology.clean", { n: number(n) });
    const parts = kinds.map(([kind, { n: of }]) => t("intake.topology.part", { kind: t(`intake.fault.${kind}`), n: number(of) }));
    return t("intake.topology.sentence", { n: number(n), parts: parts.join(t("intake.and")) });
  }

  chosenBar() {
    const ids = this.steps().map(({ id }) => id);
    if (!ids.length) return null;
    const all = ids.every((id) => this.chosen.has(id));
    const running = this.job && !hasEnded(this.job);
    const n = this.chosen.size;
    return h(
      "div",
      { class: "in-actions" },
      button(t(all ? "intake.repair.none" : "intake.repair.all", { n: number(ids.length) }), () => this.toggle(ids, !all), { name: "all" }),
      button(t("intake.repair.n", { n: number(n) }), () => this.repair(), { strong: true, name: "repair", disabled: !n || running || !this.app.boot.logged_in }),
    );
  }

  group(kind) {
    const { n, m2 } = this.report.counts[kind];
    const faults = this.features.map(({ properties }) => properties).filter((fault) => fault.kind === kind);
    return h(
      "section",
      { class: "in-section" },
      h("h2", null, h("i", { class: "in-mark is-dot", style: { background: `var(--${COLOURS[kind]})` } }), t(`intake.fault.${kind}`), h("span", { class: "in-note" }, ` ${number(n)} \u00b7 ${size(m2)}`)),
      h("p", { class: "in-note" }, t(`intake.fault.${kind}.what`)),
      h("ul", { class: "in-faults" }, faults.map((fault) => this.row(fault))),
    );
  }

  row(fault) {
    const { step } = fault;
    const check = step ? h("input", { type: "checkbox", checked: this.chosen.has(fault.id), "data-focus": `step-${fault.id}`, "aria-label": words(step.words), onchange: (event) => this.toggle([fault.id], event.target.checked) }) : h("span", { class: "in-no-step", "aria-hidden": "true" });
    return h(
      "li",
      { class: `in-fault${fault.id === this.picked ? " is-on" : ""}` },
      check,
      h("button", { type: "button", class: "in-fault-words", "data-focus": `fault-${fault.id}`, onclick: () => this.pick(fault.id) }, h("span", null, words(fault.words)), h("span", { class: "in-note" }, step ? words(step.words) : words(fault.why))),
      h("span", { class: "in-number" }, size(fault.area_m2)),
    );
  }
}
