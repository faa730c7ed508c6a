// Files of one's own, and names that would like to be more than text.

import assert from "node:assert/strict";
import { scenario } from "./support.mjs";

const file = (content, name = "mine.json") => ({ name, mimeType: "application/json", buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)) });

const MARKUP = '<img src="x" onerror="globalThis.pwned = 1"><script>globalThis.pwned = 2</script>';

scenario("sessions of one's own are migrated; markup in names and ids stays text", async ({ page, press, action, figures, rows }) => {
  const own = [
    { id: "mine-1", name: MARKUP, screenshots: Array.from({ length: 45 }, (_, index) => ({ id: `shot ${index}`, note: MARKUP })) },
    { id: '"><svg onload=globalThis.pwned=3>', name: "An id with markup", tags: ["<b>"], zero: -1.5e-7 },
  ];
  await page.setInputFiles("#file", file(own));
  await page.waitForSelector("#sessions tbody tr");
  assert.deepEqual([(await figures()).Sessions, (await figures())["To migrate"]], ["2", "2"]);
  await press("#migrate");
  assert.equal((await figures()).Chunked, "2");
  assert.ok((await rows("sessions")).some(({ session }) => session.startsWith(MARKUP)), "the name is shown as it is");

  await press(action(MARKUP, "open"));
  await page.click('[data-place="screenshots"] > summary');
  await page.click('[data-range="screenshots 40-45"] > summary');
  await page.click('[data-range="screenshots 40-45"] .items li:last-child summary');
  assert.ok((await page.textContent('[data-range="screenshots 40-45"] .items li:last-child pre')).includes('"shot 44"'));
  await page.click(action(MARKUP, "rollback"));
  await page.waitForSelector("dialog[open]");
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined, "no markup has run");
  assert.equal(await page.locator("main img, main script, dialog img, main svg").count(), 0, "no markup has become elements");
  await page.keyboard.press("Escape");

  const loaded = await page.evaluate(async (ids) => Promise.all(ids.map((id) => globalThis.restowDemo.instance.loadFullSession(id))), own.map(({ id }) => id));
  assert.equal(JSON.stringify(loaded), JSON.stringify(own));
});

scenario("ids and keys that every object has are ids and keys like others", async ({ page, press, action, figures, rows }) => {
  const text = `[
    { "id": "__proto__", "name": ${JSON.stringify(MARKUP)}, "screenshots": [{ "id": "1", "__proto__": { "polluted": 1 } }], "__proto__": { "polluted": 2 } },
    { "id": "constructor", "name": "__proto__", "constructor": { "prototype": { "polluted": 3 } }, "screenshots": [] },
    { "id": "toString", "name": "hasOwnProperty" }
  ]`;
  const before = await page.evaluate(() => Object.getOwnPropertyNames(Object.prototype).sort());
  await page.setInputFiles("#file", file(text));
  await page.waitForSelector("#sessions tbody tr");
  await press("#migrate");
  assert.deepEqual([(await figures()).Sessions, (await figures()).Chunked], ["3", "3"]);
  const shown = await rows("sessions");
  for (const id of ["__proto__", "constructor", "toString"]) assert.ok(shown.some(({ session }) => session.includes(id)), id);
  await press(action(MARKUP, "open"));
  const loaded = await page.evaluate(async () => {
    const { instance } = globalThis.restowDemo;
    return JSON.stringify(await Promise.all(["__proto__", "constructor", "toString"].map((id) => instance.loadFullSession(id))));
  });
  assert.equal(loaded, JSON.stringify(JSON.parse(text)));
  const after = await page.evaluate(() => ({ names: Object.getOwnPropertyNames(Object.prototype).sort(), polluted: {}.polluted, pwned: globalThis.pwned }));
  assert.deepEqual(after, { names: before, polluted: undefined, pwned: undefined });
  assert.equal(await page.locator("main img, main script").count(), 0, "no markup has become elements");
});

scenario("a broken file is refused in words, and nothing is planted", async ({ page, idle, errors, databases }) => {
  const cases = [
    ["{ nope", "NotJson", /is not JSON/],
    [[], "NoSessions", /empty array/],
    ["42", "NotAnObject", /is of type number/],
    [[{ id: "a" }, "text"], "NotAnObject", /Session 2 of 2 is of type string/],
    [{ name: "no id" }, "IdMissing", /no “id”/],
    [{ id: { nested: true } }, "IdInvalid", /of type object/],
    [{ id: "" }, "IdEmpty", /is empty/],
    [[{ id: 7 }, { id: "7" }], "DuplicateId", /Session 2 of 2 has the same “id”/],
  ];
  for (const [content, code, words] of cases) {
    await page.setInputFiles("#file", file(content, "broken.json"));
    await page.waitForSelector(`#errors [data-code="${code}"]`);
    await idle();
    const text = await page.textContent(`#errors [data-code="${code}"]`);
    assert.match(text, words);
    assert.match(text, /^Reading “broken\.json” failed\./);
    await page.click(`#errors [data-code="${code}"] button`);
    assert.deepEqual(await errors(), [], "an error can be dismissed");
  }
  assert.deepEqual(await databases(), []);
});

scenario("a session that is there already is not overwritten", async ({ page, idle, application, plant }) => {
  await plant("small");
  const before = await application();
  await page.setInputFiles("#file", file([{ id: "new" }, { id: "🚀-launch-day", name: "an impostor" }]));
  await page.waitForSelector('#errors [data-code="AlreadyThere"]');
  await idle();
  assert.deepEqual(await application(), before, "all of a file, or nothing of it");
});

/** Does something in the page's origin before the page itself gets to work. */
async function beforehand({ page, url }, act) {
  // The document itself, since it names its icon: asked for any other, a browser looks for one that is
  // not there, and says so whenever it likes.
  await page.route("**/app/main.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(url);
  await page.evaluate(act);
  await page.unroute("**/app/main.js");
}

/** Makes a database of the same name that is not the demo's. */
function foreignDatabase(where) {
  return beforehand(where, () => new Promise((resolve, reject) => {
    const request = indexedDB.open("taskerino-db", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("collections", { keyPath: "name" }).add({ name: "sessions/real", data: { id: "real", name: "Real work" }, timestamp: 1 });
    request.onsuccess = () => resolve(request.result.close());
    request.onerror = () => reject(request.error);
  }));
}

scenario("somebody's real data is never taken for the demo's", { start: foreignDatabase }, async ({ page, idle, application, errors }) => {
  const before = await application();
  await page.click('[data-plant="small"]');
  await page.waitForSelector('#errors [data-code="NotDemoData"]');
  await idle();
  await page.click("#start-over");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelectorAll('#errors [data-code="NotDemoData"]').length > 1);
  await idle();
  assert.deepEqual(await errors(), ["NotDemoData", "NotDemoData"]);
  assert.deepEqual(await application(), before);
  assert.equal(await page.locator("#sessions tbody tr").count(), 1, "the page still works on it");
});

/** Leaves a text of a real application where the demo would write one. */
function foreignText(where) {
  return beforehand(where, () => localStorage.setItem("taskerino-v3-state", '{"sessions":[{"id":"real","name":"Real work"}]}'));
}

scenario("nor are somebody's real texts in localStorage", { start: foreignText }, async ({ page, idle, texts, databases, errors, action }) => {
  const before = await texts();
  await page.click('[data-plant="small"]');
  await page.waitForSelector('#errors [data-code="NotDemoData"]');
  await idle();
  await page.click("#start-over");
  await page.click('dialog [data-answer="yes"]');
  await page.waitForFunction(() => document.querySelector("#news").textContent.includes("empty again"));
  await idle();
  assert.deepEqual([await texts(), await errors(), await databases()], [before, ["NotDemoData"], []]);
  assert.equal(await page.locator(action("Real work", "migrate")).count(), 1, "the page still works on it");
});
