// How elements are made. What was received enters the page through textContent alone,
// with everything that could mislead a reader written as an escape.

/** Makes an element. Attributes that are false or absent are left out; functions are listeners.
 * @param {string} tag  such as "span.dim": an element and its classes
 * @param {Object} attributes
 * @param {...(Node|string|number|false|null|undefined|Array)} children
 * @returns {any} the kind of element that the tag names */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== false && c !== null && c !== undefined && c !== ""));
  return element;
}

/** @param {string} id
 * @returns {any} */
export const byID = (id) => document.getElementById(id);

// What pkg/console escapes in a terminal: controls, bidirectional controls, unusual spaces, and what
// is unassigned, private or invisible. U+DC80 to U+DCFF stand for bytes that are not UTF-8.
const hidden = /(?![ \u200c\u200d])[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

/** @param {string} c */
function escape(c) {
  const code = c.codePointAt(0);
  const named = { 9: "\\t", 10: "\\n", 13: "\\r" }[code];
  if (named) return named;
  if (code >= 0xdc80 && code <= 0xdcff) return "\\x" + (code - 0xdc00).toString(16);
  if (code < 0x20 || code === 0x7f) return "\\x" + code.toString(16).padStart(2, "0");
  return code > 0xffff ? "\\U" + code.toString(16).padStart(8, "0") : "\\u" + code.toString(16).padStart(4, "0");
}

/** The text with escapes, for titles, labels and announcements.
 * @param {string} text */
export const plain = (text) => String(text ?? "").replace(hidden, escape);

/** The text as nodes, with its escapes marked.
 * @param {string} text
 * @returns {(Node|string)[]} */
export function safe(text) {
  text = String(text ?? "");
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > last) nodes.push(text.slice(last, match.index));
    nodes.push(h("span.escape", {}, escape(match[0])));
    last = match.index + match[0].length;
  }
  if (last < text.length) nodes.push(text.slice(last));
  return nodes;
}

/** Received text, kept apart from the direction of what is around it.
 * @param {string} text
 * @param {string} tag */
export const data = (text, tag = "bdi") => h(tag, {}, safe(text));

/** What is wrong and, where it is known, what to do.
 * @param {{message: string, hint?: string}} error */
export const problem = ({ message, hint }) => ["✗ ", ...safe(message), ...(hint ? [h("span.dim", {}, "; ", safe(hint))] : [])];

/** The same as one sentence.
 * @param {{message: string, hint?: string}} error */
export const sentence = ({ message, hint }) => plain(hint ? `${message}; ${hint}` : message + ".");

/** The text of base64, with bytes that are not UTF-8 as U+DC80 to U+DCFF.
 * @param {string} encoded */
export function decode(encoded) {
  const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const parts = [];
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i];
    const size = lead < 0x80 ? 1 : lead >> 5 === 6 ? 2 : lead >> 4 === 14 ? 3 : lead >> 3 === 30 ? 4 : 0;
    try {
      if (!size || i + size > bytes.length) throw new RangeError();
      parts.push(size === 1 ? String.fromCharCode(lead) : strict.decode(bytes.subarray(i, i + size)));
      i += size;
    } catch {
      parts.push(String.fromCharCode(0xdc00 + lead));
      i++;
    }
  }
  return parts.join("");
}

/** A duration as the command line prints it.
 * @param {number} ms */
export function duration(ms) {
  if (ms === undefined || ms === null) return "";
  if (ms < 0.0995) return Math.max(1, Math.round(ms * 1000)) + " µs";
  if (ms < 9.95) return ms.toFixed(1) + " ms";
  if (ms < 999.5) return Math.round(ms) + " ms";
  if (ms < 59950) return (ms / 1000).toFixed(ms < 9995 ? 2 : 1) + " s";
  const seconds = Math.round(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  if (seconds < 3600) return Math.floor(seconds / 60) + "m" + two(seconds % 60) + "s";
  const minutes = Math.round(seconds / 60);
  return Math.floor(minutes / 60) + "h" + two(minutes % 60) + "m";
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return bytes + " B";
  if (bytes < 1024 * 1024) return (bytes / 1024).toFixed(1) + " KiB";
  return (bytes / 1024 / 1024).toFixed(1) + " MiB";
}

/** @param {number} n */
export const number = (n) => n.toLocaleString("en-US");

/** @param {number} n
 * @param {string} one */
export const count = (n, one) => number(n) + " " + one + (n === 1 ? "" : "s");

/** The time zone of what clock returns, in minutes east of UTC. */
export const zone = () => -new Date().getTimezoneOffset();

/** The year and the day of an RFC 3339 time, unless it is today, its time of day, and the milliseconds.
 * @param {string} at */
export function clock(at) {
  const t = new Date(at);
  const two = (n, width = 2) => String(n).padStart(width, "0");
  const isToday = t.toDateString() === new Date().toDateString();
  return [...(isToday ? ["", ""] : [t.getFullYear() + "-", two(t.getMonth() + 1) + "-" + two(t.getDate()) + " "]), two(t.getHours()) + ":" + two(t.getMinutes()) + ":" + two(t.getSeconds()), "." + two(t.getMilliseconds(), 3)];
}
