// The page's side of a worker. Loaded by `open({ …, worker: true })`, which gives it what both ways share.

import { Link } from "./remote/link.js";
import { RemoteRestow } from "./remote/restow.js";

/** Longest wait for the worker's script and module. */
const START_MS = 30_000;

/** Starts the worker; why not, where that fails. */
function started(begin) {
  return new Promise((resolve, reject) => {
    let worker;
    try {
      worker = begin();
    } catch (thrown) {
      // Another origin, or a policy, in some browsers.
      reject(`the browser refused to start it (${thrown?.name})`);
      return;
    }
    const settle = (what, reason) => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = worker.onmessageerror = null;
      if (what === reject) worker.terminate();
      what(what === reject ? reason : worker);
    };
    const timer = setTimeout(settle, START_MS, reject, `it did not start within ${START_MS / 1000} seconds`);
    worker.onmessage = ({ data }) => (data.ready ? settle(resolve) : settle(reject, `WebAssembly could not be started in it: ${data.reason}`));
    worker.onerror = (event) => {
      event.preventDefault();
      settle(reject, "its script could not be loaded, or a policy forbids it");
    };
    worker.onmessageerror = () => settle(reject, "it can't be understood");
  });
}

/**
 * Opens Restow in a worker: `{ instance }`, or `{ note }` where workers are not to be had. Rejects as `open`
 * does where the configuration is wrong. `shared` is what the entry has: `begin` starts the worker,
 * `openHere` opens without one, `iterators` are for handles.
 */
export async function openInWorker(config, shared) {
  if (typeof Worker !== "function") return { note: "this browser has none" };
  let worker;
  try {
    worker = await started(shared.begin);
  } catch (note) {
    return { note };
  }
  const link = new Link(worker, config, shared);
  try {
    await link.opened;
  } catch (error) {
    link.end();
    if (error instanceof DOMException) return { note: "the configuration can't be sent to it" };
    throw error;
  }
  return { instance: new RemoteRestow(link) };
}
