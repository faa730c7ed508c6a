// Calls on state in localStorage: interrupted and refused storage at every step.

const confirm = true;

/** What the application keeps beside its sessions, by the last part of each key. */
export const planted = {
  ":theme": "dark", ":note-1": " {\"text\": \"\\ud83d alone\", \"n\": 12345678901234567890} ", ":note-2": "",
  ":models": '{"one":{"apiKey":"a key","name":"m"}}', ":user": '{"id":7}', ":token": "signed in", ":unknown": "of nobody",
  ":guest": '{"count":5,"best":9,"list":[1,{"a":2}],"first":"2024-03-01T00:00:00.000Z","more":{"x":1.0}}',
  ":account": '{"count": 2, "best": 11, "list":[{"a":2}], "first": "2024-05-01T00:00:00.000Z", "own" : [ 1e0 ]}',
};

const registryOf = (app) => [
  { name: "theme", key: `${app}:theme` }, { name: "notes", prefix: `${app}:note-` }, { name: "guest", key: `${app}:guest` }, { name: "account", key: `${app}:account` },
  { name: "models", key: `${app}:models`, kind: "secret", secrets: ["*.apiKey"] },
  { name: "signed-in", key: `${app}:user`, kind: "flag" }, { name: "sign-in", key: `${app}:token`, kind: "token" },
];

const carryOf = (app) => ({
  from: `${app}:guest`, to: `${app}:account`,
  rules: [{ path: "count", take: "sum" }, { path: "best", take: "max" }, { path: "list", take: "union" }, { path: "first", take: "older" }],
});

const capture = (restow, { app }) => restow.captureState({ registry: registryOf(app) });
const carry = (restow, { app }) => restow.carryState({ ...carryOf(app), confirm });

/** The first snapshot of that reason, whichever others a death has left. */
async function pathOf(restow, reason) {
  const rows = (await restow.listBackups()).filter((row) => row.state && row.reason === reason);
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1))[0].path;
}

const state = (name, more) => ({ name: `state: ${name}`, kind: "state", ids: ["a"], keepsTexts: true, ...more });

/** The application goes on after a capture: it changes one key, and loses two. */
function goOn({ app }) {
  localStorage.setItem(`${app}:theme`, "light");
  localStorage.removeItem(`${app}:note-1`);
  localStorage.removeItem(`${app}:guest`);
}

async function capturedAndGone(restow, names) {
  await capture(restow, names);
  goOn(names);
}

const restore = (overwrite) => async (restow) => restow.restoreState(await pathOf(restow, "capture"), { confirm, overwrite });
const undo = async (restow) => restow.undoCarry(await pathOf(restow, "carry"), { confirm });

async function carriedAndCleared(restow, names) {
  await carry(restow, names);
  await restow.clearMigratedState(await pathOf(restow, "carry"), { confirm });
}

export const stateScenarios = [
  state("capture", { call: capture }),
  state("restore", { prepare: capturedAndGone, call: restore(false) }),
  state("restore and overwrite", { prepare: capturedAndGone, call: restore(true) }),
  state("clear", { prepare: capture, call: async (restow) => restow.clearMigratedState(await pathOf(restow, "capture"), { confirm }) }),
  state("carry", { call: carry }),
  state("carry more", {
    async prepare(restow, names) {
      await carry(restow, names);
      localStorage.setItem(`${names.app}:guest`, planted[":guest"].replace('"count":5', '"count":8'));
    },
    call: carry,
  }),
  state("carry into nothing", { prepare: (restow, { app }) => localStorage.removeItem(`${app}:account`), call: carry }),
  state("clear what was carried", { prepare: carry, call: async (restow) => restow.clearMigratedState(await pathOf(restow, "carry"), { confirm }) }),
  state("undo a carry", { prepare: carriedAndCleared, call: undo }),
  state("a run over everything", {
    ids: ["a", "b"],
    config: (stage, { app }) => ({ state: { registry: registryOf(app), carry: carryOf(app) } }),
    call: (restow) => restow.migrateAllSessions(),
    // The second one captures what the first has carried.
    async again(restow) {
      await restow.migrateAllSessions();
      await restow.migrateAllSessions();
    },
  }),
];
