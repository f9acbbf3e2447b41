// One exchange: the request with its findings, the response, and the response of the endpoint it was forwarded to.
import { address, get } from "./api.js";
import { codeView, findingView } from "./code.js";
import { copyMenu } from "./copy.js";
import { clock, count, data, decode, duration, h, plain, size } from "./dom.js";
import { find, offsetOf } from "./json.js";
import { marks, statusOf } from "./list.js";

/** The text of a body, as it came.
 * @param {{text?: string, base64?: string}} body */
export const bodyText = (body) => body?.text ?? (body?.base64 ? decode(body.base64) : "");

/** @param {Object} x  an exchange of the API
 * @param {Object} act  what the buttons do: edit, resend, compare, pin, close
 * @param {{marked: number}} state */
export function detailView(x, act, state) {
  const raw = bodyText(x.body);
  const { findings } = x;
  const ofHeaders = findings.filter((f) => x.headers.some((p) => same(p.name, f.path)));
  const ofBody = findings.filter((f) => !ofHeaders.includes(f) && f.path && find(x.body.pretty ?? raw, f.path));
  const others = findings.filter((f) => !ofHeaders.includes(f) && !ofBody.includes(f));
  const title = x.object ? [data(x.object), " ", data(x.objectId), " ", h("span.event", {}, data(x.event))] : [data(x.method), " ", data(x.path)];
  return [
    h("div.bar", {},
      h("button.back", { click: act.close, "aria-label": "Back to the list" }, "←"),
      h("h2", { title: plain(x.object ? `${x.object} ${x.objectId} ${x.event || ""}` : `${x.method} ${x.path}`) }, title),
      h("div.actions", {},
        !x.gone && h("button.primary", { click: act.edit, "aria-keyshortcuts": "e" }, "Edit and send"),
        !x.gone && h("button", { click: act.resend, "aria-keyshortcuts": "r" }, "Send again"),
        !x.gone && h("button", { click: act.compare, "aria-keyshortcuts": "d", "aria-pressed": String(state.marked === x.id) },
          state.marked && state.marked !== x.id ? `Compare with #${state.marked}` : "Compare"),
        !x.gone && copyMenu(x),
        h("button", { click: act.pin, "aria-keyshortcuts": "p", "aria-pressed": String(Boolean(x.pinned)) }, "Pin"))),
    h("p.facts", {}, facts(x), marks(x)),
    others.length > 0 && h("div.findings", { role: "group", "aria-label": "Findings" }, others.map((f) => findingView(f, true))),
    bodySection(x, raw, ofBody),
    x.forwarded && responseSection("Response of the endpoint", x.forwarded, x.id, "forwarded"),
    // The endpoint's response is returned to the sender as it is, unless something failed.
    !x.sent && (x.outcome || x.response?.status !== x.forwarded?.status || !x.forwarded) &&
      responseSection("Response", { ...(x.response && { durationMs: x.durationMs, ...x.response }), failure: x.outcome ? x.problem : !x.response && "no response" }, x.id, "response"),
    section("Request", x.remote ? ["from ", data(x.remote)] : "", [], h("p.mono.line1", {}, data(`${x.method} ${x.path}`)), headerTable(x.headers, ofHeaders)),
  ];
}

const same = (a, b) => a.toLowerCase() === (b || "").toLowerCase();

function facts(x) {
  const { text, kind } = statusOf(x);
  const parts = [h("time", { datetime: plain(x.at), title: plain(x.at) }, clock(x.at).join("")), h("span.mono", {}, "#" + x.id)];
  if (text) parts.push(h("span.mono.status." + kind, {}, text));
  if (x.durationMs !== undefined) parts.push(duration(x.forwardedDurationMs ?? x.durationMs));
  const first = (kind) => document.querySelector("#detail .finding." + kind)?.scrollIntoView({ block: "center" });
  if (x.errors) parts.push(h("button.quiet.error", { click: () => first("error") }, "✗ " + count(x.errors, "error")));
  if (x.warnings) parts.push(h("button.quiet.warning", { click: () => first("warning") }, "! " + count(x.warnings, "warning")));
  const link = (text, place) => h("a", { href: "#/" + place }, text);
  if (x.sent) parts.push(h("span.dim", { title: "The terminal and its recording have what was received." }, "only on this page, and in what Save writes"));
  if (x.origin) parts.push(link("sent again from #" + x.origin, x.origin));
  if (x.duplicateOf) parts.push(link("duplicate of #" + x.duplicateOf, x.duplicateOf));
  if (x.previous) parts.push(link("changes since #" + x.previous, `diff/${x.previous}/${x.id}`));
  return parts;
}

/** @param {string} title
 * @param {any} meta
 * @param {any} tools
 * @param {...any} content */
function section(title, meta, tools, ...content) {
  return h("section.part", { "aria-label": title }, h("h3", {}, title, h("span.dim", {}, meta), h("span.tools", {}, tools)), content);
}

/** The body, indented or as it came. A body that is not JSON is shown as it came, with the place of its mistake. */
function bodySection(x, raw, findings) {
  const { body } = x;
  if (x.gone) return section("Body", "", [], h("p.dim", {}, "The event is no longer in the recording."));
  if (!body.size) return section("Body", "", [], h("p.dim", {}, "The request has no body."));
  const { problem, line, column } = body;
  const shown = problem ? [{ severity: "error", path: "", message: `${problem} (line ${line}, column ${column})`, offset: offsetOf(raw, line, column) }] : findings;
  const content = h("div");
  const show = (pretty) => {
    for (const b of [prettyButton, rawButton]) b.setAttribute("aria-pressed", String((b === prettyButton) === pretty));
    const code = pretty ? codeView(body.pretty, { json: true, findings, label: "Body, indented" })
      : codeView(raw, { json: true, findings: shown, label: "Body, as it came" });
    content.replaceChildren(code, pretty && body.prettyTruncated ? h("p.dim", {}, "The indented body is cut; raw shows more.") : "");
  };
  const prettyButton = h("button.tab", { click: () => show(true) }, "Pretty");
  const rawButton = h("button.tab", { click: () => show(false) }, "Raw");
  show(Boolean(body.pretty));
  const tools = [body.pretty && h("span.tabs", { role: "group", "aria-label": "Format of the body" }, prettyButton, rawButton), download(x.id, "request")];
  return section("Body", size(body.size), tools, content, body.truncated && cut(body, raw), body.incomplete && incomplete());
}

const cut = (body, raw) => h("p.dim", {}, `The first ${size(raw.length)} of ${size(body.size)}. Download shows the rest.`);

const incomplete = () => h("p.dim", {}, "Only the start of the body was kept.");

const download = (id, part) => h("a.quiet", { href: address(`exchanges/${id}/body`, { part }), download: `body-${id}.txt` }, "Download");

function headerTable(headers = [], findings = []) {
  return h("dl.headers", {}, headers.map(({ name, value }) => h("div", {},
    h("dt", {}, data(name)),
    h("dd", {}, data(value), findings.filter((f) => same(name, f.path)).map((f) => findingView(f))))));
}

function responseSection(title, r, id, part) {
  const failed = r.failure && h("div.findings", {}, findingView({ severity: "error", path: "", message: r.failure.message ?? r.failure }));
  const { kind } = statusOf(r);
  const text = bodyText(r.body);
  const line = r.status > 0 && h("p.mono.line1", {}, h("span.status." + kind, {}, String(r.status)), r.url && [" ", data(r.url)]);
  return section(title, duration(r.durationMs), text && download(id, part), failed, line,
    text && codeView(r.body.pretty ?? text, { json: /^\s*[[{]/.test(text), label: title }), r.body?.truncated && cut(r.body, text), r.body?.incomplete && incomplete(), headerTable(r.headers));
}

/** @param {number} id
 * @param {AbortSignal} signal */
export const fetchDetail = (id, signal) => get("exchanges/" + id, {}, { signal });
