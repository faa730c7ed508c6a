// The server of the pages under torture: files, and a place for reports.

import { readFileSync } from "node:fs";
import { at, dist } from "../lib/paths.mjs";
import { serve } from "../lib/serve.mjs";

/** The comparison that the tests share, as a module. */
const sameModule = () => readFileSync(at("tests", "support", "browser", "same.js"), "utf8").replace("async (a, b) =>", "export const same = async (a, b) =>");

/** Large documents of other people. */
const documents = {
  "/documents/compat/": at("node_modules", "@mdn", "browser-compat-data"),
  "/documents/atlas/": at("node_modules", "world-atlas"),
  "/documents/emoji/": at("node_modules", "unicode-emoji-json"),
};

/** Serves it all; `onReport(message)` hears what pages say. */
export async function serveTorture(onReport) {
  const routes = {
    "POST /report": async (request, response) => {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      response.writeHead(204).end();
      onReport(JSON.parse(text));
    },
    "GET /same.js": (request, response) => {
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-store" }).end(sameModule());
    },
  };
  return serve({ mounts: { "/": at("tests", "torture"), "/restow/": dist, ...documents }, routes });
}
