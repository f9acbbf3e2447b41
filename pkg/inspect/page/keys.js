// The keys. None is taken from a field, or from the browser.
import { byID, h } from "./dom.js";

const help = [
  ["j  k", "next and previous event, as ↓ and ↑"],
  ["g  G", "first and last event"],
  ["Enter", "read the selected event"],
  ["/", "filter"],
  ["e", "edit and send"],
  ["r", "send again as it is"],
  ["d", "mark for a difference; on another event, compare"],
  ["c", "copy as curl command, send command, scenario step, template, body, headers"],
  ["p", "pin: keep when events are cleared"],
  ["Esc", "back"],
  ["?", "these keys"],
];

// What a key that is held down does again: moving, and nothing else.
const repeated = ["j", "k", "PageDown", "PageUp"];

/** @param {Object<string, () => void>} actions  by key */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (e.target);
    if (e.repeat && e.key === "Enter" && target.closest("button")) return e.preventDefault(); // the browser would click again
    if (e.key !== "Escape" && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const inGrid = target.closest("#grid") || target === document.body;
    const name = inGrid ? { ArrowDown: "j", ArrowUp: "k", Home: "g", End: "G" }[e.key] || e.key : e.key;
    if (["Enter", "PageDown", "PageUp"].includes(name) && !inGrid) return;
    const action = actions[name];
    if (!action) return;
    e.preventDefault();
    if (!e.repeat || repeated.includes(name)) action();
  });
  const keys = byID("keys");
  keys.append(h("h2", { id: "keys-title" }, "Keys"),
    h("dl", {}, help.map(([key, what]) => h("div", {}, h("dt", {}, key.split("  ").map((k) => h("kbd", {}, k))), h("dd", {}, what)))),
    h("form", { method: "dialog" }, h("button", {}, "Close")));
}
