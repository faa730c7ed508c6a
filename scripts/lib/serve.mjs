// A small server for files, for this machine only.

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { dist, www } from "./paths.mjs";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** The page at `/`, the built package at `/restow/`. */
export const pageMounts = { "/": www, "/restow/": dist };

/** The media type of a file, by its name. */
export const mediaType = (path) => types[extname(path).toLowerCase()] ?? "application/octet-stream";

/**
 * The file that a request means and the folder it is served from, or `null`. Never a file outside
 * that folder, and none whose name begins with a dot. The longest matching mount wins; a path that
 * ends in `/` means the `index.html` there.
 *
 * @param {Record<string, string>} mounts folders by the path they appear under, `/` at both ends
 * @param {string} target the target of the request, as the client sent it
 * @returns {{ file: string, folder: string } | null}
 */
export function resolvePath(mounts, target) {
  let path;
  try {
    path = decodeURIComponent(target.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  const prefix = Object.keys(mounts)
    .filter((candidate) => path.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return null;
  const names = path.slice(prefix.length).split("/");
  if (names.at(-1) === "") names[names.length - 1] = "index.html";
  const odd = (name) => name === "" || name.startsWith(".") || /[\\\0:]/.test(name);
  const folder = mounts[prefix];
  return names.some(odd) ? null : { file: join(folder, ...names), folder };
}

/** The size of a file, or `null` if it is none, or leaves the folder by a symbolic link. */
async function servableSize({ file, folder }) {
  try {
    const [target, home] = await Promise.all([realpath(file), realpath(folder)]);
    const found = await stat(target);
    return found.isFile() && target.startsWith(home + sep) ? found.size : null;
  } catch {
    return null;
  }
}

async function answer({ mounts, routes, headers: more }, request, response) {
  const route = routes[`${request.method} ${request.url.split("?", 1)[0]}`];
  if (route) return route(request, response);
  const send = (status, text, headers = {}) => {
    response.writeHead(status, { "Content-Type": types[".txt"], "Cache-Control": "no-store", ...headers });
    response.end(request.method === "HEAD" ? undefined : `${text}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD") {
    return send(405, "Only GET and HEAD are answered.", { Allow: "GET, HEAD" });
  }
  const place = resolvePath(mounts, request.url);
  const size = place && (await servableSize(place));
  if (size === null) return send(404, "There is no such file.");
  response.writeHead(200, {
    "Content-Type": mediaType(place.file),
    "Content-Length": size,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...more,
  });
  if (request.method === "HEAD") return response.end();
  createReadStream(place.file).on("error", () => response.destroy()).pipe(response);
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve(server.address().port);
    });
  });
}

/**
 * Serves folders on 127.0.0.1, on the wished port or else any free one. Every file comes with
 * `headers`. A route such as `"POST /report"` goes before files; its function answers the request.
 *
 * @param {{ mounts?: Record<string, string>, port?: number, headers?: Record<string, string>, routes?: Record<string, (request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => unknown> }} [options]
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ mounts = pageMounts, port = 0, headers = {}, routes = {} } = {}) {
  const server = createServer((request, response) => {
    answer({ mounts, routes, headers }, request, response).catch(() => response.destroy());
  });
  const taken = await listen(server, port).catch((error) => {
    if (error.code !== "EADDRINUSE") throw error;
    return listen(server, 0);
  });
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
