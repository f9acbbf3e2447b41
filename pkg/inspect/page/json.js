// JSON as tokens, for its colors and for the places of findings. It never becomes a JavaScript value,
// so the digits of a number stay as they are, and text that is not JSON is tokens as well.

/** @typedef {{kind: string, start: number, end: number, path?: string}} Token */

const deepest = 12; // paths of findings are no deeper

/** Where the token that starts at start ends. A string ends at the end of its line at the latest.
 * @param {string} text
 * @param {number} start */
function endOf(text, start) {
  const c = text[start];
  let at = start + 1;
  if (c === '"') {
    for (; at < text.length && text[at] !== "\n"; at++) {
      if (text[at] === '"') return at + 1;
      if (text[at] === "\\" && text[at + 1] !== "\n") at++;
    }
    return Math.min(at, text.length);
  }
  if (!"{}[]:,".includes(c)) {
    const space = isSpace(c);
    while (at < text.length && !'"{}[]:,'.includes(text[at]) && isSpace(text[at]) === space) at++;
  }
  return at;
}

/** @param {string} c */
const isSpace = (c) => c === " " || c === "\n" || c === "\t" || c === "\r";

/** The name that a key stands for.
 * @param {string} key  in quotes */
function unquote(key) {
  try {
    return JSON.parse(key);
  } catch {
    return key.slice(1, -1);
  }
}

/** The tokens of a text. A key and a value have the path of their field, as findings have it: props.geoloc.lat.
 * @param {string} text
 * @returns {Generator<Token>} */
export function* tokens(text) {
  const stack = []; // of the objects and arrays around: {array, name, path}
  let key = null; // the name that awaits its value
  const path = () => {
    const top = stack.at(-1);
    if (!top) return "";
    if (stack.length > deepest || top.path === undefined) return undefined;
    if (top.array) return top.path + "[" + top.index + "]";
    return key === null ? undefined : (top.path && top.path + ".") + key;
  };
  for (let start = 0, end; start < text.length; start = end) {
    end = endOf(text, start);
    const c = text[start];
    const top = stack.at(-1);
    if (c === "{" || c === "[") {
      const here = path();
      yield { kind: "punctuation", start, end, path: here };
      stack.push({ array: c === "[", path: here, index: 0 });
      key = null;
    } else if (c === "}" || c === "]") {
      stack.pop();
      key = null;
      yield { kind: "punctuation", start, end };
    } else if (c === ",") {
      if (top) top.index++;
      key = null;
      yield { kind: "punctuation", start, end };
    } else if (c === ":") {
      yield { kind: "punctuation", start, end };
    } else if (c === '"' && top && !top.array && key === null) {
      key = unquote(text.slice(start, end));
      yield { kind: "key", start, end, path: path() };
    } else if (isSpace(c)) {
      yield { kind: "space", start, end };
    } else {
      const kind = c === '"' ? "string" : /[-0-9]/.test(c) ? "number" : "word";
      yield { kind, start, end, path: path() };
    }
  }
}

/** The offset of a line and column, both from 1, the column in characters.
 * @param {string} text
 * @param {number} line
 * @param {number} column */
export function offsetOf(text, line, column) {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf("\n", at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  for (let n = 1; n < column && at < text.length; n++) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/** Where the value of a field is.
 * @param {string} text
 * @param {string} field  its path
 * @returns {Token|null} */
export function find(text, field) {
  let found = null;
  for (const token of tokens(text)) {
    if (token.path !== field || token.kind === "space") continue;
    if (token.kind !== "key") return token;
    found = token;
  }
  return found;
}
