// Text as numbered lines, with the colors of JSON and each finding below the field it is about. It is made
// in portions, so that a body of any size and shape opens at once.
import { h, safe } from "./dom.js";
import { tokens } from "./json.js";

const portionLines = 600;
const portionText = 24000;
const longestPiece = 4000;

/** @typedef {{severity: string, path: string, message: string, offset?: number}} Finding */

/** The marks of differences from a baseline, by severity. */
export const driftSigns = { breaking: "≠", drift: "≈", info: "·" };

/** A finding with its mark, as in the terminal.
 * @param {Finding} finding
 * @param {boolean} withPath */
export function findingView(finding, withPath = false) {
  const bad = finding.severity === "error";
  const sign = { error: "✗", warning: "!", ...driftSigns }[finding.severity] || "!";
  return h("div.finding." + (bad ? "error" : "warning"), {},
    h("span.sign", { role: "img", "aria-label": finding.severity }, sign),
    h("span", {}, withPath && finding.path ? h("b", {}, safe(finding.path + ": ")) : "", safe(finding.message)));
}

/** The pieces of a text, each within a line, with the findings that begin there.
 * @param {string} text
 * @param {boolean} json
 * @param {Map<string, Finding[]>} places  findings by path
 * @param {Finding[]} marks  findings by offset, in order
 * @returns {Generator<{text: string, kind: string, findings: Finding[], ends?: boolean}, any>} */
function* pieces(text, json, places, marks) {
  /** @type {Iterable<import("./json.js").Token>} */
  const all = json ? tokens(text) : [{ kind: "text", start: 0, end: text.length }];
  for (const { kind, start, end, path } of all) {
    let findings = [];
    // A field's findings are at its value, where that is on the line of its key.
    if (path !== undefined && kind !== "key" && places.has(path)) {
      findings = places.get(path);
      places.delete(path);
    }
    for (let at = start; at < end; ) {
      let to = Math.min(end, at + longestPiece);
      const newline = text.indexOf("\n", at);
      if (newline >= 0 && newline < to) to = newline + 1;
      const mark = marks[0] && marks[0].offset >= at && marks[0].offset < to ? marks.shift() : null;
      if (mark && mark.offset > at) {
        yield { kind, text: text.slice(at, mark.offset), findings };
        findings = [];
        at = mark.offset;
      }
      if (mark) to = Math.min(to, at + (text.codePointAt(at) > 0xffff ? 2 : 1));
      const piece = text.slice(at, to);
      const ends = piece.endsWith("\n");
      yield { kind: mark ? kind + " mistake" : kind, text: ends ? piece.replace(/\r?\n$/, "") : piece, findings: mark ? [...findings, mark] : findings, ends };
      findings = [];
      at = to;
    }
  }
  for (const mark of marks) yield { kind: "mistake", text: " ", findings: [mark] };
}

/** @param {string} text
 * @param {{json?: boolean, findings?: Finding[], label?: string}} options */
export function codeView(text, { json = false, findings = [], label = "" } = {}) {
  const places = new Map();
  const marks = [];
  for (const f of findings) {
    if (f.offset !== undefined) marks.push(f);
    else places.set(f.path, [...(places.get(f.path) || []), f]);
  }
  const source = pieces(text, json, places, marks);
  const lines = h("div.lines");
  const more = h("button.more", { click: () => extend() });
  const view = h("div.code", { role: "group", "aria-label": label, translate: "no" }, lines);
  let line = null;
  let number = 0;
  let below = [];

  const close = () => {
    lines.append(...below.map((f) => findingView(f)));
    below = [];
    line = null;
  };
  const extend = () => {
    let budget = portionText;
    const last = number + portionLines;
    more.remove();
    for (;;) {
      const next = source.next();
      if (next.done) return close();
      const piece = next.value;
      if (!line) {
        line = h("span.text");
        lines.append(h("div.line", { "data-line": ++number }, line));
      }
      if (piece.text) line.append(h("span." + piece.kind.replace(" ", "."), {}, safe(piece.text)));
      below.push(...piece.findings);
      budget -= piece.text.length + 8;
      if (piece.ends) close();
      if (budget < 0 || number >= last) break;
    }
    more.textContent = "Show more";
    view.append(more);
  };
  extend();
  return view;
}
