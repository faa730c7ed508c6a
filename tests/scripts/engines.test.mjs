import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { environment, firefoxCapabilities, webkitCapabilities } from "../../scripts/lib/engines.mjs";
import { packagesOf } from "../../scripts/lib/programs.mjs";
import { geckodriverVersionOf } from "../../scripts/lib/tools.mjs";
import { background, openSession, startDriver, withCapabilities } from "../../scripts/lib/webdriver.mjs";

test("a Debian package that brings several programs is named once", () => {
  assert.deepEqual(packagesOf(["webkitdriver", "minibrowser", "xvfb"]), ["webkit2gtk-driver", "xvfb"]);
  assert.deepEqual(packagesOf(["firefox"]), ["firefox-esr"]);
});

test("the version of a geckodriver is that of its first line", () => {
  assert.equal(geckodriverVersionOf("geckodriver 0.37.1 (3fa1b 2026-01-01)\n\nThe source code of 9.9.9"), "0.37.1");
  assert.equal(geckodriverVersionOf("chromedriver 156.0.1"), null);
});

test("engines keep to a folder, and only WebKit needs a screen and does without its sandbox", () => {
  const firefox = environment("/tmp/x");
  const webkit = environment("/tmp/x", ":7");
  for (const env of [firefox, webkit]) {
    for (const name of ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"]) assert.match(env[name], /^\/tmp\/x/);
  }
  assert.equal(firefox.MOZ_HEADLESS, "1");
  assert.deepEqual([firefox.DISPLAY, webkit.DISPLAY], [undefined, ":7"]);
  const sandbox = "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS";
  assert.deepEqual([firefox[sandbox], webkit[sandbox]], [undefined, "1"]);
});

test("WebKit keeps what it stores unless it is asked for a private window", () => {
  const paths = { python: "/p", minibrowser: "/m", profile: "/tmp/profile" };
  const kept = webkitCapabilities({ ...paths, isPrivate: false })["webkitgtk:browserOptions"];
  assert.equal(kept.binary, "/p");
  assert.match(kept.args[0], /scripts\/webkit\/browser\.py$/);
  assert.equal(kept.args[1], "/tmp/profile");
  const hidden = webkitCapabilities({ ...paths, isPrivate: true })["webkitgtk:browserOptions"];
  assert.deepEqual(hidden, { binary: "/m", args: ["--automation"] });
  assert.deepEqual(firefoxCapabilities("/f"), { "moz:firefoxOptions": { binary: "/f", args: ["-headless"] } });
});

/** A driver that notes what it is asked, and answers what `answer` says. */
async function fakeDriver(t, answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const one = { method: request.method, path: request.url, body: body && JSON.parse(body), type: request.headers["content-type"] };
    asked.push(one);
    const { status = 200, value } = answer(one);
    response.writeHead(status).end(JSON.stringify({ value }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

test("every new session gets our capabilities, and the one before it is ended", async (t) => {
  let count = 0;
  const driver = await fakeDriver(t, ({ method, path }) => {
    if (path === "/session") return { value: { sessionId: `s${(count += 1)}`, capabilities: {} } };
    return path.endsWith("/lost") ? { status: 404, value: { error: "no such window" } } : { value: method };
  });
  let asks = 0;
  const front = await withCapabilities(driver.url, () => ({ ask: (asks += 1) }));
  t.after(front.close);
  const open = () => fetch(`${front.url}/session`, { method: "POST", body: '{"capabilities":{}}' }).then((response) => response.json());
  assert.equal((await open()).value.sessionId, "s1");
  const lost = await fetch(`${front.url}/session/s1/lost`);
  assert.deepEqual([lost.status, await lost.json()], [404, { value: { error: "no such window" } }]);
  assert.equal((await open()).value.sessionId, "s2");
  assert.deepEqual(
    driver.asked.map(({ method, path, body }) => [method, path, body && body.capabilities.alwaysMatch]),
    [
      ["POST", "/session", { ask: 1 }],
      ["GET", "/session/s1/lost", ""],
      ["DELETE", "/session/s1", ""],
      ["POST", "/session", { ask: 2 }],
    ],
  );
  assert.ok(driver.asked.every(({ type }) => type === "application/json"), "geckodriver refuses other types");
});

test("what a page throws, and what a driver refuses, is an error", async (t) => {
  const answers = [{ value: "fine" }, { error: "TypeError: no" }];
  const driver = await fakeDriver(t, ({ path }) => {
    if (path === "/session") return { value: { sessionId: "s", capabilities: { browserName: "b", browserVersion: "1" } } };
    if (path.endsWith("/async")) return { value: answers.shift() };
    return path.endsWith("/url") ? { status: 500, value: { error: "unknown error", message: "no route" } } : { value: null };
  });
  const page = await openSession(driver.url, {});
  assert.equal(page.version, "b 1");
  assert.equal(await page.call(() => "fine"), "fine");
  await assert.rejects(page.call(() => null), /TypeError: no/);
  await assert.rejects(page.goto("http://x/"), /unknown error: no route/);
});

test("a driver that does not start says why, and one that answers is closed with all it started", async () => {
  const failing = { program: process.execPath, args: ["-e", "console.error('no display'); process.exit(1)", "--"] };
  await assert.rejects(startDriver(failing), /did not start:\nno display/);
  await assert.rejects(startDriver({ program: "/nowhere/driver" }), /did not start/);
  const code = `const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const port = Number(process.argv.at(-1).split("=")[1]);
    require("http").createServer((_, response) => response.end(JSON.stringify({ value: { child: child.pid } }))).listen(port, "127.0.0.1");`;
  const driver = await startDriver({ program: process.execPath, args: ["-e", code, "--"] });
  const { value } = await fetch(`${driver.url}/status`).then((response) => response.json());
  process.kill(value.child, 0);
  await driver.close();
  await assert.rejects(async () => {
    // A process that was ended is gone once its new parent has noticed.
    for (let waited = 0; waited < 100; waited += 1) {
      process.kill(value.child, 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, { code: "ESRCH" });
});

test("what a program printed is kept", async () => {
  const program = background(process.execPath, ["-e", "console.log('7'); setInterval(() => {}, 1000)"]);
  while (program.output() === "") await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(program.output(), "7\n");
  assert.equal(program.running(), true);
  await program.close();
  assert.equal(program.running(), false);
});
