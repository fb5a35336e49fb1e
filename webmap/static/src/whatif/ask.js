/** Questions to the service while somebody drags: one under way, the latest next, what lies between never asked. */

import { sendJSON } from "../data.js";

const FULL_WAIT_MS = 350;
const LATE_MS = 300;
const RETRY_MS = 400;

export class Asker {
  /** `onAnswer(answer, keys)`, `onFault(fault)`, `onLate(isLate)`. */
  constructor({ onAnswer, onFault, onLate }) {
    Object.assign(this, { onAnswer, onFault, onLate });
    this.next = null;
    this.isBusy = false;
    this.lateTimer = null;
  }

  /** Whether the list that was asked for last has been answered. */
  get isSettled() {
    return this.lateTimer === null;
  }

  /** Ask for `body` at once in short and, at rest, in full; `keys` name its edits in their order. */
  ask(body, keys) {
    clearTimeout(this.fullTimer);
    this.latest = body;
    const put = (detail) => this.put({ body: { ...body, detail }, keys, of: body });
    put("quick");
    this.fullTimer = setTimeout(put, FULL_WAIT_MS, "full");
  }

  stop() {
    clearTimeout(this.fullTimer);
    clearTimeout(this.retryTimer);
    this.next = null;
    this.latest = null;
    this.settle();
  }

  put(question) {
    this.next = question;
    if (question.body.detail === "quick") this.lateTimer ??= setTimeout(() => this.onLate(true), LATE_MS);
    if (!this.isBusy) this.send();
  }

  async send() {
    const question = this.next;
    this.next = null;
    this.isBusy = true;
    try {
      const answer = await sendJSON("POST", "/api/whatif", question.body, { isQuiet: true });
      if (question.of === this.latest) this.settle();
      if (this.latest) this.onAnswer(answer, question.keys);
    } catch (fault) {
      if (fault.status === 429) this.retryTimer = setTimeout(() => this.latest && this.put(this.next ?? question), RETRY_MS);
      else if (this.latest && !this.next) {
        this.settle();
        this.onFault(fault);
      }
    }
    this.isBusy = false;
    if (this.next) this.send();
  }

  /** What is shown is what was asked for last. */
  settle() {
    clearTimeout(this.lateTimer);
    this.lateTimer = null;
    this.onLate(false);
  }
}
