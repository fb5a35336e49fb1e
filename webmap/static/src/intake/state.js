/** What is chosen on the intake desk, kept equal to the address bar. */

export const TABS = ["import", "history", "refusals", "boundaries", "register"];

const oneOf = (list) => (text) => (list.includes(text) ? text : undefined);
const words = (text) => (text.length <= 200 ? text : undefined);
const whole = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

const READERS = { tab: oneOf(TABS), table: words, source: words, reason: words, page: whole, lang: oneOf(["zh", "en"]), theme: oneOf(["light", "dark"]) };

export class IntakeState {
  constructor(boot) {
    this.defaults = { tab: "import", table: "", source: "", reason: "", page: 1, lang: boot.lang, theme: boot.theme };
    this.listeners = new Set();
    this.read(this.defaults);
    window.addEventListener("popstate", () => {
      const before = this.values;
      this.read(before);
      this.tell(new Set(["restored", ...Object.keys(this.values).filter((key) => this.values[key] !== before[key])]));
    });
  }

  /** Take the address; language and theme stay where it does not say. */
  read({ lang, theme }) {
    this.values = { ...this.defaults, lang, theme };
    this.broken = [];
    for (const [key, text] of new URLSearchParams(window.location.search)) {
      const value = READERS[key]?.(text);
      if (value === undefined) this.broken.push(key);
      else this.values[key] = value;
    }
  }

  get(key) {
    return this.values[key];
  }

  on(listener) {
    this.listeners.add(listener);
  }

  tell(keys) {
    this.listeners.forEach((listener) => listener(keys));
  }

  /** Choosing pushes an entry to the history; `replace` does not. */
  set(patch, { replace = false } = {}) {
    const changed = Object.keys(patch).filter((key) => patch[key] !== this.values[key]);
    if (!changed.length) return;
    Object.assign(this.values, patch);
    const query = Object.entries(this.values)
      .filter(([key, value]) => value !== this.defaults[key])
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join("&");
    window.history[replace ? "replaceState" : "pushState"](null, "", `${window.location.pathname}${query ? `?${query}` : ""}`);
    this.tell(new Set(changed));
  }
}
