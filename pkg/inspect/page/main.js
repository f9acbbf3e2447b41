// The page: the list on one side, an event on the other, and the address that says which.
import { address as apiAddress, get, post, program } from "./api.js";
import { byID, count, data, h, number, plain, problem, safe, sentence, size, zone } from "./dom.js";
import { detailView, fetchDetail } from "./detail.js";
import { diffView } from "./diff.js";
import { editView, hasTarget, resend } from "./edit.js";
import { FilterBox } from "./filter.js";
import { listenToKeys } from "./keys.js";
import { List } from "./list.js";
import { Live, announce, banner, dot, toast } from "./live.js";
import { address, readRoute } from "./route.js";

const pane = byID("detail");
const grid = byID("grid");
let route = readRoute();
let status = null;
let news = null; // what the server said last
let current = null; // the exchange shown
let marked = 0; // for a difference
const resending = new Set(); // events whose deliveries are in flight

const list = new List({
  open: (id, how) => (how === "tab" ? open(address({ ...route, view: "detail", id }), "_blank", "noopener") : go({ view: "detail", id }, how)),
  changed: (answer) => {
    if (answer.filter === route.filter) filterBox.fail(null);
    byID("save").href = apiAddress("recording", { filter: answer.filter, zone: answer.filter && zone() });
    showCounts(answer);
  },
  failed: (/** @type {import("./api.js").APIError} */ error) => (error.status === 400 ? filterBox.fail(error) : complain(error)),
});
const filterBox = new FilterBox((filter) => filter !== route.filter && go({ filter }, "replace"));

/** Goes to another place: changes the address and what is shown.
 * @param {Partial<import("./route.js").Route>} to
 * @param {string} how  "push", or "replace" where the browser's back should not return to it */
function go(to, how = "push") {
  const before = route;
  route = { ...route, ...to };
  history[how === "push" ? "pushState" : "replaceState"](null, "", address(route));
  follow(before);
}

addEventListener("popstate", () => {
  const before = route;
  route = readRoute();
  follow(before);
});

/** Shows the route, where it differs from the one before. */
function follow(before) {
  filterBox.set(route.filter);
  if (before?.filter !== route.filter) {
    filterBox.fail(null);
    list.reset(route.filter);
  }
  const place = (r) => r && address({ ...r, filter: "" });
  if (place(before) !== place(route)) showPane();
}

let loading = new AbortController();

async function showPane() {
  loading.abort();
  const { signal } = (loading = new AbortController());
  document.body.dataset.view = route.view;
  list.select(route.view === "diff" ? route.other : route.id);
  if (!route.view) {
    current = null;
    document.title = "apizee-hooks inspector";
    return pane.replaceChildren(...welcome());
  }
  try {
    let content;
    if (route.view === "diff") {
      current = null;
      content = await diffView(route, { close, ignore: (ignore) => go({ view: "diff", id: route.id, other: route.other, ignore }, "replace"),
        swap: () => go({ view: "diff", id: route.other, other: route.id, ignore: route.ignore }, "replace") });
      document.title = `#${route.id} and #${route.other} – apizee-hooks`;
    } else {
      const x = await fetchDetail(route.id, signal);
      if (signal.aborted) return;
      current = x;
      document.title = `#${x.id} ${x.object ? `${x.object} ${x.objectId} ${x.event || ""}` : x.method} – apizee-hooks`;
      content = route.view === "edit" && !x.gone ? await editView(x, status?.targets || [], { sent: (answer) => sent(answer, x.id, "edit"), cancel: () => go({ view: "detail", id: x.id }, "replace") })
        : detailView(x, act, { marked });
    }
    if (signal.aborted) return;
    fillPane(content);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    current = null;
    pane.replaceChildren(h("div.bar", {}, h("button.back", { click: close, "aria-label": "Back to the list" }, "←"), h("h2", {}, "#" + route.id)),
      h("p.wide", {}, error.status === 404 ? "This event is not there, or no longer." : problem(error)));
    if (error.status !== 404) complain(error);
  }
}

/** Fills the pane, and keeps the focus that was in it: on the same button, or on the pane. */
function fillPane(content) {
  const had = pane.contains(document.activeElement);
  const key = document.activeElement.getAttribute("aria-keyshortcuts");
  pane.replaceChildren(...content.filter(Boolean));
  pane.scrollTop = 0;
  if (route.view === "edit") byID("body")?.focus();
  else if (had) ((key && pane.querySelector(`[aria-keyshortcuts="${key}"]`)) || pane).focus({ preventScroll: true });
}

function close() {
  const view = route.view;
  if (view === "edit") go({ view: "detail", id: route.id }, "replace");
  else if (view === "diff") go({ view: "detail", id: route.other });
  else if (view) go({ view: "", id: 0 });
  grid.focus();
}

/** The event that is chosen, even if it is still being loaded: keys may be faster. */
const chosen = () => (route.view === "diff" ? 0 : route.id);

/** Reports whether the chosen event is no longer in its recording, and so cannot be sent; it says that itself. */
const isGone = () => current?.id === chosen() && current?.gone;

/** What the buttons and keys do with the chosen event. */
const act = {
  close,
  edit: () => chosen() && !isGone() && go({ view: "edit", id: chosen() }),
  async resend() {
    const id = chosen();
    if (!id || isGone() || resending.has(id)) return;
    if (!hasTarget(status?.targets || [])) return act.edit(); // which asks for a target
    resending.add(id);
    toast(`Sending #${id} again…`, { stays: true });
    try {
      sent(await resend(id, status.targets), id, "detail");
    } catch (error) {
      toast("");
      complain(error);
    } finally {
      resending.delete(id);
    }
  },
  compare() {
    const other = chosen();
    if (!other) return;
    if (marked && marked !== other) {
      const id = marked;
      marked = 0;
      toast("");
      return go({ view: "diff", id, other, ignore: [] });
    }
    marked = marked ? 0 : other;
    toast(marked ? `#${marked} is marked. Choose another event, then press d or Compare with #${marked}.` : "No event is marked.");
    if (route.view === "detail") showPane();
  },
  async pin() {
    if (current?.id !== chosen()) return;
    const { id, pinned } = current;
    try {
      await post("pin", { id, pinned: !pinned });
      toast(pinned ? `#${id} is no longer pinned.` : `#${id} is pinned: it stays when events are cleared.`);
      list.refresh();
      showPane();
    } catch (error) {
      complain(error);
    }
  },
};

/** Says what became of a delivery, and shows it unless something else is shown by now.
 * @param {{id: number, failure?: string, masked?: string[]}} answer
 * @param {number} origin
 * @param {string} from  the view that it was sent from */
function sent({ id, failure, masked }, origin, from) {
  const without = masked ? ` without ${plain(masked.join(", "))}, which the page has only as ****` : "";
  const waits = route.view === from && route.id === origin;
  const actions = [!waits && h("button", { click: () => go({ view: "detail", id }) }, "Show"), masked && h("button", { click: () => go({ view: "edit", id: origin }) }, "Edit")];
  toast(failure ? `Delivery #${id}${without && `${without},`} failed: ${plain(failure)}.` : `Sent as #${id}${without}.`, { actions });
  list.refresh();
  if (waits) go({ view: "detail", id });
}

async function clear() {
  try {
    const { cleared, undo } = await post("clear", {});
    const back = h("button", { click: async () => {
      try {
        await post("undo", { undo });
        toast("The events are back.");
      } catch (error) {
        complain(error);
      }
      list.renew();
    } }, "Undo");
    toast(`Cleared ${count(cleared, "event")}.`, { actions: [cleared && back] });
    go({ view: "", id: 0 });
    list.renew();
  } catch (error) {
    complain(error);
  }
}

function pause() {
  list.pause(!list.paused);
  byID("pause").setAttribute("aria-pressed", String(list.paused));
  byID("pause").textContent = list.paused ? "Resume" : "Pause";
  showCounts({});
}

/** @param {Error & {status?: number, hint?: string}} error */
function complain(error) {
  if (error.status === 0) return; // the banner says it
  if (error.status === 401) return banner("This page has no access. Open the URL that the program prints.");
  toast(sentence(error));
}

/** @type {{filter?: string, total?: number, matched?: number, removed?: number, last?: number}} */
let shownCounts = {};

function showCounts(answer) {
  shownCounts = { ...shownCounts, ...answer };
  const { filter, total, matched, removed, last } = shownCounts;
  const missed = list.frozen ? last - list.frozen.last : 0;
  byID("counts").replaceChildren(
    filter ? `${number(matched)} of ${number(total)} events` : count(total || 0, "event"),
    ...(removed ? [h("span.warning", { title: "The memory for events is full. " + (status?.recording ? "apizee-hooks inspect shows the whole recording." : "--record keeps all of them in a file.") }, `${number(removed)} removed`)] : []),
    ...(list.paused ? [h("span.accent", {}, missed ? `paused, ${number(missed)} new` : "paused")] : []));
  const empty = byID("empty");
  empty.hidden = matched !== 0;
  if (matched === 0) empty.replaceChildren(...(filter && total ? [h("p", {}, "No event matches the filter.")] : nothingYet()));
}

function nothingYet() {
  if (!status) return [];
  if (!status.live) return [h("p", {}, "No events.")];
  return [h("p", {}, "No events yet."), h("p.dim", {}, "Send one from another terminal:"),
    h("pre", {}, safe(status.example))];
}

function welcome() {
  return [h("div.welcome", {}, h("p", {}, "Select an event to read it."), h("p.dim", {}, h("kbd", {}, "j"), " ", h("kbd", {}, "k"), " to move, ",
    h("kbd", {}, "/"), " to filter, ", h("kbd", {}, "?"), " for all keys"))];
}

async function showStatus() {
  const latest = await get("status");
  if (status && status.startedAt !== latest.startedAt) {
    // All that the page has is of other events. What was typed stays until it was copied.
    if (route.view !== "edit") return location.reload();
    return banner("The program was started again, with other events. Copy what you have typed, then reload the page.");
  }
  status = latest;
  program.startedAt = status.startedAt;
  const files = (status.files || []).join(", ");
  const parts = status.live
    ? [dot("on", "live"), data(status.listening, "span"), status.forwardTo && h("span.dim", {}, "→ ", data(status.forwardTo)), status.recording && h("span.dim", {}, "recording ", data(status.recording)), status.secrets === "shown" && h("span.warning", {}, "secrets shown")]
    : [data(files, "span")];
  byID("source").replaceChildren(...parts.filter(Boolean));
  byID("source").title = `apizee-hooks ${status.version}` + (status.memory?.limit ? `, ${size(status.memory.used)} of ${size(status.memory.limit)} used` : "");
  byID("pause").hidden = !status.live;
  showCounts({ total: status.total, removed: status.removed });
}

byID("pause").addEventListener("click", pause);
byID("clear").addEventListener("click", clear);
byID("help").addEventListener("click", () => byID("keys").showModal());

listenToKeys({
  j: () => list.move(1),
  k: () => list.move(-1),
  g: () => list.move(-Infinity),
  G: () => list.move(Infinity),
  PageDown: () => list.move(list.page),
  PageUp: () => list.move(-list.page),
  Enter: () => pane.focus(),
  e: act.edit,
  r: act.resend,
  d: act.compare,
  p: act.pin,
  c: () => byID("copy")?.click(),
  "/": () => byID("query").select(),
  "?": () => byID("keys").showModal(),
  Escape: close,
});

await showStatus().catch(complain);
follow(null);
new Live({
  news: (latest) => {
    const changed = !news || latest.generation !== news.generation || latest.removed !== news.removed || latest.total !== news.total;
    news = latest;
    if (!changed) return;
    announce(latest.total);
    list.refresh();
  },
  back: () => {
    showStatus().catch(complain);
    list.refresh();
    if (route.view === "detail" && !current) showPane();
  },
});
