// What the tests of the package do inside the page. It is the page's own script, because Firefox runs
// what WebDriver sends in a realm of its own.

globalThis.twoKindsOfSources = async (worker) => {
  const request = indexedDB.open("app", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("documents", { keyPath: "id" });
  const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const make = () => ({
    id: "s1",
    title: "Morning",
    pages: Array.from({ length: 120 }, (_, index) => ({ index, at: new Date(index), odd: index % 7 ? undefined : -0 })),
    more: new Map([[NaN, new Set([1n, "two"])]]),
    pixels: new ImageData(2, 1),
    thumbnail: new Blob(["picture"], { type: "image/png" }),
  });
  const transaction = db.transaction("documents", "readwrite");
  transaction.objectStore("documents").put(make());
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  db.close();
  const text = '{ "id": "d1",  "title": "Draft", "pages": [1, 2, 3] }';
  localStorage.setItem("draft:d1", text);

  const { open } = await import("/restow/index.js");
  const restow = await open({
    sources: [{ database: "app", store: "documents" }, { kind: "localStorage", prefix: "draft:" }],
    layout: { label: "title", arrays: [{ path: "pages", chunk: 50 }], parts: ["thumbnail"] },
    worker,
  });
  const phases = new Set();
  const result = await restow.migrateAllSessions({ onProgress: (_message, _percent, { phase }) => phases.add(phase) });
  const handle = await restow.openSession("s1");
  const appended = await handle.append("pages", [{ index: 120 }]);
  const items = await handle.read("pages", { from: 119, to: 121 });
  await restow.rollbackSessionMigration("s1", null, { confirm: true, edits: "discard" });
  await restow.migrateSessionToChunked("s1", { force: true });
  const loaded = await restow.loadFullSession("s1");
  let same = true;
  try {
    await restow.verifyDataIntegrity(make(), loaded);
  } catch (error) {
    same = error.message;
  }
  const status = await restow.getMigrationStatus();
  const draft = JSON.stringify(await restow.loadFullSession("d1"));
  const left = localStorage.getItem("draft:d1");
  await restow.rollbackSessionMigration("d1", undefined, { confirm: true });
  const back = localStorage.getItem("draft:d1");
  return {
    worker: restow.worker, phases: phases.size > 2, appended, items: items.length, nobody: await restow.migrateSessionToChunked("nobody").catch(({ code }) => code),
    errors: result.errors, migrated: result.migrated, rows: result.sessions.map(({ code, reason }) => code && `${code} ${reason}`),
    same, percentage: status.percentage, draft, left, back: back === text,
    picture: await loaded.thumbnail.text(),
  };
};

/** What keys alone tell, beside what Restow says, before and after a migration. */
globalThis.check = async () => {
  const { mayNeedMigration } = await import("/restow/check.js");
  const config = {
    sources: [{ database: "checked", store: "documents" }, { kind: "localStorage", prefix: "checked:" }],
    layout: { arrays: [{ path: "pages", chunk: 50 }] },
    database: "checked-restow",
  };
  const answers = [await mayNeedMigration(config)];
  const created = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("checked"));
  localStorage.setItem("checked:d1", '{ "id": "d1", "pages": [1, 2, 3] }');
  answers.push(await mayNeedMigration(config), await mayNeedMigration([config.sources[0]]));
  const { open } = await import("/restow/index.js");
  const restow = await open(config);
  answers.push(await restow.checkMigrationNeeded());
  await restow.migrateAllSessions();
  restow.close();
  return { answers: [...answers, await mayNeedMigration(config)], created };
};

globalThis.privateWindow = async () => {
  localStorage.setItem("draft:d1", '{ "id": "d1", "pages": [1, 2, 3] }');
  const { open } = await import("/restow/index.js");
  const restow = await open({
    sources: [{ kind: "localStorage", prefix: "draft:" }],
    layout: { arrays: [{ path: "pages", chunk: 2 }], parts: ["thumbnail"] },
  });
  const create = (body) => restow.createSession(body).then(String, (error) => error.code);
  const picture = new Blob(["picture"]);
  return {
    before: await create({ id: "a", pages: [1, 2, 3] }),
    refused: await create({ id: "b", pages: [1, 2, picture], thumbnail: picture.slice(1) }),
    after: await create({ id: "c", pages: [4] }),
    again: await create({ id: "d", pages: [picture] }),
    migrated: (await restow.migrateAllSessions()).migrated,
    loaded: JSON.stringify(await restow.loadFullSession("d1")),
    created: JSON.stringify(await restow.loadFullSession("c")),
    nothing: await restow.loadFullSession("b"),
  };
};

globalThis.oneRecordWithBlobs = async () => {
  const request = indexedDB.open("app", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("state");
  const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const draft = (id) => ({ id, pages: [1, 2, 3] });
  const settled = (transaction) => new Promise((resolve) => (transaction.oncomplete = resolve));
  const transaction = db.transaction("state", "readwrite");
  // What has no id is no session, and stays whatever happens.
  const neighbour = { picture: new Blob(["picture"]) };
  transaction.objectStore("state").put({ drafts: [draft("d1"), neighbour, draft("d2")] }, "all");
  await settled(transaction);
  const { open } = await import("/restow/index.js");
  const restow = await open({
    sources: [{ database: "app", store: "state", key: "all", path: "drafts" }],
    layout: { arrays: [{ path: "pages", chunk: 2 }] },
  });
  const result = await restow.migrateAllSessions();
  const reading = db.transaction("state").objectStore("state").get("all");
  const record = await new Promise((resolve) => (reading.onsuccess = () => resolve(reading.result)));
  const pictures = record.drafts.filter(({ picture }) => picture);
  db.close();
  const rolledBack = await restow.rollbackSessionMigration("d1", undefined, { confirm: true });
  return {
    migrated: result.migrated, errors: result.errors, left: record.drafts.map(({ id }) => id ?? null),
    warnings: result.sessions.filter(({ outcome }) => outcome === "migrated").map(({ warnings }) => warnings.map(({ code }) => code)),
    pictures: await Promise.all(pictures.map(({ picture }) => picture.text())),
    rolledBack: rolledBack.sessionId,
  };
};
