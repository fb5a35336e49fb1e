/** Where scenarios are kept: on the service when saved, in the browser while a draft. */

import { getJSON, sendJSON } from "../data.js";
import { added, restored, stored } from "./edits.js";

/** The `scn` of what is not saved yet. */
export const DRAFT = "draft";

const draftKey = (boot) => `gridscope.whatif.${boot.urls?.base ?? ""}.${boot.title_zh}`;

export function readDraft(boot) {
  try {
    const held = JSON.parse(localStorage.getItem(draftKey(boot)));
    return held?.edits ? { ...held, edits: restored(held.edits) } : null;
  } catch {
    return null;
  }
}

/** `draft` {id, version, name, edits}; null forgets it. */
export function writeDraft(boot, draft) {
  try {
    if (draft) localStorage.setItem(draftKey(boot), JSON.stringify({ ...draft, edits: stored(draft.edits) }));
    else localStorage.removeItem(draftKey(boot));
  } catch {
    /* a browser that keeps nothing loses the draft with the page */
  }
}

/** One more change {uid, values} into the draft, for an earlier one of the same camera; gives the `scn` that opens it. */
export function addToDraft(boot, { uid, values }) {
  const draft = readDraft(boot) ?? { id: null, version: null, name: "", edits: [] };
  const others = draft.edits.filter((edit) => uid === null || edit.uid !== uid);
  writeDraft(boot, { ...draft, edits: added(others, uid, values), changed: new Date().toISOString() });
  return draft.id ?? DRAFT;
}

const path = (id) => `/api/scenarios/${encodeURIComponent(id)}`;

export const listScenarios = async () => (await getJSON("/api/scenarios")).scenarios;
export const readScenario = async (id) => {
  const found = await getJSON(path(id));
  return { ...found, edits: restored(found.edits) };
};

/** Save a scenario; one that is there already is replaced if nobody changed it since `version`. */
export function saveScenario({ id, version, name, edits, view }) {
  const body = { name, edits: stored(edits), view, note: "", shared: true };
  return id ? sendJSON("PUT", path(id), { ...body, version }) : sendJSON("POST", "/api/scenarios", body);
}

export const exportAddress = (id, format) => `/exports/scenario/${encodeURIComponent(id)}.${format}`;
