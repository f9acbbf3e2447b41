// Editing an exchange and sending it again, with findings as one types.
import { post, text } from "./api.js";
import { findingView } from "./code.js";
import { bodyText } from "./detail.js";
import { count, h, plain, problem, safe, size } from "./dom.js";
import { find, offsetOf } from "./json.js";

const checkAfter = 150;

// What was typed and not sent, by exchange: leaving the editor does not lose it.
const drafts = new Map();

let lastTarget = ""; // where something was sent last, for a page without targets
const largest = 2 << 20;
const largestIndented = 64 << 10; // the API cuts longer ones

// Headers that belong to a connection or follow from the body.
const own = /^(host|content-length|connection|transfer-encoding|accept-encoding)$/i;

/** @param {Object} x  the exchange
 * @param {{name: string, url: string, ownPath?: boolean}[]} targets
 * @param {{sent: (answer: {id: number, failure?: string, masked?: string[]}) => void, cancel: () => void}} act */
export async function editView(x, targets, act) {
  const close = h("button.back", { click: act.cancel, "aria-label": "Back to the event" }, "←");
  const heading = h("h2", {}, "Edit and send ", h("span.dim", {}, "#" + x.id));
  if (x.body.size > largest || x.body.base64) {
    const why = x.body.base64 ? "The body is not text" : `The body has ${size(x.body.size)}`;
    return [h("div.bar", {}, close, heading, h("div.actions", {}, h("button", { click: act.cancel }, "Close"))), h("p.wide", {}, why + ": it can be sent again as it is, and cannot be edited here.")];
  }
  const indented = !x.body.truncated && x.body.pretty?.length < largestIndented;
  const original = x.body.truncated ? await text(`exchanges/${x.id}/body`, { part: "request" }) : (indented ? x.body.pretty : bodyText(x.body));

  const target = h("select", { id: "target", hidden: targets.length === 0, change: () => {
    url.hidden = target.value !== "";
    url.required = !url.hidden;
  } },
    targets.map((t) => h("option", { value: t.name }, plain(t.name === t.url ? t.url : `${t.url} (${t.name})`))), h("option", { value: "" }, "another URL on this machine"));
  const url = h("input", { id: "url", "aria-label": "Target: a URL on this machine", placeholder: "http://localhost:3000/hooks", hidden: targets.length > 0, required: targets.length === 0, spellcheck: "false" });
  const method = h("input", { id: "method", spellcheck: "false", autocomplete: "off" });
  const path = h("input", { id: "path", spellcheck: "false", autocomplete: "off" });
  const headers = h("textarea", { id: "headers", spellcheck: "false", wrap: "off", autocomplete: "off" });
  const body = h("textarea", { id: "body", spellcheck: "false", wrap: "off", autocomplete: "off", "aria-describedby": "verdict" });
  const gutter = h("pre.gutter", { "aria-hidden": "true" });
  const where = h("p.mono.dim");
  const showWhere = () => {
    const named = targets.find((t) => t.name === target.value);
    const to = (named?.url ?? url.value).replace(/[?#].*/, "");
    // A URL with a path is where everything goes.
    path.disabled = named ? Boolean(named.ownPath) : /\/./.test(to.replace(/^[\w+.-]+:\/\//, ""));
    where.replaceChildren(...(to ? ["→ ", ...safe(path.disabled || path.value === "/" ? to : to.replace(/\/$/, "") + path.value)] : []));
  };
  const hidden = h("p.dim", {}, "Values of **** are masked, and not sent. Type yours over them, or start the program with --show-secrets.");
  const showHidden = () => (hidden.hidden = !(headers.value + path.value).includes("****"));
  const now = h("input", { id: "now", type: "checkbox", checked: true });
  const verdict = h("p.verdict", { id: "verdict", role: "status" });
  const list = h("div.findings", { role: "group", "aria-label": "Findings" });
  const send = h("button.primary", { type: "submit" }, "Send");

  const fields = [method, path, headers, body];
  const fill = (values) => fields.forEach((field, i) => (field.value = values[i]));
  const filled = () => fields.map((field) => field.value);
  fill([x.method, x.path, x.headers.filter((p) => !own.test(p.name)).map((p) => p.name + ": " + p.value).join("\n"), original]);
  const untouched = filled(); // with the line ends of fields
  if (drafts.has(x.id)) fill(drafts.get(x.id));
  headers.rows = Math.min(8, Math.max(2, headers.value.split("\n").length));
  const lines = (s) => s.split("\n").length;
  body.rows = Math.min(24, Math.max(8, lines(body.value) + 1));

  let findings = [];
  const number = () => {
    const marked = new Map();
    for (const f of findings) if (f.at) marked.set(f.at, marked.get(f.at) === "✗" ? "✗" : f.severity === "error" ? "✗" : "!");
    const numbers = [];
    const last = Math.min(lines(body.value), 5000);
    for (let n = 1; n <= last; n++) numbers.push((marked.get(n) || " ") + " " + n);
    gutter.textContent = numbers.join("\n");
    gutter.scrollTop = body.scrollTop;
  };
  const choose = (start, end) => {
    body.focus();
    body.setSelectionRange(start, end);
  };
  const show = (answer) => {
    const value = body.value;
    findings = answer.findings.map((f) => {
      const token = f.path ? find(value, f.path) : null;
      return { ...f, start: token?.start, end: token?.end, at: token ? lines(value.slice(0, token.start)) : 0 };
    });
    if (answer.problem) {
      const at = offsetOf(value, answer.line, answer.column);
      findings = [{ severity: "error", path: "", message: answer.problem, start: at, end: at + 1, at: answer.line }];
    }
    const errors = findings.filter((f) => f.severity === "error").length;
    now.disabled = !answer.hasTime;
    verdict.textContent = errors ? `✗ ${count(errors, "error")}; it can still be sent` : findings.length ? "! valid, with warnings" : "✓ valid";
    verdict.className = "verdict " + (errors ? "error" : findings.length ? "warning" : "");
    list.replaceChildren(...findings.map((f) => {
      const view = findingView(f, true);
      if (f.at) view.append(h("button.quiet", { type: "button", click: () => choose(f.start, f.end) }, "line " + f.at));
      return view;
    }));
    number();
  };

  let timer = 0;
  let checking = new AbortController();
  const check = async () => {
    checking.abort();
    checking = new AbortController();
    try {
      show(await post("check", { body: body.value }, { signal: checking.signal }));
    } catch (error) {
      if (error.name !== "AbortError") verdict.textContent = "Not checked: " + plain(error.message);
    }
  };
  body.addEventListener("input", () => {
    number();
    clearTimeout(timer);
    timer = window.setTimeout(check, checkAfter);
  });
  body.addEventListener("scroll", () => (gutter.scrollTop = body.scrollTop), { passive: true });

  const failure = h("p.error", { role: "alert" });
  const form = h("form.edit", { submit: async (e) => {
    e.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    send.textContent = "Sending…";
    failure.replaceChildren();
    try {
      const request = { origin: x.id, target: target.value || url.value, method: method.value, path: path.value, now: now.checked,
        // What is untouched is sent as it came: a field may not show all of it.
        ...(headers.value !== untouched[2] && { headers: parseHeaders(headers.value) }),
        ...(body.value !== untouched[3] && { body: body.value, indented }) };
      const answer = await post("send", request);
      drafts.delete(x.id);
      lastTarget = request.target;
      act.sent(answer);
    } catch (error) {
      failure.replaceChildren(...problem(error));
      send.disabled = false;
      send.textContent = "Send";
    }
  }, input: () => {
    drafts.set(x.id, filled());
    showWhere();
    showHidden();
  }, keydown: (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      if (!e.repeat) form.requestSubmit();
    }
  } },
    h("div.bar", {}, close, heading, h("div.actions", {}, h("button", { type: "button", click: () => (drafts.delete(x.id), act.cancel()) }, "Cancel"), send)),
    failure,
    h("div.fields", {},
      h("label", { for: targets.length ? "target" : "url" }, "Target"), h("div.target", {}, target, url),
      h("label", { for: "path" }, "Request"), h("div.request", {}, h("label.unseen", { for: "method" }, "Method"), method, path, where),
      h("label", { for: "headers" }, "Headers"), h("div", {}, headers, hidden),
      h("label", { for: "body" }, "Body"), h("div.editor", {}, gutter, body),
      h("span"), h("div", {}, h("label.check", {}, now, " set ", h("code", {}, "time"), " to now"), verdict, list)));
  number();
  showWhere();
  showHidden();
  check();
  return [form];
}

/** The headers of a text with one per line.
 * @param {string} text */
function parseHeaders(text) {
  return text.split("\n").filter((line) => line.trim()).map((line) => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`a header needs a name and a colon: ${line}`);
    return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  });
}

/** Reports whether there is something to send to without choosing it.
 * @param {{name: string, url: string}[]} targets */
export const hasTarget = (targets) => Boolean(targets.length || lastTarget);

/** Sends an exchange again as it is, to the first target.
 * @param {number} id
 * @param {{name: string, url: string}[]} targets */
export const resend = (id, targets) => post("send", { origin: id, target: targets[0]?.name || lastTarget });
