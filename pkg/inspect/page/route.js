// The address is the state: ?filter=Q, then #/ID, #/ID/edit or #/diff/A/B?ignore=PATH,PATH.

/** @typedef {{filter: string, view: string, id: number, other: number, ignore: string[]}} Route */

/** @returns {Route} */
export function readRoute() {
  const query = new URLSearchParams(location.search);
  const route = { filter: query.get("filter") || "", view: "", id: 0, other: 0, ignore: [] };
  const [path, rest = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/");
  if (parts[0] === "diff") {
    Object.assign(route, { view: "diff", id: Number(parts[1]) || 0, other: Number(parts[2]) || 0 });
    route.ignore = (new URLSearchParams(rest).get("ignore") || "").split(",").filter(Boolean);
  } else {
    route.id = Number(parts[0]) || 0;
    route.view = route.id ? (parts[1] === "edit" ? "edit" : "detail") : "";
  }
  return route;
}

/** @param {Route} route
 * @returns {string} */
export function address({ filter, view, id, other, ignore }) {
  const query = filter ? "?" + new URLSearchParams({ filter }) : "";
  let hash = "";
  if (view === "diff") hash = `#/diff/${id}/${other}` + (ignore.length ? "?" + new URLSearchParams({ ignore: ignore.join(",") }) : "");
  else if (id) hash = `#/${id}` + (view === "edit" ? "/edit" : "");
  return location.pathname + query + hash;
}
