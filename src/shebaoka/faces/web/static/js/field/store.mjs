// What stays on the device, in IndexedDB: "vault" (what unlocks it, and sealed things by name) and "items" (what was captured, sealed,
// beside its key, its place in the order and whether it is still to be brought). Nothing in it says whom anything is about.

const told = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

let opening;
const base = () =>
  (opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open("field", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("vault");
      asked.result.createObjectStore("items", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  }));

// Ends when the disk has it: a tablet whose battery dies a moment later has lost nothing.
async function inOne(act) {
  const work = (await base()).transaction(["vault", "items"], "readwrite", { durability: "strict" });
  const kept = new Promise((done, failed) => {
    work.oncomplete = () => done();
    work.onabort = work.onerror = () => failed(work.error);
  });
  const found = await act(work.objectStore("vault"), work.objectStore("items"));
  await kept;
  return found;
}

export const get = async (name) => told((await base()).transaction("vault").objectStore("vault").get(name));
export const put = (name, value) => inOne((vault) => vault.put(value, name) && undefined);
export const drop = (...names) =>
  inOne((vault) => {
    for (const name of names) vault.delete(name);
  });

export async function items() {
  const found = await told((await base()).transaction("items").objectStore("items").getAll());
  return found.sort((one, other) => one.sequence - other.sequence);
}

// New items take the next places in the order, in the transaction that stores them: two windows never take the same.
export const add = (...news) =>
  inOne(async (vault, kept) => {
    let sequence = (await told(vault.get("sequence"))) ?? 0;
    for (const one of news) kept.add({ ...one, sequence: ++sequence });
    vault.put(sequence, "sequence");
    vault.delete("draft");
  });
export const save = (item) => inOne((_, kept) => kept.put(item) && undefined);
export const forget = (keys) =>
  inOne((_, kept) => {
    for (const key of keys) kept.delete(key);
  });
