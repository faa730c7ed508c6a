// Asks the command for one job after the other, does it, and says what came of it.

import { access } from "./access.js";
import { appending, engine, handles, status } from "./calls.js";
import { batch, onDemand, prepare } from "./batch.js";
import { comparing } from "./comparing.js";
import { byHand, disk, kept } from "./disk.js";
import { settle } from "./storage.js";

const about = () => navigator.userAgent;

const jobs = { about, idle: () => settle(), prepare, batch, onDemand, access, appending, engine, handles, status, disk, kept, byHand, comparing };

const say = (message) => fetch("/report", { method: "POST", body: JSON.stringify(message) });

async function main() {
  for (;;) {
    const job = await (await fetch("/next")).json();
    if (job.name === "end") return;
    try {
      await say({ value: (await jobs[job.name](job)) ?? null });
    } catch (error) {
      await say({ error: `${error?.code ?? error?.name}: ${error?.message}\n${error?.stack}` });
    }
  }
}

// Not awaited: drivers wait until a page has loaded.
void main();
