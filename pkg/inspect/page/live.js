// What is new, as the server tells it. Nothing is kept open while the tab is hidden.
import { APIError, get } from "./api.js";
import { byID, count, h } from "./dom.js";

const retryAfter = 2000;
const announceEvery = 10_000;

export class Live {
  /** @param {{news: (news: Object) => void, back: () => void}} on  back: the state of before may be gone */
  constructor(on) {
    this.on = on;
    this.lost = false;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (e) => e.persisted && this.open());
    if (!document.hidden) this.connect();
  }

  open() {
    if (this.source) return;
    this.connect();
    this.on.back();
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  connect() {
    const source = (this.source = new EventSource("/api/live"));
    source.onopen = () => {
      if (this.lost) this.on.back();
      this.lost = false;
      banner("");
    };
    source.onmessage = (e) => this.on.news(JSON.parse(e.data));
    source.onerror = () => {
      if (this.source !== source) return;
      this.close();
      this.failed();
    };
  }

  /** Says why nothing comes, and tries again. */
  async failed() {
    this.lost = true;
    this.timer = setTimeout(() => this.connect(), retryAfter);
    try {
      await get("status");
    } catch (error) {
      banner(reason(error));
      document.querySelector("#source .on")?.replaceWith(dot("off", "not connected"));
    }
  }
}

/** Shows whether events come.
 * @param {string} state  on or off
 * @param {string} label */
export const dot = (state, label) => h("span." + state, { role: "img", "aria-label": label });

/** @param {APIError} error */
function reason(error) {
  if (error.status === 401 || error.status === 403) return "The program was started again. Open the URL that it prints: each start has its own.";
  return "The program has stopped; trying again.";
}

/** Shows a sentence above the page, or none.
 * @param {string} sentence */
export function banner(sentence) {
  const element = byID("banner");
  if (element.textContent !== sentence) element.textContent = sentence;
  element.hidden = !sentence;
}

let announced = 0; // the total that a screen reader knows
let pending = 0;

/** Tells a screen reader how many events came, at most every ten seconds.
 * @param {number} total */
export function announce(total) {
  if (!announced) announced = total;
  if (pending || total === announced) return;
  pending = window.setTimeout(() => {
    pending = 0;
    const more = latest - announced;
    announced = latest;
    if (more > 0) byID("live").textContent = count(more, "new event");
  }, announceEvery);
  latest = total;
}
let latest = 0;

let hiding = 0;

/** Shows what was done, with optional buttons.
 * @param {string} sentence  "" hides the last one
 * @param {{actions?: any[], stays?: boolean}} options  stays: until the next one */
export function toast(sentence, { actions = [], stays = false } = {}) {
  const element = byID("toast");
  const buttons = actions.filter(Boolean);
  clearTimeout(hiding);
  element.replaceChildren(sentence, ...buttons);
  element.classList.toggle("shown", Boolean(sentence));
  if (stays) return;
  hiding = window.setTimeout(() => {
    element.classList.remove("shown");
    element.replaceChildren();
  }, buttons.length ? 20_000 : 4000);
}
