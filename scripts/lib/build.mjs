// The package: from Rust and js/ to dist/.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { Problem, kilobytes, step } from "./log.mjs";
import { at, dist, root, scratch } from "./paths.mjs";
import { must, run } from "./run.mjs";
import { checkNode, ensureNodePackages, ensureWasmBindgen, ensureWasmTarget, findCargo, wasmTarget } from "./tools.mjs";

/** What the package holds of code, in the order in which a browser meets it. */
export const outputs = ["index.js", "index.d.ts", "restow.js", "restow_bg.wasm", "remote.js", "worker.js", "check.js", "check.d.ts"];

/** What a page loads for the engine. */
const engine = ["index.js", "restow.js", "restow_bg.wasm"];

/** What rustc's output may use, so that wasm-opt accepts it; all of it older than 2023 in browsers. */
const wasmFeatures = [
  "bulk-memory",
  "bulk-memory-opt",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
].map((feature) => `--enable-${feature}`);

/** Installs what is missing and builds what is out of date. */
export async function ensurePackage() {
  checkNode();
  findCargo();
  await ensureNodePackages();
  const stamp = await inputStamp();
  if (isBuilt(stamp)) {
    await step("Package", () => `dist/ is up to date, ${sizeLine()}`);
    return;
  }
  await ensureWasmTarget();
  const { bindgen } = await ensureWasmBindgen();
  await step("Package", async (say) => {
    say("building it");
    await build(bindgen, stamp);
    return `built into dist/, ${sizeLine()}`;
  });
}

/** A digest of all that decides what the package becomes. */
async function inputStamp() {
  const hash = createHash("sha256");
  const inputs = ["Cargo.lock", "Cargo.toml", "package-lock.json", "scripts/lib/build.mjs", "src", "js"];
  for (const file of inputs.flatMap((input) => filesBelow(at(input)))) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.update(await must("rustc", ["-vV"])).digest("hex");
}

function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesBelow(join(path, name)));
}

function isBuilt(stamp) {
  const file = join(dist, ".stamp");
  return (
    existsSync(file) &&
    readFileSync(file, "utf8") === stamp &&
    outputs.every((name) => existsSync(join(dist, name)))
  );
}

async function build(bindgen, stamp) {
  const wasm = await compile();
  const next = join(scratch, `dist-${process.pid}`);
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  try {
    await must(bindgen, [wasm, "--target", "web", "--no-typescript", "--out-name", "restow", "--out-dir", next]);
    inlineSnippets(next);
    await optimise(join(next, "restow_bg.wasm"));
    await finish(next);
    const strange = readdirSync(next).filter((name) => !outputs.includes(name));
    if (strange.length > 0) {
      throw new Problem(`wasm-bindgen also wrote ${strange.join(", ")}, which the package lacks.`);
    }
    writeFileSync(join(next, ".stamp"), stamp);
    // One rename, so that nobody ever serves or packs half a build.
    rmSync(dist, { recursive: true, force: true });
    renameSync(next, dist);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Compiles the crate; resolves to the path of the WebAssembly module. */
async function compile() {
  // Paths of this machine would otherwise end up in panic messages inside the package.
  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  const remaps = [`--remap-path-prefix=${cargoHome}/registry/src=deps`, `--remap-path-prefix=${root}=`];
  const { code, stdout, output } = await run("cargo", [
    "build", "--release", "--lib", "--locked", "--target", wasmTarget,
    "--message-format", "json-render-diagnostics",
    "--config", `target.${wasmTarget}.rustflags=${JSON.stringify(remaps)}`,
  ]);
  const isReport = (row) => row.startsWith("{");
  if (code !== 0) {
    const rest = output.split("\n").filter((row) => !isReport(row));
    throw new Problem(`The crate does not compile:\n${rest.join("\n").trimEnd()}`);
  }
  const files = stdout
    .split("\n")
    .filter(isReport)
    .flatMap((row) => JSON.parse(row).filenames ?? []);
  const wasm = files.find((file) => basename(file) === "restow.wasm");
  if (!wasm) throw new Problem("cargo built no restow.wasm.");
  return wasm;
}

/**
 * wasm-bindgen has the glue import the crate's own scripts. They are put into it instead: one file less to
 * fetch, and browsers that remember a file that did not arrive would never load the glue again.
 */
function inlineSnippets(folder) {
  const glue = join(folder, "restow.js");
  const text = readFileSync(glue, "utf8").replace(/^import \{ ([\w, ]+) \} from ['"](\.\/snippets\/[^'"]+)['"];$/gm, (_, names, path) => {
    const script = readFileSync(join(folder, path), "utf8").replaceAll(/^export /gm, "");
    return `const { ${names} } = (() => {\n${script}\nreturn { ${names} };\n})();`;
  });
  writeFileSync(glue, text);
  rmSync(join(folder, "snippets"), { recursive: true, force: true });
}

/**
 * Makes the module smaller. wasm-opt comes with the Node packages, as a program for Node. Folding a
 * function into its only caller is off: it saves 2 % of the module and costs 9 % once gzipped. In the order of
 * their names, copies of one generic function lie side by side, which gzip makes 5 % of.
 */
async function optimise(wasm) {
  const wasmOpt = at("node_modules", "binaryen", "bin", "wasm-opt");
  const size = ["-Oz", "--one-caller-inline-max-function-size", "0", "--reorder-functions-by-name"];
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  await must(process.execPath, [wasmOpt, ...size, ...wasmFeatures, ...strip, wasm, "-o", wasm]);
}

/** What the package has beside the module and its glue. */
export async function finish(folder) {
  // The scripts that name other files by their address stay as they are.
  for (const name of ["index.js", "worker.js", "index.d.ts", "check.d.ts"]) copyFileSync(at("js", name), join(folder, name));
  for (const name of ["check.js", "remote.js"]) await bundle(name, folder);
}

/** Puts an entry and what it imports into one small file, since it has to be small as it is. */
async function bundle(name, folder) {
  // Not before it is sure to be installed.
  const { build } = await import("vite");
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    build: {
      lib: { entry: at("js", name), formats: ["es"], fileName: () => name },
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      rolldownOptions: { output: { minify: true } },
    },
  });
}

/** Bytes of `restow/check` as a server sends them. */
export const gzippedCheck = (folder = dist) => gzipped(join(folder, "check.js"));

const gzipped = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

/** Bytes that a page loads where the engine is in a worker. */
export const gzippedRemote = (folder = dist) => gzipped(join(folder, "index.js")) + gzipped(join(folder, "remote.js"));

/** Bytes of WebAssembly and glue as a server sends them. */
export function gzippedSize(folder = dist) {
  return engine.reduce((sum, name) => sum + gzipped(join(folder, name)), 0);
}

const sizeLine = () => `${kilobytes(gzippedSize())} gzipped, and restow/check ${kilobytes(gzippedCheck())}`;
