// The requests to the inspector's API.

/** A request to the API that failed: its error and hint, or no response at all. */
export class APIError extends Error {
  /** @param {number} status  0 is no response
   * @param {{error?: string, hint?: string}} body */
  constructor(status, body) {
    super(body.error || "the inspector does not respond");
    this.status = status;
    this.hint = body.hint || "";
  }
}

/** @param {string} path
 * @param {RequestInit} options */
async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, {});
  }
  if (response.ok) return response;
  let body = {};
  try {
    body = await response.json();
  } catch {
    body = { error: response.status + " " + response.statusText };
  }
  throw new APIError(response.status, body);
}

/** The address of an API path with its parameters; those that are empty are left out.
 * @param {string} path
 * @param {Object} parameters */
export function address(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, v]) => v !== "" && v !== undefined));
  return "/api/" + path + (query.size ? "?" + query : "");
}

/** @param {string} path
 * @param {Object} parameters
 * @param {RequestInit} options */
export async function get(path, parameters = {}, options = {}) {
  return (await request(address(path, parameters), options)).json();
}

/** @param {string} path
 * @param {Object} parameters */
export async function text(path, parameters = {}) {
  return (await request(address(path, parameters))).text();
}

/** The start of the program whose events the page shows: what is done with them is not done with those of another. */
export const program = { startedAt: "" };

/** @param {string} path
 * @param {Object} body
 * @param {RequestInit} options */
export async function post(path, body, options = {}) {
  const headers = { "Content-Type": "application/json", ...(program.startedAt && { "If-Match": `"${program.startedAt}"` }) };
  return (await request("/api/" + path, { method: "POST", headers, body: JSON.stringify(body), ...options })).json();
}
