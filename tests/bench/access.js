// What an application does with one session every day, in chunks and whole.

import { idOf, screenshot, session } from "./data.js";
import { inTurn } from "./measure.js";
import { change, read, withSource } from "./monolith.js";
import { withRestow } from "./peers/restow.js";
import { clear, plant, settle } from "./storage.js";
import { random } from "../torture/random.js";

const RANGE = 20;

export async function access({ kilobytes, times }) {
  await clear();
  await plant({ count: 1, kilobytes });
  const draw = random(5);
  const middle = Math.floor(kilobytes * 0.2);
  const measured = await withSource((database) =>
    withRestow(async (restow) => {
      await restow.createSession(session(1, kilobytes));
      const handle = await restow.openSession(idOf(1));
      await settle({ bytes: 2 * kilobytes * 1_000 });
      const shot = (round) => screenshot(draw, idOf(0), round);
      return inTurn(times, {
        "open, restow": () => restow.openSession(idOf(1)),
        "open, whole": () => read(database, idOf(0)),
        "load all, restow": () => restow.loadFullSession(idOf(1)),
        "load all, whole": () => read(database, idOf(0)),
        "read 20 items, restow": () => handle.read("screenshots", { from: middle, to: middle + RANGE }),
        "read 20 items, whole": async () => (await read(database, idOf(0))).screenshots.slice(middle, middle + RANGE),
        "append an item, restow": (round) => handle.append("screenshots", [shot(round)]),
        "append an item, whole": (round) => change(database, idOf(0), (one) => one.screenshots.push(shot(round))),
        "update an item, restow": (round) => handle.setItem("screenshots", middle, shot(round)),
        "update an item, whole": (round) => change(database, idOf(0), (one) => (one.screenshots[middle] = shot(round))),
      });
    }),
  );
  await clear();
  return measured;
}
