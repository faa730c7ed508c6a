import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { mediaType, resolvePath, serve } from "../../scripts/lib/serve.mjs";

const mounts = { "/": "/srv/www", "/restow/": "/srv/dist" };

test("a path means a file of the longest mount that fits", () => {
  const cases = {
    "/": "/srv/www/index.html",
    "/app/main.js?v=1#top": "/srv/www/app/main.js",
    "/a%20b.js": "/srv/www/a b.js",
    "/restow/restow_bg.wasm": "/srv/dist/restow_bg.wasm",
    "/restow/": "/srv/dist/index.html",
    "/restow.js": "/srv/www/restow.js",
  };
  for (const [target, file] of Object.entries(cases)) {
    assert.equal(resolvePath(mounts, target)?.file, file, target);
  }
});

test("no path leads out of a mounted folder, or to a hidden file", () => {
  const targets = [
    "/../secret",
    "/%2e%2e/secret",
    "/..%2fsecret",
    "/app/..%2f..%2fsecret",
    "/..\\secret",
    "/app/%5c..%5csecret",
    "//etc/passwd",
    "/app//main.js",
    "/restow/../../secret",
    "/restow/.stamp",
    "/.git/config",
    "/C:/secret",
    "/a%00.js",
    "/%",
    "http://elsewhere/",
    "*",
  ];
  for (const target of targets) assert.equal(resolvePath(mounts, target), null, target);
});

test("media types are those that browsers insist on", () => {
  assert.equal(mediaType("restow_bg.wasm"), "application/wasm");
  assert.equal(mediaType("index.js"), "text/javascript; charset=utf-8");
  assert.equal(mediaType("INDEX.HTML"), "text/html; charset=utf-8");
  assert.equal(mediaType("unknown"), "application/octet-stream");
});

const home = mkdtempSync(join(tmpdir(), "restow-serve-"));
let server;

before(async () => {
  mkdirSync(join(home, "www"));
  writeFileSync(join(home, "secret.txt"), "secret");
  writeFileSync(join(home, "www", "index.html"), "<p>here</p>");
  writeFileSync(join(home, "www", "module.wasm"), "\0asm");
  symlinkSync(join(home, "secret.txt"), join(home, "www", "link.txt"));
  server = await serve({ mounts: { "/": join(home, "www") } });
});

after(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

/** A request whose path reaches the server as it is; `fetch` would tidy it up. */
function ask(path, method = "GET") {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    sent.on("error", reject).end();
  });
}

test("a file arrives with its type, and is not to be cached", async () => {
  const page = await ask("/");
  assert.equal(page.text, "<p>here</p>");
  assert.equal(page.headers["cache-control"], "no-store");
  const wasm = await ask("/module.wasm");
  assert.equal(wasm.status, 200);
  assert.equal(wasm.headers["content-type"], "application/wasm");
});

test("what lies outside is not found, by dots or by link", async () => {
  for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/link.txt", "/absent", "/www"]) {
    const { status, text } = await ask(path);
    assert.equal(status, 404, path);
    assert.doesNotMatch(text, /secret/);
  }
});

test("HEAD has no body, and other methods are refused", async () => {
  const head = await ask("/", "HEAD");
  assert.equal(head.text, "");
  assert.equal(head.headers["content-length"], "11");
  const post = await ask("/", "POST");
  assert.equal(post.status, 405);
  assert.equal(post.headers.allow, "GET, HEAD");
});

test("a port that is taken makes way for a free one", async () => {
  const port = Number(new URL(server.url).port);
  const second = await serve({ mounts: { "/": join(home, "www") }, port });
  assert.notEqual(new URL(second.url).port, String(port));
  assert.equal((await fetch(second.url)).status, 200);
  await second.close();
});

test("a route goes before files, and hears only its own method", async () => {
  const routes = { "POST /www/index.html": (request, response) => response.writeHead(204).end() };
  const one = await serve({ mounts: { "/www/": join(home, "www") }, routes });
  try {
    const post = await fetch(`${one.url}www/index.html?x=1`, { method: "POST" });
    const get = await fetch(`${one.url}www/index.html`);
    assert.deepEqual([post.status, get.status, await get.text()], [204, 200, "<p>here</p>"]);
  } finally {
    await one.close();
  }
});
