// The list: as many rows as the store has, of which only those in view exist. Windows of rows are
// fetched by offset and forgotten again.
import { driftSigns } from "./code.js";
import { byID, clock, count, data, duration, h, number, plain, zone } from "./dom.js";
import { get } from "./api.js";

const windowRows = 100;
const keptWindows = 40;
// Browsers limit the height of an element: Firefox to about 17 million pixels. A higher list scrolls faster than the wheel.
const tallest = 15_000_000;

export class List {
  /** @param {{open: (id: number, how: string) => void, changed: (answer: Object) => void, failed: (error: any) => void}} on */
  constructor(on) {
    this.on = on;
    this.grid = byID("grid");
    this.space = byID("rows");
    this.filter = "";
    this.valid = ""; // the last filter that was
    this.count = 0;
    this.answer = null; // the API's last one, of this filter
    this.paused = false;
    this.frozen = null; // the answer that a pause keeps to: later events are not shown
    this.selected = 0;
    this.index = -1; // where the selected row is, or would be
    this.following = true;
    this.windows = new Map(); // offset: {rows, stale}
    this.loading = new Map(); // offset: AbortController
    this.era = 0; // changes when windows of before are no longer right
    this.pool = [];
    this.grid.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.grid.addEventListener("click", (e) => this.clicked(e));
    this.grid.addEventListener("auxclick", (e) => e.button === 1 && this.clicked(e));
    this.grid.addEventListener("mousedown", (e) => e.button === 1 && e.preventDefault()); // which would begin to scroll
    byID("newer").addEventListener("click", () => this.end());
    new ResizeObserver(() => this.resized()).observe(this.grid);
  }

  /** Shows the rows of another filter, once they are there. */
  reset(filter) {
    this.filter = filter;
    this.era++;
    for (const controller of this.loading.values()) controller.abort();
    this.loading.clear();
    this.outdated = true;
    this.following = this.selected === 0;
    this.revealing = this.selected !== 0;
    this.index = -1;
    this.wanted = undefined;
    this.renew();
  }

  /** Shows what there is now, although the list may be paused. */
  renew() {
    this.answer = this.frozen = null;
    this.refresh();
  }

  /** Fetches what is in view again; while that takes, once more at most. */
  async refresh() {
    for (const window of this.windows.values()) window.stale = true;
    this.again = Boolean(this.refreshing);
    if (this.again) return;
    this.refreshing = true;
    await this.draw(true);
    this.refreshing = false;
    if (this.again) this.refresh();
  }

  pause(on) {
    this.paused = on;
    this.frozen = on ? this.answer : null;
    if (!on) this.refresh();
  }

  resized() {
    this.rowHeight = parseFloat(getComputedStyle(this.grid).getPropertyValue("--row")) || 28;
    this.height = this.grid.clientHeight - this.space.offsetTop;
    if (this.following) this.toEnd();
    this.draw();
  }

  /** How many rows are in view. */
  get page() {
    return Math.max(1, Math.floor(this.height / this.rowHeight) - 1);
  }

  /** How many pixels of the list one pixel of the scroll bar is. */
  get scale() {
    const full = this.count * this.rowHeight;
    return full <= tallest ? 1 : (full - this.height) / (tallest - this.height);
  }

  get top() {
    return this.grid.scrollTop * this.scale;
  }

  scrolled() {
    const atEnd = this.grid.scrollTop + this.grid.clientHeight >= this.grid.scrollHeight - 4;
    if (this.following && !atEnd && this.grid.scrollTop < this.wasTop) this.following = false;
    if (atEnd) this.following = true;
    this.wasTop = this.grid.scrollTop;
    if (this.awaiting) return;
    this.awaiting = requestAnimationFrame(() => {
      this.awaiting = 0;
      this.draw();
    });
  }

  /** Makes the list as high as its rows. */
  stretch() {
    this.space.style.height = Math.min(this.count * this.rowHeight, tallest) + "px";
  }

  toEnd() {
    this.stretch();
    this.grid.scrollTop = this.wasTop = this.grid.scrollHeight;
  }

  async draw(refetch = false) {
    const total = this.count;
    if (this.following) this.toEnd();
    else this.stretch();
    const top = this.top;
    const first = Math.max(0, Math.floor(top / this.rowHeight));
    const shown = Math.min(total - first, Math.ceil(this.height / this.rowHeight) + 1);
    const from = Math.max(0, first - 6);
    const to = Math.max(from, Math.min(total, first + shown + 6));

    while (this.pool.length < to - from) {
      const row = makeRow();
      this.pool.push(row);
      this.space.append(row);
    }
    this.pool.forEach((row, i) => {
      const index = from + i;
      if (this.selected && this.row(index)?.id === this.selected) this.index = index;
      row.hidden = index >= to;
      if (row.hidden) return fillRow(row, undefined, index, 0); // another one may have its id
      row.style.transform = `translateY(${Math.round(this.grid.scrollTop + index * this.rowHeight - top)}px)`;
      fillRow(row, this.row(index), index, this.selected);
    });
    const chosen = this.pool.find((r) => !r.hidden && r.dataset.id === String(this.selected));
    if (chosen) this.grid.setAttribute("aria-activedescendant", chosen.id);
    else this.grid.removeAttribute("aria-activedescendant");
    this.grid.setAttribute("aria-rowcount", total + 1);
    this.announceNewer(first + shown);

    const wanted = [];
    for (let o = Math.floor(from / windowRows) * windowRows; o < Math.max(to, 1); o += windowRows) wanted.push(o);
    await Promise.all(wanted.map((o) => this.fetch(o, refetch)));
  }

  announceNewer(last) {
    const behind = this.count - last;
    const newer = byID("newer");
    newer.hidden = this.following || behind <= 0;
    newer.textContent = `↓ ${number(behind)} below`;
  }

  row(index) {
    const offset = Math.floor(index / windowRows) * windowRows;
    return this.windows.get(offset)?.rows[index - offset];
  }

  async fetch(offset, refetch) {
    const known = this.windows.get(offset);
    if ((known && !known.stale) || (this.loading.has(offset) && !refetch)) return;
    this.loading.get(offset)?.abort();
    // What is far from the view is not waited for.
    for (const [o, controller] of this.loading) if (Math.abs(o - offset) > 4 * windowRows) controller.abort();
    const controller = new AbortController();
    this.loading.set(offset, controller);
    const { era, selected } = this;
    const anchor = this.anchor();
    try {
      const answer = await get("exchanges", { filter: this.filter, offset, limit: windowRows, zone: zone(), last: this.frozen?.last, places: [selected, anchor].join() }, { signal: controller.signal });
      if (era !== this.era) return;
      this.arrange(answer, selected, anchor);
      this.windows.delete(offset);
      this.windows.set(offset, { rows: answer.exchanges, stale: false });
      if (this.windows.size > keptWindows) this.windows.delete(this.windows.keys().next().value);
      this.answer = answer;
      this.valid = answer.filter;
      if (this.paused) this.frozen ??= answer;
      this.on.changed(answer);
      if (this.revealing) this.reveal();
      else this.draw();
      this.openWanted();
    } catch (error) {
      if (error.name === "AbortError" || era !== this.era) return;
      // The rows of before stay while a filter is being typed.
      if (error.status === 400) this.filter = this.valid;
      this.on.failed(error);
    } finally {
      if (this.loading.get(offset) === controller) this.loading.delete(offset);
    }
  }

  /** The id of a row in view, else of the last one that is known, else 0. */
  anchor() {
    if (this.outdated) return 0;
    const first = Math.floor(this.top / this.rowHeight);
    for (let index = first; index <= first + this.page; index++) {
      if (this.row(index)) return this.row(index).id;
    }
    return Math.max(0, ...[...this.windows.values()].flatMap(({ rows }) => rows.map((row) => row.id)));
  }

  /** Keeps what is in view in its place when rows above it have gone, or are back.
   * @param {{matched: number, places: number[]}} answer  with the places of the events that follow
   * @param {number} selected
   * @param {number} anchor */
  arrange({ matched, places }, selected, anchor) {
    const index = this.indexOf(anchor);
    const by = index < 0 || this.outdated ? 0 : places[1] - index;
    const top = this.top + by * this.rowHeight;
    this.count = matched;
    if (by) {
      this.shift(places[1] ? by : -Infinity);
      this.stretch();
      this.grid.scrollTop = this.wasTop = Math.max(0, top) / this.scale;
    }
    if (this.outdated) this.windows.clear();
    this.outdated = false;
    if (this.wanted >= matched) {
      this.index = matched - 1;
      this.wanted = matched ? this.index : undefined;
    }
    if (selected && selected === this.selected && this.wanted === undefined) this.index = places[0];
  }

  /** Where the row of an event is, or -1 if that is not known. */
  indexOf(id) {
    for (const [offset, { rows }] of this.windows) {
      const i = rows.findIndex((row) => row?.id === id);
      if (i >= 0) return offset + i;
    }
    return -1;
  }

  /** Moves what is known by a number of rows; what is above the first one is forgotten. */
  shift(by) {
    const rows = [...this.windows].flatMap(([offset, { rows }]) => rows.map((row, i) => ({ row, index: offset + i + by })));
    this.windows.clear();
    for (const { row, index } of rows) {
      if (index < 0) continue;
      const offset = Math.floor(index / windowRows) * windowRows;
      if (!this.windows.has(offset)) this.windows.set(offset, { rows: [], stale: true });
      this.windows.get(offset).rows[index - offset] = row;
    }
    if (this.index >= 0) this.index = Math.max(0, this.index + by);
    if (this.wanted !== undefined) this.wanted = this.index;
  }

  clicked(event) {
    const row = event.target.closest(".row[data-id]");
    if (row) this.on.open(Number(row.dataset.id), event.button === 1 || event.ctrlKey || event.metaKey ? "tab" : "push");
  }

  /** Marks the row of an event as selected, and scrolls to it. */
  select(id) {
    if (id && id !== this.selected) this.index = -1;
    this.selected = id;
    this.draw();
    if (!id) return;
    this.following = false;
    this.reveal();
    if (this.index < 0) this.refresh(); // which says where it is
  }

  /** Scrolls until the selected row is in view, once it is known where that is. */
  reveal() {
    this.revealing = this.index < 0;
    if (!this.revealing && this.index < this.count && !this.isHidden) this.scrollTo(this.index);
    this.draw();
  }

  scrollTo(index) {
    this.following = index === this.count - 1;
    this.stretch();
    const start = index * this.rowHeight;
    const top = this.top;
    let wanted = top;
    if (start < top) wanted = start;
    else if (start + 3 * this.rowHeight > top + this.height) wanted = start + 3 * this.rowHeight - this.height;
    if (Math.abs(start - top) > 3 * this.height) wanted = start - this.height / 2;
    if (wanted !== top) this.grid.scrollTop = Math.max(0, wanted) / this.scale;
  }

  /** Reports whether the filter hides the selected event: its index is then that of the next one. */
  get isHidden() {
    const row = this.row(this.index);
    return Boolean(row && this.selected && row.id !== this.selected && this.wanted === undefined);
  }

  /** Moves the selection by a number of rows, or to an end with ±Infinity. */
  move(by) {
    const last = this.count - 1;
    if (last < 0) return;
    const start = this.index < 0 ? (by > 0 ? -1 : last + 1) : this.index - (by > 0 && this.isHidden ? 1 : 0);
    const index = Math.min(last, Math.max(0, start + by));
    this.index = index;
    this.following = index === last && by > 0;
    this.wanted = index;
    this.reveal();
    this.openWanted();
  }

  /** Opens the row that was moved to, once it is there. */
  openWanted() {
    const row = this.wanted === undefined ? undefined : this.row(this.wanted);
    if (!row) return;
    this.wanted = undefined;
    this.on.open(row.id, "replace");
  }

  end() {
    this.following = true;
    this.toEnd();
    this.draw();
    this.grid.focus();
  }
}

function makeRow() {
  const cell = (name) => h("span." + name, { role: "gridcell" });
  const row = h("div.row", { role: "row" }, ["mark", "time", "object", "event", "summary", "notes", "status", "took"].map(cell));
  row.hidden = true;
  return row;
}

/** Fills a row of the pool. A row whose window is not there yet is empty. */
function fillRow(row, exchange, index, selected) {
  const chosen = Boolean(exchange) && exchange.id === selected;
  row.setAttribute("aria-selected", String(chosen));
  row.setAttribute("aria-rowindex", index + 2);
  if (row.exchange === exchange && exchange) return;
  row.exchange = exchange;
  const [mark, time, object, event, summary, notes, status, took] = row.children;
  if (!exchange) {
    row.removeAttribute("data-id");
    row.removeAttribute("id");
    for (const cell of row.children) cell.replaceChildren();
    object.textContent = "…";
    return;
  }
  row.dataset.id = exchange.id;
  row.id = "row-" + exchange.id;
  mark.replaceChildren(...findingsMark(exchange));
  const [year, day, seconds, fraction] = clock(exchange.at);
  const isOtherYear = year && parseInt(year) !== new Date().getFullYear();
  time.replaceChildren(isOtherYear ? h("span.year", {}, year) : "", day + seconds, h("i", {}, fraction));
  time.title = plain(exchange.at);
  if (day) byID("grid").classList.add(isOtherYear ? "years" : "days");
  object.title = plain(exchange.object ? exchange.objectId : exchange.path);
  if (exchange.object) object.replaceChildren(data(exchange.object), " ", data(exchange.objectId, "b"));
  else object.replaceChildren(data(`${exchange.method} ${exchange.path}`));
  event.replaceChildren(data(exchange.event));
  const words = [exchange.problem, exchange.summary, exchange.gone && "no longer in the recording"].filter(Boolean).join("  ");
  summary.replaceChildren(data(words));
  summary.title = plain(words);
  notes.replaceChildren(...marks(exchange));
  const { text, kind } = statusOf(exchange);
  status.replaceChildren(text);
  status.className = "status " + kind;
  took.replaceChildren(duration(exchange.forwardedDurationMs ?? exchange.durationMs));
}

function findingsMark({ errors, warnings }) {
  if (!errors && !warnings) return [];
  const [kind, sign, title] = errors ? ["error", "✗", count(errors, "error")] : ["warning", "!", count(warnings, "warning")];
  return [h("span." + kind, { role: "img", "aria-label": title, title }, sign)];
}

/** The status that the sender got, and what it means for the eye. What failed has an outcome, whatever its status. */
export function statusOf({ status, outcome }) {
  if (!status) return { text: outcome ? "–" : "", kind: "error" };
  return { text: String(status), kind: status >= 500 || (outcome && status < 400) ? "error" : status >= 400 ? "warning" : "" };
}

/** The marks of an event: its file, sent from the page, pinned, duplicate, out of order, after a gap.
 * @param {Object} exchange */
export function marks(exchange) {
  const note = (text, title, kind = "") => h("span.note" + kind, { title }, text);
  return [
    exchange.file && note(plain(exchange.file.replace(/^.*[/\\]/, "").replace(/\.ndjson$/, "")), "from " + plain(exchange.file)),
    exchange.sent && note("sent", exchange.origin ? "sent again from #" + exchange.origin : "sent from this page", ".accent"),
    exchange.pinned && note("pinned", "kept when events are cleared"),
    exchange.duplicateOf && note("dup", "duplicate: the same bytes as #" + exchange.duplicateOf),
    exchange.outOfOrder && note("late", "out of order: a newer event of this object came before"),
    exchange.drift && note(driftSigns[exchange.drift] + " drift", exchange.drift === "breaking" ? "breaking drift from the baseline" : "drift from the baseline"),
    exchange.gap && note("+" + duration(exchange.gap), "time since the event before"),
  ].filter(Boolean);
}
