/** The scenario as a thing that is kept: draft, saved, shared, exported, opened by link. */

import { language, t, time } from "../i18n.js";
import { copyText } from "../copy.js";
import { getBinaryURL } from "../data.js";
import { menu } from "../shell.js";
import { History, sameEdits } from "./edits.js";
import { DRAFT, exportAddress, listScenarios, readDraft, readScenario, saveScenario, writeDraft } from "./store.js";

const FORMATS = ["csv", "xlsx", "geojson"];

export const Scenario = (Base) =>
  class extends Base {
    /** Do what the address says: no `scn`, the draft, or a saved scenario. */
    async follow() {
      const id = this.app.state.get("scn");
      if (id === null) this.turnOff();
      else if (id === DRAFT) await this.resumeDraft();
      else if (!this.isOn || this.saved?.id !== id) await this.load(id);
    }

    /** By key or button. */
    enter() {
      if (!this.isOn) this.app.state.set({ scn: readDraft(this.app.boot)?.id ?? DRAFT, cmp: null });
    }

    /** Back to today; what is not saved stays as a draft, and that is said. */
    leave() {
      if (this.isUnsaved() && this.edits.length) this.app.shell.toast(t("whatif.kept"));
      this.app.state.set({ scn: null, cmp: null });
    }

    async resumeDraft() {
      if (this.isOn && !this.saved) return;
      const draft = readDraft(this.app.boot);
      const own = draft && !draft.id ? draft : null;
      if (own?.edits.length && !this.isOn) this.app.shell.toast(t("whatif.resumed", { time: time(own.changed) }));
      await this.begin(null, own ?? { name: "", edits: [] });
    }

    /** A scenario by link; one that is not there is named in the banner. */
    async load(id) {
      const draft = readDraft(this.app.boot);
      try {
        const found = await readScenario(id);
        const own = draft?.id === id && draft.version === found.version && !sameEdits(draft.edits, found.edits) ? draft : null;
        if (this.app.state.get("scn") !== id) return;
        if (own) this.app.shell.toast(t("whatif.resumed", { time: time(own.changed) }));
        await this.begin(found, own ?? found);
        this.tellAge(found);
        if (found.view?.c && !this.app.state.get("c")) this.app.grid.flyTo({ lon: found.view.c[0], lat: found.view.c[1], z: found.view.z });
      } catch (fault) {
        if (fault.status !== 404) this.tellFault(fault);
        else this.app.shell.banner("broken", t("link.broken", { names: "scn" }), { closable: true });
        if (fault.status === 404 && draft?.id === id) writeDraft(this.app.boot, { ...draft, id: null, version: null });
        this.app.state.set({ scn: fault.status === 404 && draft?.id === id ? DRAFT : null }, { replace: true });
      }
    }

    async begin(saved, { name, edits }) {
      this.saved = saved;
      this.history = new History({ name, edits });
      this.selected = edits.at(-1)?.key ?? null;
      const gone = await this.loadRecords();
      if (gone.size) this.leaveOut(gone);
      await this.turnOn();
      this.changed();
      this.paint();
    }

    /** A change of a camera that is gone stays in the list, not ticked; that alone makes no draft. */
    leaveOut(gone) {
      const present = (edits) => edits.map((edit) => (gone.has(edit.uid) ? { ...edit, on: false } : edit));
      if (this.saved) this.saved = { ...this.saved, edits: present(this.saved.edits) };
      this.history = new History({ name: this.name, edits: present(this.edits) });
    }

    /** A scenario made against other data, or with cameras that are gone, says so. */
    tellAge({ is_current, snapshot_number, missing }) {
      const { shell, boot } = this.app;
      const words = [is_current ? null : t("whatif.older", { number: snapshot_number, current: boot.snapshot.number }), missing?.length ? t("whatif.missing", { uids: missing.join(t("punct.list")) }) : null].filter(Boolean);
      shell.banner("scenario", words.length ? words.join(" ") : null, { closable: true });
    }

    isUnsaved() {
      if (!this.saved) return this.edits.length > 0;
      return this.name !== this.saved.name || !sameEdits(this.edits, this.saved.edits);
    }

    keepDraft() {
      const { saved, name, edits } = this;
      writeDraft(this.app.boot, this.isUnsaved() ? { id: saved?.id ?? null, version: saved?.version ?? null, name, edits, changed: new Date().toISOString() } : null);
    }

    async scenarios() {
      try {
        return await listScenarios();
      } catch (fault) {
        this.tellFault(fault);
        return [];
      }
    }

    startNew() {
      this.app.shell.banner("scenario", null);
      writeDraft(this.app.boot, null);
      this.saved = null;
      this.history.set({ name: "", edits: [] });
      this.selected = null;
      this.app.state.set({ scn: DRAFT });
      this.changed();
      this.paint();
    }

    open(id) {
      this.app.state.set({ scn: id });
    }

    /** True when the scenario is on the service as it is here. */
    async save() {
      const { app, saved } = this;
      if (saved && !this.isUnsaved()) return true;
      this.isSaving = true;
      this.paint();
      const edits = this.edits;
      const { z, c } = app.state.values;
      try {
        const name = this.name || t("whatif.unnamed");
        const found = await saveScenario({ id: saved?.id, version: saved?.version, name, edits, view: { place: this.placeAddress(), c, z } });
        if (name !== this.name) this.history.state = { ...this.history.state, name };
        this.saved = { ...found, edits };
        this.keepDraft();
        app.state.set({ scn: found.id }, { replace: true });
        app.shell.toast(t("whatif.was_saved", { name }));
        return true;
      } catch (fault) {
        this.tellFault(fault);
        return false;
      } finally {
        this.isSaving = false;
        this.paint();
      }
    }

    async share() {
      if (await this.save()) copyText(this.app, this.app.state.link());
    }

    async export() {
      if (!(await this.save())) return;
      const anchor = document.querySelector('[data-focus="wi-export"]');
      menu(anchor, [
        { heading: t("whatif.export") },
        ...FORMATS.map((format) => ({ label: t(`format.${format}`), href: getBinaryURL(exportAddress(this.saved.id, format), { at: this.at(), lang: language() }) })),
      ]);
    }
  };
