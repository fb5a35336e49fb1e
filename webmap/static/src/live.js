/** What changes without a click: edits and feeds, new snapshots, the service out of reach, a stale snapshot. */

import { DataError, getJSON, isStandalone, onTraffic } from "./data.js";
import { t, time } from "./i18n.js";
import { paintHeader } from "./header.js";
import { tellStale } from "./states.js";

const POLL_MS = 1500;
const RETRY_S = 10;

export class Live {
  constructor(app) {
    this.app = app;
    this.since = app.boot.snapshot?.number ?? 0;
    /** The number of the latest live change that is drawn; null until the first answer, which the page is drawn from. */
    this.change = null;
    this.loadedAt = new Date().toISOString();
    this.isOffline = false;
    onTraffic((event) => this.heard(event));
    if (isStandalone()) return;
    document.addEventListener("visibilitychange", () => !document.hidden && this.poll());
    this.poll();
  }

  asked() {
    return { since: this.change ?? 0, snapshot: this.since, stale: this.app.isStale ? 1 : 0 };
  }

  plan(wait_ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.poll(), wait_ms);
  }

  async poll() {
    clearTimeout(this.timer);
    if (document.hidden || this.isOffline) return;
    try {
      const answer = await getJSON("/api/changes", this.asked());
      const change = answer?.change ?? this.change ?? 0;
      if (this.change !== null && change !== this.change) this.app.redraw(answer.touched);
      this.change = change;
      if (answer && answer.stale !== Boolean(this.app.isStale)) this.turnStale(answer.stale);
      if (answer && answer.snapshot.number !== this.since) this.renewed(answer.snapshot);
    } catch (fault) {
      if (fault instanceof DataError && [401, 403].includes(fault.status)) {
        this.app.shell.banner("session", this.app.faultWords(fault), { kind: "bad" });
        return;
      }
    }
    this.plan(POLL_MS);
  }

  /** A build failed after this snapshot, or one has come through since. */
  turnStale(isStale) {
    this.app.isStale = isStale;
    paintHeader(this.app);
    if (isStale) tellStale(this.app);
    else this.app.shell.banner("stale", null);
  }

  renewed(snapshot) {
    this.since = snapshot.number;
    this.app.shell.banner("renewed", t("live.renewed", { number: snapshot.number, as_of: time(snapshot.as_of) }), { action: { label: t("live.load"), run: () => window.location.reload() }, closable: true });
  }

  heard(event) {
    if (event === "reached" && this.isOffline) {
      this.isOffline = false;
      clearInterval(this.countdown);
      this.app.shell.banner("offline", null);
      this.app.refresh();
      this.plan(POLL_MS);
    }
    if (event === "unreachable" && !this.isOffline) this.wait();
  }

  wait() {
    this.isOffline = true;
    let left = RETRY_S;
    const show = () => this.app.shell.banner("offline", t("state.offline", { time: time(this.loadedAt), n: left }), { kind: "bad", action: { label: t("action.retry"), run: () => this.retry() } });
    show();
    clearInterval(this.countdown);
    this.countdown = setInterval(() => {
      left -= 1;
      if (left > 0) show();
      else {
        left = RETRY_S;
        this.retry();
      }
    }, 1000);
  }

  async retry() {
    await getJSON("/api/changes", this.asked()).catch(() => {});
  }
}
