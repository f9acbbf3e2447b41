// The difference of two bodies, as the API finds it, with fields to ignore.
import { get } from "./api.js";
import { count, data, h, problem, safe } from "./dom.js";

const words = { add: "added", remove: "removed", replace: "changed" };
const signs = { add: "+", remove: "−", replace: "~" };

/** @param {{id: number, other: number, ignore: string[]}} route
 * @param {{ignore: (paths: string[]) => void, close: () => void, swap: () => void}} act */
export async function diffView({ id, other, ignore }, act) {
  const link = (n) => h("a", { href: "#/" + n }, "#" + n);
  const head = h("div.bar", {}, h("button.back", { click: act.close, "aria-label": "Back to the event" }, "←"),
    h("h2", {}, "Difference of ", link(id), " and ", link(other)),
    h("div.actions", {}, h("button", { click: act.swap }, "Swap"), h("button", { click: act.close }, "Close")));
  let answer;
  try {
    answer = await get("diff", { a: id, b: other, ignore: ignore.join(",") });
  } catch (error) {
    return [head, h("div.findings", {}, h("p.error", {}, problem(error)))];
  }
  const { changes, more = 0 } = answer;
  const value = (v) => (v === undefined ? h("td.none", {}, "–") : h("td", {}, h("code", {}, safe(v))));
  const rows = changes.map((c) => h("tr." + c.op, {},
    h("td.sign", { title: words[c.op] }, h("span", { role: "img", "aria-label": words[c.op] }, signs[c.op])),
    h("th", { scope: "row" }, data(c.path || "the whole body")), value(c.from), value(c.to),
    h("td", {}, c.path && h("button.quiet", { click: () => act.ignore([...ignore, c.path]), "aria-label": "Ignore " + c.path }, "Ignore"))));
  return [head,
    ignore.length > 0 && h("p.facts", {}, "Ignored:", ignore.map((path) =>
      h("button.chip", { click: () => act.ignore(ignore.filter((p) => p !== path)), "aria-label": "Compare again: " + path }, safe(path), " ✕"))),
    answer.text && h("p.facts", {}, "A body is not JSON, so both are compared as text."),
    changes.length
      ? h("div.scroll", { tabindex: "0", role: "region", "aria-label": "Changes" }, h("table.diff", {}, h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, "field"), h("th", { scope: "col" }, "#" + id),
        h("th", { scope: "col" }, "#" + other), h("td"))), h("tbody", {}, rows)))
      : h("p.dim.wide", {}, ignore.length ? "The bodies are equal in all that is not ignored." : "The bodies are equal."),
    more > 0 && h("p.dim.wide", {}, `${count(more, "more change")} not shown. Ignore fields to see others.`),
  ];
}
