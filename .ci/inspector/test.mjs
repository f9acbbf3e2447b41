// The page of the inspector in a real browser, as its users use it. Each test has a program, an endpoint and a
// page of its own; a message in the console, or a request to anywhere else, fails it.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, endpoint, event, send, sendStory, start, until } from "./program.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS || join(tmpdir(), "inspector");
const work = mkdtempSync(join(tmpdir(), "inspector-"));
const rotated = join(work, "rotated.ndjson");
let chrome;

before(async () => {
  mkdirSync(shots, { recursive: true });
  chrome = await browser();
});
after(async () => {
  await chrome.close();
  rmSync(work, { recursive: true });
});

/** A test with a page open. options: args, story, width, height, scheme, forced (colors), zone, expected (messages of the console that may come). */
function pageTest(name, options, body) {
  test(name, async () => {
    const target = await endpoint();
    const program = await start(...(options.args?.(target) || ["listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--forward-to", target.url + "/hooks"]));
    const context = await chrome.newContext({ viewport: { width: options.width || 1280, height: options.height || 800 }, colorScheme: options.scheme || "light", forcedColors: options.forced ? "active" : "none", timezoneId: options.zone,
      bypassCSP: Boolean(options.axe), permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true });
    const complaints = [];
    const watch = (page) => {
      page.setDefaultTimeout(10_000);
      page.on("console", (m) => ["error", "warning"].includes(m.type()) && !options.expected?.test(m.text()) && complaints.push(m.text()));
      page.on("pageerror", (e) => complaints.push(e.stack));
      page.on("dialog", (d) => complaints.push("dialog: " + d.message()));
      page.on("request", (r) => new URL(r.url()).origin === new URL(program.page).origin || complaints.push("request to " + r.url()));
    };
    context.on("page", watch);
    try {
      if (options.story) await sendStory(program.receiver);
      const page = await context.newPage();
      await page.goto(program.page + (options.at || ""));
      if (options.story) await page.waitForSelector(`#row-${options.last || 10}`);
      await body({ page, program, target, context });
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      await program.stop();
      target.stop();
    }
  });
}

const title = (page) => page.locator("#detail h2").innerText();
const toast = (page, text) => page.waitForFunction((text) => document.getElementById("toast").textContent.includes(text), text);
const row = (page, id) => page.locator(`#row-${id}`);
const openEvent = async (page, id) => {
  await row(page, id).click();
  await page.waitForFunction((id) => location.hash === `#/${id}` && document.querySelector("#detail .facts")?.textContent.includes("#" + id), id);
};

pageTest("events appear as they arrive", {}, async ({ page, program }) => {
  await page.waitForSelector("#empty:not([hidden])");
  assert.match(await page.locator("#empty").innerText(), /No events yet.*apizee-hooks send ticket --to http/s);
  assert.equal(new URL(page.url()).search, "", "the token stays in the address");
  await sendStory(program.receiver);
  await page.waitForSelector("#row-10");
  assert.match(await page.locator("#counts").innerText(), /10 events/);
  assert.match(await row(page, 1).innerText(), /ticket 4211\s+create\s+state=new\s+200/);
  assert.equal(await page.locator("#grid").getAttribute("aria-rowcount"), "11");
});

pageTest("an event with its findings and responses", { story: true }, async ({ page }) => {
  await openEvent(page, 6);
  assert.match(await title(page), /ticket 4211 update/);
  const line = page.locator(".line", { hasText: "opend" });
  assert.match(await line.locator("+ .finding.error").innerText(), /not a documented ticket state; did you mean "opened"/);
  assert.match(await page.locator(".headers div", { hasText: "User-Agent" }).locator(".finding.warning").innerText(), /Apizee sends "Cloud Apizee"/);
  await page.click("text=Raw");
  assert.match(await page.locator(".code .line").first().innerText(), /^\{"event":"update"/);
  await openEvent(page, 10);
  const response = page.locator("section[aria-label='Response of the endpoint']");
  assert.match(await response.innerText(), /500.*\/hooks.*no such column: closed_at.*X-Powered-By.*Express/s);
});

pageTest("invalid JSON with the place of its mistake", { story: true }, async ({ page }) => {
  await openEvent(page, 8);
  assert.equal(await page.locator(".mistake").innerText(), "c");
  assert.match(await page.locator(".code .finding.error").innerText(), /line 2/);
  assert.match(await row(page, 8).innerText(), /not JSON: .*line 2/);
});

pageTest("the status is the one that the sender got", {}, async ({ page, program, target }) => {
  target.dies = true;
  await send(program.receiver, event("create", "ticket", 1, { state: "new" }));
  await page.waitForSelector("#row-1");
  assert.match(await row(page, 1).innerText(), /not forwarded: .*state=new\s+502/s);
  assert.match(await row(page, 1).locator(".status").getAttribute("class"), /error/);
  await openEvent(page, 1);
  assert.match(await page.locator("#detail .facts").innerText(), /502/);
  assert.match(await page.locator("section[aria-label='Response of the endpoint']").innerText(), /closed the connection.*200.*hel/s);
  assert.match(await page.locator("section[aria-label=Response]").innerText(), /not forwarded: .*502/s);
});

pageTest("duplicates and events out of order are marked", { story: true }, async ({ page }) => {
  assert.match(await row(page, 4).innerText(), /dup/);
  assert.match(await row(page, 7).innerText(), /late/);
  await openEvent(page, 4);
  await page.click("text=duplicate of #3");
  await page.waitForFunction(() => location.hash === "#/3");
});

pageTest("the filter is in the address, suggests, and says what is wrong", { story: true, expected: /400/ }, async ({ page, context }) => {
  await page.keyboard.press("/");
  await page.keyboard.type("is:du");
  await page.locator("#suggestions [role=option]", { hasText: "is:duplicate" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#counts").textContent.includes("1 of 10"));
  await until(() => new URL(page.url()).searchParams.get("filter") === "is:duplicate");
  const other = await context.newPage();
  await other.goto(page.url());
  await other.waitForSelector("#row-4");
  assert.equal(await other.locator("#rows .row[data-id]:not([hidden])").count(), 1);
  await page.fill("#query", "is:wrong");
  await page.waitForFunction(() => document.querySelector("#filter-error").textContent.startsWith("✗"));
  assert.equal(await page.locator("#query").getAttribute("aria-invalid"), "true");
  await page.click("#unfilter");
  await page.waitForFunction(() => document.querySelector("#counts").textContent === "10 events");
  assert.equal(new URL(page.url()).search, "");
});

pageTest("while a filter is typed, what is shown stays", { story: true, expected: /400/ }, async ({ page }) => {
  const rows = () => page.locator("#rows .row[data-id]:not([hidden])").count();
  await openEvent(page, 6);
  await page.click("#query");
  await page.keyboard.type("is:inva");
  await page.waitForFunction(() => document.querySelector("#filter-error").textContent.startsWith("✗"));
  assert.match(await title(page), /ticket 4211 update/);
  assert.equal(await rows(), 10);
  assert.equal(await page.locator("#toast").innerText(), "");
  assert.equal(await page.locator("#counts").innerText(), "10 events");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  assert.equal(await download.failure(), null);
  await page.click("#query");
  await page.keyboard.press("End");
  await page.keyboard.type("lid");
  await until(async () => (await page.locator("#counts").innerText()) === "2 of 10 events" && (await rows()) === 2);
  assert.equal(await page.locator("#filter-error").innerText(), "");
  assert.equal(await row(page, 6).getAttribute("aria-selected"), "true");
  // An event that the filter hides stays open; the next one is that below its place.
  await page.fill("#query", "object=media");
  const media = page.locator("#rows .row[data-id]:not([hidden])", { hasText: "media" });
  await until(async () => (await rows()) === 2 && (await media.count()) === 2); // the filter before has as many
  assert.match(await title(page), /ticket 4211 update/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.waitForFunction(() => location.hash === "#/9");
  // A difference too.
  await page.evaluate(() => void (location.hash = "#/diff/2/6"));
  await page.waitForSelector("table.diff");
  await page.fill("#query", "object=ticket");
  await until(async () => (await rows()) === 8);
  assert.match(page.url(), /filter=object%3Dticket#\/diff\/2\/6$/);
  assert.equal(await page.locator("table.diff").count(), 1);
});

pageTest("what is read stays in view when the memory is full", { args: () => ["listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--inspect-memory", "1MiB"] }, async ({ page, program }) => {
  let last = 0;
  const burst = async (n) => {
    for (const end = last + n; last < end; last += 10) await Promise.all(Array.from({ length: 10 }, () => send(program.receiver, event("update", "ticket", 1, { state: "new" }))));
    await page.waitForFunction((last) => document.querySelector("#counts").textContent.includes("removed") ? true : last, last);
  };
  const removed = async () => Number((await page.locator("#counts").innerText()).match(/([\d,]+) removed/)?.[1].replace(",", "") ?? 0);
  const place = (id) => page.evaluate((id) => document.querySelector(`#row-${id}:not([hidden])`)?.getBoundingClientRect().top, id);
  const untilRemoved = async () => {
    const before = await removed();
    for (let tries = 0; tries < 40 && (await removed()) === before; tries++) {
      await burst(100);
      await page.waitForFunction(() => new Promise((done) => setTimeout(() => done(true), 200)));
    }
    assert.ok((await removed()) > before, "nothing was removed");
  };
  await untilRemoved();
  const id = last - 40;
  await page.waitForSelector(`#row-${last}`);
  await page.evaluate((id) => void (location.hash = "#/" + id), id);
  await page.waitForSelector(`#row-${id}[aria-selected=true]`);
  let at = NaN; // once the list has scrolled there
  await until(async () => at === (at = await place(id)));
  await untilRemoved();
  assert.equal(await place(id), at, "the row has moved");
  await page.keyboard.press("j");
  await page.waitForFunction((hash) => location.hash === hash, `#/${id + 1}`);
  await page.click("#pause");
  const shown = await page.locator("#grid").getAttribute("aria-rowcount");
  const gone = await removed();
  const end = last;
  await untilRemoved();
  await until(async () => (await page.locator("#counts").innerText()).includes(`paused, ${(last - end).toLocaleString("en-US")} new`));
  await page.evaluate(() => void (document.getElementById("grid").scrollTop -= 300));
  await page.keyboard.press("G");
  await page.waitForFunction((hash) => location.hash === hash, `#/${end}`);
  assert.equal(Number(await page.locator("#grid").getAttribute("aria-rowcount")) + (await removed()), Number(shown) + gone);
});

pageTest("a link opens an event", { story: true, at: "#/5" }, async ({ page }) => {
  await page.waitForFunction(() => document.querySelector("#detail h2")?.textContent.includes("media 9"));
  assert.equal(await row(page, 5).getAttribute("aria-selected"), "true");
  await openEvent(page, 2);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#detail h2")?.textContent.includes("media 9"));
});

test("a link opens its place in a browser that knows nothing yet", async () => {
  const program = await start("listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0");
  try {
    await sendStory(program.receiver);
    const places = {
      "#/7": /ticket 4211 update/,
      "&filter=object%3Dmedia#/5": /media 9 create/,
      "&filter=object%3Dmedia#/3": /ticket 4211 update/, // which the filter leaves out
      "#/10/edit": /Edit and send #10/,
      "#/diff/2/6?ignore=time": /Difference of #2 and #6/,
      "#/99": /#99/,
    };
    for (const [place, expected] of Object.entries(places)) {
      const page = await chrome.newPage();
      await page.goto(program.page + place);
      await until(async () => expected.test(await page.locator("#detail h2").innerText()));
      assert.ok(!page.url().includes("token"), page.url());
      if (place.includes("filter")) assert.equal(await page.inputValue("#query"), "object=media");
      if (place.includes("ignore")) assert.doesNotMatch(await page.locator("table.diff").innerText(), /^time/m);
      if (place.includes("99")) assert.match(await page.locator("#detail").innerText(), /not there, or no longer/);
      await page.close();
    }
  } finally {
    await program.stop();
  }
});

pageTest("a click as on a link opens an event in a tab of its own", { story: true, at: "&filter=object%3Dmedia", last: 9 }, async ({ page, context }) => {
  for (const options of [{ button: "middle" }, { modifiers: ["Control"] }]) {
    const [tab] = await Promise.all([context.waitForEvent("page"), row(page, 5).click(options)]);
    await until(async () => /media 9 create/.test(await title(tab)));
    assert.match(tab.url(), /\?filter=object%3Dmedia#\/5$/);
    assert.equal(new URL(page.url()).hash, "");
    await tab.close();
  }
});

pageTest("the difference of two events, with fields to ignore", { story: true }, async ({ page }) => {
  await openEvent(page, 2);
  await page.keyboard.press("d");
  await toast(page, "#2 is marked");
  await openEvent(page, 6);
  await page.keyboard.press("d");
  await page.waitForSelector("table.diff");
  assert.match(page.url(), /#\/diff\/2\/6$/);
  const table = () => page.locator("table.diff tbody").innerText();
  assert.match(await table(), /time\s+1795874540\s+1795874580/);
  assert.match(await table(), /props\.state\s+"invited"\s+"opend"/);
  await page.click("[aria-label='Ignore time']");
  await page.waitForFunction(() => !document.querySelector("table.diff")?.textContent.includes("1795874540"));
  assert.match(page.url(), /ignore=time/);
  await page.click("[aria-label='Ignore props.state']");
  await page.waitForFunction(() => document.querySelector("#detail").textContent.includes("equal in all that is not ignored"));
});

pageTest("a difference that is not whole", { story: true }, async ({ page, program }) => {
  const props = (value) => Object.fromEntries(Array.from({ length: 1200 }, (_, i) => ["k" + i, value]));
  for (const value of [1, 2]) await send(program.receiver, event("update", "ticket", 1, props(value)));
  await page.waitForSelector("#row-12");
  const visit = (hash, text) => page.evaluate((hash) => void (location.hash = hash), hash)
    .then(() => page.locator("#detail", { hasText: text }).waitFor());
  await visit("#/diff/11/12", "200 more changes not shown");
  await visit("#/diff/8/10", "A body is not JSON, so both are compared as text.");
});

pageTest("edit, see findings as one types, and send", { story: true }, async ({ page, target }) => {
  await openEvent(page, 10);
  await page.keyboard.press("e");
  await page.waitForSelector("#body");
  assert.equal(await page.evaluate(() => document.activeElement.id), "body");
  const body = await page.inputValue("#body");
  await page.fill("#body", body.replace("closed", "cloosed"));
  await page.locator("form.edit .finding.error", { hasText: "did you mean \"closed\"" }).waitFor();
  await page.fill("#body", body.replace("{", "{,"));
  await page.locator("form.edit .finding.error", { hasText: "line 1" }).waitFor();
  await page.fill("#body", body.replace("closed", "done"));
  await page.waitForFunction(() => document.querySelector("#verdict").textContent === "✓ valid");
  const before = target.received.length;
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #10"));
  assert.equal(target.received.length, before + 1);
  const arrived = JSON.parse(target.received.at(-1).body);
  assert.equal(arrived.props.state, "done");
  assert.ok(Math.abs(arrived.time - Date.now() / 1000) < 60, "time is now");
  assert.match(await page.locator("#detail").innerText(), /only on this page, and in what Save writes.*200.*stored/s);
  await page.click("text=sent again from #10");
  await page.waitForFunction(() => location.hash === "#/10");
});

pageTest("what is no JSON object is sent as it is", { story: true }, async ({ page, target }) => {
  await openEvent(page, 8);
  await page.keyboard.press("e");
  await page.waitForSelector("#now:disabled");
  await page.fill("#body", "{}");
  await page.waitForSelector("#now:enabled");
  await page.fill("#body", "not json");
  await page.keyboard.press("Control+Enter"); // before it was checked
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #8"));
  assert.equal(target.received.at(-1).body, "not json");
});

pageTest("send again as it is", { story: true }, async ({ page, target }) => {
  await openEvent(page, 8);
  const before = target.received.length;
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #8"));
  assert.equal(target.received.length, before + 1);
  assert.equal(target.received.at(-1).body, '{"event":"update","time":1795874590,"object":"ticket",\n "objectId":4211,"props":{"state":closed}}');
  // What was sent can be sent again, to the same place.
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #11"));
  assert.deepEqual(new Set(target.received.slice(-3).map((r) => r.path)), new Set(["/hooks/apizeehooks/"]));
});

pageTest("a key that is held down sends once", { story: true }, async ({ page, target }) => {
  await openEvent(page, 3);
  const before = target.received.length;
  const hold = async (key) => {
    for (let n = 0; n < 5; n++) await page.keyboard.down(key); // as a keyboard repeats it
    await page.keyboard.up(key);
  };
  await hold("r");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #3"));
  await page.focus("text=Send again");
  await hold("Enter");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #11"));
  await page.keyboard.press("e");
  await page.waitForSelector("#body");
  await page.keyboard.down("Control");
  await hold("Enter");
  await page.keyboard.up("Control");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #12"));
  assert.equal(target.received.length, before + 3);
});

pageTest("what was typed as a target is for once", { story: true, expected: /403/ }, async ({ page, target }) => {
  const other = await endpoint();
  try {
    await openEvent(page, 1);
    await page.keyboard.press("e");
    await page.waitForSelector("#body");
    await page.selectOption("#target", "");
    await page.fill("#url", "http://192.0.2.1/");
    await page.keyboard.press("Control+Enter");
    await page.locator("form .error", { hasText: "192.0.2.1 is not this machine; to send there, name it" }).waitFor();
    await page.fill("#url", other.url + "/own");
    assert.equal(await page.locator(".request .dim").innerText(), `→ ${other.url}/own`);
    assert.ok(await page.isDisabled("#path"));
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => location.hash === "#/11");
    assert.deepEqual(other.received.map((r) => r.path), ["/own"]);
    await openEvent(page, 2);
    const before = target.received.length;
    await page.keyboard.press("r");
    await page.waitForFunction(() => location.hash === "#/12");
    assert.equal(target.received.length, before + 1);
    assert.equal(other.received.length, 1);
  } finally {
    other.stop();
  }
});

pageTest("an edited body keeps its form, and headers that are not edited too", { story: true }, async ({ page, program, target }) => {
  const spaced = '{"event":"update",\r\n "time":1, "object":"ticket","objectId":1,"props":{"state":"new"}}';
  await send(program.receiver, Buffer.from(spaced), { "X-Name": "caf\xe9" }); // of a text, Node would send the headers in UTF-8
  await page.waitForSelector("#row-11");
  let last = 11;
  for (const [id, change, want] of [
    [2, (body) => body, event("update", "ticket", 4211, { state: "invited" }, 1795874540)],
    [2, (body) => body.replace("invited", "opened"), event("update", "ticket", 4211, { state: "opened" }, 1795874540)],
    [11, (body) => body, spaced],
  ]) {
    await openEvent(page, id);
    await page.keyboard.press("e");
    await page.waitForSelector("#body");
    await page.uncheck("#now");
    await page.fill("#body", change(await page.inputValue("#body")));
    await page.click("form.edit .primary");
    await page.waitForFunction((id) => location.hash === "#/" + id, ++last);
    assert.equal(target.received.at(-1).body, want);
  }
  assert.equal(target.received.at(-1).headers["x-name"], "caf\xe9");
});

pageTest("a slow delivery is made once, and leaves what is read alone", { story: true }, async ({ page, target }) => {
  const slow = () => {
    let go;
    target.holds = new Promise((done) => (go = done));
    return go;
  };
  const before = target.received.length;
  await openEvent(page, 3);
  let respond = slow();
  for (let n = 0; n < 2; n++) {
    await page.keyboard.press("r");
    await toast(page, "Sending #3 again…");
  }
  await openEvent(page, 5);
  await page.keyboard.press("e");
  await page.fill("#body", "{");
  respond();
  await toast(page, "Sent as #11.");
  assert.equal(await page.inputValue("#body"), "{");
  assert.equal(target.received.length, before + 1);
  await page.click("#toast button");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #3"));
  respond = slow();
  await page.keyboard.press("e");
  await page.waitForSelector("#body");
  await page.keyboard.press("Control+Enter");
  await page.locator("form.edit .primary:disabled", { hasText: "Sending…" }).waitFor();
  respond();
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #11"));
});

pageTest("a delivery that fails says so", { story: true }, async ({ page, target }) => {
  await openEvent(page, 1);
  target.stop();
  await page.keyboard.press("r");
  await toast(page, "Delivery #11 failed: connection refused by");
  await page.waitForFunction(() => location.hash === "#/11");
});

pageTest("a secret is not sent again until it is typed", {}, async ({ page, program, target }) => {
  await send(program.receiver, event("update", "ticket", 1, { state: "new" }), { "X-Api-Key": "hunter2" });
  await page.waitForSelector("#row-1");
  await openEvent(page, 1);
  await page.keyboard.press("r");
  await toast(page, "Sent as #2 without X-Api-Key");
  await page.click("#toast button");
  await page.waitForFunction(() => location.hash === "#/1/edit");
  await page.locator("form.edit", { hasText: "Values of **** are masked" }).waitFor();
  await page.fill("#headers", (await page.inputValue("#headers")).replace("****", "hunter3"));
  await page.locator("text=Values of **** are masked").waitFor({ state: "hidden" });
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => location.hash === "#/3");
  assert.deepEqual(target.received.map((r) => r.headers["x-api-key"]), ["hunter2", undefined, "hunter3"]);
  assert.ok(!(await page.locator("body").innerText()).includes("hunter"));
  await openEvent(page, 1);
  await page.keyboard.press("c");
  await page.click("text=curl command");
  await toast(page, "Copied: curl command. Values of **** are masked");
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /'X-Api-Key: \*{4}'/);

  target.stop();
  await openEvent(page, 1);
  await page.keyboard.press("r");
  await toast(page, "without X-Api-Key, which the page has only as ****, failed: connection refused by");
  await page.locator("#toast").getByRole("button", { name: "Edit" }).click();
  await page.waitForSelector("#body");
});

pageTest("copies in all forms", { story: true }, async ({ page }) => {
  await openEvent(page, 3);
  const expected = { curl: /^curl .*4211/s, send: /^apizee-hooks send ticket.*4211/s, step: /send: ticket update/, template: /"?ticket"?/, body: /^\{"event":"update"/, headers: /User-Agent: Cloud Apizee/ };
  for (const [form, pattern] of Object.entries(expected)) {
    await page.keyboard.press("c");
    await page.locator(`[role=menuitem]:has-text("${{ send: "send command", curl: "curl command", step: "scenario step" }[form] || form}")`).click();
    await until(async () => pattern.test(await page.evaluate(() => navigator.clipboard.readText())));
  }
});

pageTest("what the browser does not let the page copy is there to be copied", { story: true }, async ({ page }) => {
  await openEvent(page, 3);
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined })); // as on http to another machine
  await page.keyboard.press("c");
  await page.click("text=curl command");
  await page.waitForSelector("dialog[open] textarea");
  assert.match(await page.evaluate(() => getSelection().toString()), /^curl .*4211/s);
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog textarea", { state: "detached" });
});

pageTest("pin, clear and undo", { story: true }, async ({ page, context, program }) => {
  const other = await context.newPage(); // a second tab sees the same
  await other.goto(program.page);
  await other.waitForSelector("#row-10");
  await openEvent(page, 3);
  await page.keyboard.press("p");
  await page.locator(".facts .note", { hasText: "pinned" }).waitFor();
  await page.click("#clear");
  await toast(page, "Cleared 9 events");
  for (const tab of [page, other]) await tab.waitForFunction(() => document.querySelectorAll("#rows .row[data-id]:not([hidden])").length === 1);
  await page.click("text=Undo");
  for (const tab of [page, other]) await tab.waitForFunction(() => document.querySelectorAll("#rows .row[data-id]:not([hidden])").length === 10);
});

pageTest("pause", { story: true }, async ({ page, program }) => {
  await page.click("#pause");
  await send(program.receiver, event("delete", "ticket", 4211));
  await page.waitForFunction(() => document.querySelector("#counts").textContent.includes("paused, 1 new"));
  assert.equal(await page.locator("#row-11").count(), 0);
  await page.click("#pause");
  await page.waitForSelector("#row-11");
});

pageTest("pause, then filter and clear", { story: true, at: "&filter=object%3Dmedia", last: 9 }, async ({ page, program }) => {
  const counts = (text) => page.waitForFunction((text) => document.querySelector("#counts").innerText.replace(/\s+/g, " ") === text, text);
  const rows = (n) => page.waitForFunction((n) => document.querySelectorAll("#rows .row[data-id]:not([hidden])").length === n
    && document.querySelectorAll("#rows .row:not([hidden])").length === n, n);
  await rows(2);
  await page.click("#pause");
  await counts("2 of 10 events paused");
  await send(program.receiver, event("delete", "media", 9));
  await counts("2 of 11 events paused, 1 new");
  await page.click("#unfilter");
  await rows(11);
  await send(program.receiver, event("delete", "ticket", 4211));
  await counts("12 events paused, 1 new");
  await rows(11);
  await page.click("#clear");
  await page.waitForSelector("#empty:not([hidden])");
  await rows(0);
  await page.click("text=Undo");
  await rows(12);
});

pageTest("save what is filtered", { story: true, at: "&filter=object%3Dmedia", last: 9 }, async ({ page }) => {
  await until(async () => (await page.locator("#counts").innerText()) === "2 of 10 events");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map((line) => JSON.parse(line.body).object), ["media", "media"]);
});

const recorded = (name, ...events) => {
  const file = join(work, name + ".ndjson");
  writeFileSync(file, events.map(([receivedAt, body]) => JSON.stringify({ receivedAt, method: "POST", path: "/", headers: {}, body, status: 204, findings: [] }) + "\n").join(""));
  return file;
};
const twoRecordings = () => ["inspect", "--addr", "127.0.0.1:0",
  recorded("first", ["2026-11-28T10:00:00Z", event("create", "ticket", 1, { state: "new" })], ["2026-11-28T10:00:30Z", event("update", "ticket", 1, { state: "opened" })]),
  recorded("second", ["2026-11-28T10:00:10Z", event("create", "media", 2)], ["2026-11-28T10:06:00Z", event("update", "media", 2, { state: "completed" })])];

pageTest("several recordings by time, and the saved set of a filter", { args: twoRecordings }, async ({ page }) => {
  await page.waitForSelector("#row-4");
  const notes = () => page.evaluate(() => [...document.querySelectorAll("#rows .row[data-id]:not([hidden])")].map((row) => [...row.querySelectorAll(".note")].map((n) => n.textContent)));
  assert.deepEqual(await notes(), [["first"], ["second"], ["first"], ["second", "+5m30s"]]);
  await page.fill("#query", "is:gap");
  await until(async () => (await page.locator("#counts").innerText()) === "1 of 4 events");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  const saved = join(work, "saved.ndjson");
  await download.saveAs(saved);
  const again = await start("inspect", saved, "--addr", "127.0.0.1:0");
  try {
    const other = await chrome.newPage();
    await other.goto(again.page + "#/1");
    await until(async () => /media 2 update/.test(await title(other)));
    await other.click("#clear");
    await until(async () => (await other.locator("#empty").innerText()) === "No events.");
    await other.click("text=Undo");
    await other.waitForSelector("#row-1");
    await other.close();
  } finally {
    await again.stop();
  }
});

const oldRecording = () => ["inspect", "--addr", "127.0.0.1:0",
  recorded("old", ["2019-03-05T10:00:00Z", event("update", "ticket", 1, { state: "new" })])];

pageTest("the date of an event that is not of today", { args: oldRecording, width: 1440 }, async ({ page }) => {
  assert.match(await row(page, 1).locator(".time").innerText(), /^2019-03-0\d \d\d:00:00$/);
  await openEvent(page, 1);
  assert.match(await page.locator("#detail .facts").innerText(), /^2019-03-0\d \d\d:00:00\.000/);
});

pageTest("the times of a filter are those of the browser", { story: true, zone: "Asia/Kathmandu" }, async ({ page }) => {
  const [hour, minute] = (await row(page, 1).locator(".time").innerText()).split(":");
  for (const [filter, want] of [[`after:${hour}:${minute}`, /^10 of 10/], [`before:${hour}:${minute}`, /^0 of 10/]]) {
    await page.fill("#query", filter);
    await until(async () => want.test(await page.locator("#counts").innerText()));
  }
});

pageTest("a finding is beside its field, whatever the escapes of its name", {}, async ({ page, program }) => {
  await send(program.receiver, '{"event":"update","time":1,"object":"ticket","objectId":1,"props":{"state":"new","caf\\u00e9 \\"":1}}');
  await openEvent(page, 1);
  await page.locator(".line", { hasText: 'caf\\u00e9 \\"' }).locator("+ .finding.warning", { hasText: "not a documented prop" }).waitFor();
});

// Nothing is cut off or pushed aside at any width, as at 200% of 1440 px and 400% of 1280 px.
for (const width of [320, 720, 901, 1000, 1440]) {
  pageTest(`all is in its place at ${width} px`, { story: true, width, height: 500 }, async ({ page }) => {
    const outside = (selector, around) => page.evaluate(([selector, around]) => [...document.querySelectorAll(selector)].filter((e) => {
      const [inner, outer] = [e.getBoundingClientRect(), e.closest(around).getBoundingClientRect()];
      return inner.width > 0 && (inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1);
    }).map((e) => e.outerHTML), [selector, around]);
    assert.deepEqual(await outside("#rows .row:not([hidden]) > *", ".row"), []);
    await page.evaluate(() => void (location.hash = "#/6"));
    await page.locator(".headers .finding").waitFor();
    for (const around of ["header", "#detail .bar", "#detail .headers"]) assert.deepEqual(await outside(around + " *:not(bdi)", around), []);
    const sign = await page.locator(".headers .finding .sign").boundingBox();
    const text = await page.locator(".headers .finding .sign + span").boundingBox();
    assert.ok(text.x - sign.x < 40 && Math.abs(text.y - sign.y) < 5, "the mark is far from its finding");
    await page.click("#copy");
    const menu = await page.locator(".menu").boundingBox();
    const pane = await page.locator("#detail").boundingBox();
    assert.ok(menu.x >= pane.x && menu.x + menu.width <= width, `the menu is from ${menu.x} to ${menu.x + menu.width}`);
  });
}

pageTest("states are visible in forced colors", { story: true, forced: true }, async ({ page }) => {
  const outlined = (selector) => page.locator(selector).evaluate((e) => getComputedStyle(e).outlineStyle);
  assert.equal(await page.locator("#source .on").evaluate((e) => getComputedStyle(e).borderTopWidth), "4px");
  await openEvent(page, 6);
  for (const selector of ["#row-6", ".tab[aria-pressed=true]"]) assert.equal(await outlined(selector), "solid", selector);
  assert.equal(await outlined(".tab[aria-pressed=false]"), "none");
  await page.click("#query");
  await page.waitForSelector("#suggestions [role=option]");
  await page.keyboard.press("ArrowDown");
  assert.equal(await outlined("#suggestions [aria-selected=true]"), "solid");
});

pageTest("on a phone: filter, compare, edit and send", { story: true, width: 400, expected: /400/ }, async ({ page, target }) => {
  const view = (name) => page.waitForSelector(`body[data-view="${name}"]`);
  await row(page, 9).click();
  await view("detail");
  const compare = page.locator("#detail [aria-keyshortcuts=d]");
  await compare.click();
  await toast(page, "Compare with #9");
  await page.click(".back");
  await view("");
  await page.click("#query");
  await page.keyboard.type("object=med");
  await page.locator("#suggestions [role=option]", { hasText: "object=media" }).click();
  await page.keyboard.press("Enter"); // as "search" on its keyboard
  await until(async () => (await page.locator("#counts").innerText()) === "2 of 10 events");
  await row(page, 5).click();
  await compare.and(page.locator("text=Compare with #9")).click();
  await page.waitForSelector("table.diff");
  await page.click(".back");
  await page.waitForFunction(() => location.hash === "#/5");
  await page.click("#detail [aria-keyshortcuts=e]");
  await page.fill("#body", (await page.inputValue("#body")).replace("inprogress", "completed"));
  await page.click("form.edit .primary");
  await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #5"));
  assert.equal(JSON.parse(target.received.at(-1).body).props.state, "completed");
  await page.click(".back");
  await view("");
  await row(page, 11).waitFor();
});

for (const [width, height] of [[1280, 800], [400, 800]]) {
  pageTest(`a long path or ID leaves room for the body at ${width} px`, { width, height }, async ({ page, program }) => {
    await send(program.receiver + "/hooks?" + "p".repeat(2000), "no JSON here");
    await send(program.receiver, event("update", "ticket", "i".repeat(3000), { state: "new" }));
    for (const [id, text] of Object.entries({ 1: "no JSON here", 2: '"object"' })) {
      await page.evaluate((id) => void (location.hash = "#/" + id), id);
      const line = page.locator("section[aria-label=Body] .line", { hasText: text });
      await line.scrollIntoViewIfNeeded();
      const bar = await page.locator("#detail .bar").boundingBox();
      assert.ok(bar.height < 200, `the title has ${bar.height} px`);
      assert.ok(await line.evaluate((e) => document.elementFromPoint(e.getBoundingClientRect().left + 60, e.getBoundingClientRect().bottom - 4).closest(".line") === e), "the body is covered");
      assert.ok((await page.locator("#detail h2").getAttribute("title")).length > 2000);
    }
  });
}

pageTest("by the keyboard alone", { story: true }, async ({ page }) => {
  const hash = (want) => page.waitForFunction((want) => location.hash === want, want);
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  await press("g");
  await hash("#/1");
  await press("j", "ArrowDown");
  await hash("#/3");
  await press("k");
  await hash("#/2");
  await press("G");
  await hash("#/10");
  // A field keeps its keys, and so does the browser.
  await press("/");
  await page.keyboard.type("jkedrpcgG?");
  assert.equal(await page.inputValue("#query"), "jkedrpcgG?");
  await page.fill("#query", "");
  await press("Escape", "Control+g");
  await hash("#/10");
  await press("?");
  await page.waitForSelector("dialog[open]");
  await press("j", "Escape");
  await page.waitForSelector("dialog[open]", { state: "hidden" });
  await hash("#/10");
  await press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "detail");
  // Every stop of the tab key is visible, and shows that it has the focus.
  const stops = [];
  for (let n = 0; n < 9; n++) {
    await press("Tab");
    stops.push(await page.evaluate(() => {
      const e = document.activeElement;
      const box = e.getBoundingClientRect();
      return { name: e.textContent.trim(), visible: box.width > 0 && box.height > 0, outlined: getComputedStyle(e).outlineStyle !== "none" };
    }));
  }
  assert.deepEqual(stops.slice(0, 5).map((s) => s.name), ["Edit and send", "Send again", "Compare", "Copy", "Pin"]);
  for (const stop of stops) assert.ok(stop.visible && stop.outlined, `focus on ${stop.name} is not visible`);
  await press("c", "ArrowDown", "Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "copy");
  await press("e");
  await page.waitForSelector("#body");
  await press("Escape");
  await hash("#/10");
  // A difference, and back to the event that it was asked for on.
  await press("d", "k", "d");
  await hash("#/diff/10/9");
  assert.equal(await page.locator("#toast").innerText(), "");
  await press("Escape");
  await hash("#/9");
  await page.waitForSelector("#copy");
  await press("Escape");
  await hash("");
});

const evil = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><b>bold</b> \u202egnp.exe \u2066';

pageTest("hostile input stays text", {}, async ({ page, program }) => {
  const huge = "123456789012345678901234567890.000100";
  await send(program.receiver, `{"event":"update","time":1795874531,"object":"ticket","objectId":${huge},"props":{"state":"new","note":${JSON.stringify(evil)},"${evil.replaceAll('"', "'")}":"\\u0000"}}`,
    { "X-Evil": "<img src=x onerror=window.hacked=1>" });
  await send(program.receiver, Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x7d]));
  await send(program.receiver, "[".repeat(10_000) + "]".repeat(10_000));
  await send(program.receiver, JSON.stringify({ event: "update", time: 1, object: "ticket", objectId: 1, props: { note: "x".repeat(900_000) } }));
  await send(program.receiver, JSON.stringify({ event: "update", time: 1, object: "ticket", objectId: 1, props: Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => ["k" + i, i])) }));
  await page.waitForSelector("#row-5");
  await openEvent(page, 1);
  const text = await page.locator("#detail").innerText();
  assert.ok(text.includes(huge), "the digits of a number are kept");
  assert.ok(text.includes("</script><script>window.hacked=1</script><img src=x"), "markup is shown as text");
  assert.ok(text.includes("\\u202egnp.exe"), "bidirectional controls are escapes");
  assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(await page.locator("body").innerHTML()), "no control is in the page");
  for (const id of [2, 3, 4, 5]) {
    const started = Date.now();
    await openEvent(page, id);
    assert.ok(Date.now() - started < 3000, `event ${id} took ${Date.now() - started} ms`);
  }
  await openEvent(page, 2);
  assert.match(await page.locator(".code").first().innerText(), /\{\\xff\\xfe\\x00\\x1b\[31m\}/);
  assert.equal(await page.evaluate(() => window["hacked"]), undefined);
  assert.equal(await page.locator("img, b:text('bold'), script:not([src='/page/main.js'])").count(), 0);
});

pageTest("one line of 10 MB", { args: () => ["listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--max-body", "16MiB"] }, async ({ page, program }) => {
  await send(program.receiver, JSON.stringify({ event: "update", time: 1, object: "ticket", objectId: 1, props: { note: "x".repeat(10 << 20) } }));
  await page.waitForSelector("#row-1");
  const started = Date.now();
  await openEvent(page, 1);
  assert.ok(Date.now() - started < 3000, `it took ${Date.now() - started} ms`);
  assert.match(await page.locator("#detail").innerText(), /The first 256.0 KiB of 10.0 MiB/);
  await page.click("text=Show more");
});

pageTest("a hidden tab closes its stream and catches up", { story: true }, async ({ page, program }) => {
  const hide = (hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  await send(program.receiver, event("delete", "ticket", 4211));
  await send(program.receiver, event("delete", "ticket", 4212));
  await page.evaluate(() => new Promise((done) => setTimeout(done, 500)));
  assert.equal(await page.locator("#row-12").count(), 0);
  await hide(false);
  await page.waitForSelector("#row-12");
  await send(program.receiver, event("delete", "ticket", 4213));
  await page.waitForSelector("#row-13");
});

pageTest("a program that stops and is started again", { story: true, expected: /Failed to load|ERR_/ }, async ({ page, program }) => {
  await openEvent(page, 3);
  const address = new URL(program.page).host;
  await program.stop();
  await page.waitForFunction(() => document.querySelector("#banner").textContent.includes("has stopped; trying again"));
  assert.equal(await page.locator("#rows .row[data-id]:not([hidden])").count(), 10, "the events stay readable");
  assert.equal(await page.locator("#source [role=img]").getAttribute("aria-label"), "not connected");
  const again = await start("listen", "--addr", "127.0.0.1:0", "--inspect=" + address);
  try {
    await page.waitForFunction(() => document.querySelector("#banner").textContent.includes("was started again"));
    await page.goto(again.page);
    await page.waitForFunction(() => document.querySelector("#counts").textContent === "0 events");
  } finally {
    await again.stop();
  }
});

test("a page does nothing with the events of another start", async () => {
  const target = await endpoint();
  const args = (addr, inspect) => ["listen", "--addr", addr, "--inspect=" + inspect, "--forward-to", target.url];
  const first = await start(...args("127.0.0.1:0", "127.0.0.1:0"));
  const again = () => start(...args(new URL(first.receiver).host, new URL(first.page).host));
  const context = await chrome.newContext();
  let second;
  try {
    for (const id of [1, 2, 3]) await send(first.receiver, event("update", "ticket", id, { state: "new" }));
    const [page, edited] = [await context.newPage(), await context.newPage()];
    await page.goto(first.page + "#/2");
    await edited.goto(first.page + "#/2/edit");
    for (const tab of [page, edited]) await tab.waitForSelector("#detail h2");
    await first.stop();
    for (const tab of [page, edited]) await tab.waitForFunction(() => document.querySelector("#banner").textContent.includes("has stopped"));
    await edited.keyboard.press("Control+Enter");
    await edited.locator("form.edit .error", { hasText: "the inspector does not respond" }).first().waitFor();
    second = await again();
    for (const id of [91, 92]) await send(second.receiver, event("create", "media", id, { state: "done" }));
    await (await context.newPage()).goto(second.page); // which has the cookie for all tabs
    await page.waitForFunction(() => document.querySelector("#detail h2")?.textContent.includes("media 92"));
    await edited.waitForFunction(() => document.querySelector("#banner").textContent.includes("started again, with other events"));
    const before = target.received.length;
    await edited.keyboard.press("Control+Enter");
    await edited.locator("form.edit .error", { hasText: "started again, with other events" }).first().waitFor();
    assert.match(await edited.inputValue("#body"), /"ticket"/);
    assert.equal(target.received.length, before);
    await page.keyboard.press("r");
    await page.waitForFunction(() => document.querySelector("#detail .facts")?.textContent.includes("sent again from #2"));
    assert.match(target.received.at(-1).body, /"media","objectId":92/);
  } finally {
    await context.close();
    await second?.stop();
    target.stop();
  }
});

pageTest("an event that is no longer in the recording", { args: () => ["listen", "--addr", "127.0.0.1:0", "--inspect=127.0.0.1:0", "--record", rotated] }, async ({ page, program }) => {
  await send(program.receiver, event("update", "ticket", 1, { state: "new" }));
  await page.waitForSelector("#row-1");
  writeFileSync(rotated, "");
  await openEvent(page, 1);
  assert.match(await page.locator("#detail").innerText(), /no longer in the recording/);
  await page.keyboard.press("e");
  await page.keyboard.press("r");
  assert.deepEqual(await page.locator("#detail .actions button").allInnerTexts(), ["Pin"]);
});

test("200,000 events scroll without stutter", async (t) => {
  const file = join(shots, "many.ndjson");
  const lines = [];
  for (let i = 0; i < 200_000; i++) {
    const at = new Date(1795874531000 + i * (i === 100 ? 1000 : 10)).toISOString();
    lines.push(JSON.stringify({ receivedAt: at, method: "POST", path: "/", headers: { "User-Agent": ["Cloud Apizee"] }, body: event("update", "ticket", i, { state: "new" }), status: 204, findings: [] }));
  }
  writeFileSync(file, lines.join("\n") + "\n");
  const program = await start("inspect", file, "--addr", "127.0.0.1:0");
  const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(program.page);
    await page.waitForFunction(() => document.querySelector("#counts").textContent === "200,000 events");
    const measured = await page.evaluate(async () => {
      const grid = document.getElementById("grid");
      const frames = [];
      for (let i = 0; i < 100; i++) {
        const before = performance.now();
        grid.scrollTop = (((i * 7919) % 100) / 100) * grid.scrollHeight;
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - before);
      }
      frames.sort((a, b) => a - b);
      return { median: frames[50], longest: frames[99], rows: document.querySelectorAll("#rows .row").length };
    });
    t.diagnostic(JSON.stringify(measured));
    assert.ok(measured.median < 50 && measured.longest < 1000, "frames are late");
    assert.ok(measured.rows < 100, `${measured.rows} rows are in the page`);
    await page.keyboard.press("G");
    await page.waitForFunction(() => location.hash === "#/200000");
    await page.goto(program.page + "#/100000");
    await page.waitForSelector("#row-100000[aria-selected=true]");
  } finally {
    await page.context().close();
    await program.stop();
  }
});

// Every view in both schemes and two widths: no violation of accessibility, nothing wider than the window, and a picture to look at.
for (const scheme of ["light", "dark"]) {
  for (const width of [1280, 400]) {
    pageTest(`accessible at ${width} px, ${scheme}`, { story: true, scheme, width, axe: true }, async ({ page }) => {
      const check = async (name) => {
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window["axe"].run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.html + " " + n.failureSummary).join("; ")}`), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the window`);
        await page.screenshot({ path: join(shots, `${name}-${width}-${scheme}.png`) });
      };
      const visit = (hash) => page.evaluate((hash) => {
        location.hash = hash;
      }, hash);
      await check("list");
      await visit("#/6");
      await page.waitForSelector(".code .finding");
      await check("event");
      await page.click("#copy");
      await check("menu");
      await page.keyboard.press("Escape");
      await visit("#/8");
      await page.waitForSelector(".mistake");
      await check("invalid");
      await visit("#/10/edit");
      await page.waitForSelector("#body");
      await page.fill("#body", '{\n  "event": "update",\n  "time": "now",\n  "object": "ticket",\n  "objectId": 4211,\n  "props": {\n    "state": "opend"\n  }\n}');
      await page.waitForSelector("form.edit .finding.error");
      await check("edit");
      await visit("#/diff/3/10");
      await page.waitForSelector("table.diff");
      await check("difference");
      await page.keyboard.press("?");
      await check("keys");
      await page.keyboard.press("Escape");
      if (width < 1000) for (const view of ["detail", ""]) {
        await page.click(".back");
        await page.waitForSelector(`body[data-view="${view}"]`);
      }
      await page.click("#query");
      await page.waitForSelector("#suggestions [role=option]");
      await check("filter");
    });
  }
}
