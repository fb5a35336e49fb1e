/**
 * A scenario's list of changes, never changed in place. One change is
 * {key, uid, values, on}: `uid` null = a proposed camera with all its values; else what differs from the record.
 */

let count = 0;

const changed = (edits, key, patch) => edits.map((edit) => (edit.key === key ? { ...edit, ...patch } : edit));

export const isOff = (edit) => edit.uid !== null && edit.values.status === "offline";
export const isNew = (edit) => edit.uid === null;
export const isMoved = (edit) => edit.uid !== null && "lon" in edit.values;

/** What the change is called: new, moved, off, turned, or changed in another way. */
export function kindOf(edit) {
  if (isNew(edit)) return "new";
  if (isOff(edit)) return "off";
  if (isMoved(edit)) return "moved";
  return "azimuth_deg" in edit.values ? "turned" : "changed";
}

export const added = (edits, uid, values) => [...edits, { key: `e${(count += 1)}`, uid, values, on: true }];
export const withValues = (edits, key, values) => changed(edits, key, { values: { ...edits.find((edit) => edit.key === key).values, ...values } });
export const withOn = (edits, key, on) => changed(edits, key, { on });
export const without = (edits, key) => edits.filter((edit) => edit.key !== key);

export function movedTo(edits, key, place) {
  const rest = without(edits, key);
  return [...rest.slice(0, place), edits.find((edit) => edit.key === key), ...rest.slice(place)];
}

/** Whether the change counts: ticked, and something is changed. */
export const counts = ({ on, uid, values }) => on && (uid === null || Object.keys(values).length > 0);

/** Edits as the service takes them. */
export const asked = (edits) => edits.filter(counts).map(({ uid, values }) => ({ uid, values }));
export const stored = (edits) => edits.map(({ uid, values, on }) => ({ uid, values, on }));

/** Edits as they were stored, with keys of this page. */
export const restored = (rows) => rows.map(({ uid, values, on, remove }) => ({ key: `e${(count += 1)}`, uid: uid ?? null, values: remove ? { status: "offline" } : (values ?? {}), on: on !== false }));

export const sameEdits = (a, b) => JSON.stringify(stored(a)) === JSON.stringify(stored(b));

/** States before and after; a drag is one step. */
export class History {
  constructor(state) {
    this.past = [];
    this.future = [];
    this.state = state;
  }

  /** A new present; with `isStep` false (during a drag) it replaces the present, and `commit` makes the step. */
  set(state, isStep = true) {
    if (isStep) {
      this.past.push(this.held ?? this.state);
      this.held = null;
      this.future = [];
    } else this.held ??= this.state;
    this.state = state;
  }

  commit() {
    if (this.held) this.set(this.state);
  }

  /** Give up what was not committed. */
  cancel() {
    if (!this.held) return;
    this.state = this.held;
    this.held = null;
  }

  undo() {
    this.commit();
    if (!this.past.length) return false;
    this.future.push(this.state);
    this.state = this.past.pop();
    return true;
  }

  redo() {
    this.commit();
    if (!this.future.length) return false;
    this.past.push(this.state);
    this.state = this.future.pop();
    return true;
  }
}
