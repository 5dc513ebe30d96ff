// What was captured, from the moment it is kept until it is answered. The key is made once, with the item: however often it is brought,
// by however many windows, whether or not an answer was heard, the server does it once.

import * as server from "./server.mjs";
import * as store from "./store.mjs";
import * as vault from "./vault.mjs";

const AT_ONCE = 10;
export const PENDING = ["pending", "photo"];
const place = (key) => `item:${key}`;
const news = new BroadcastChannel("field");
export const onNews = (act) => news.addEventListener("message", act);
const tell = () => news.postMessage("changed");

export const pending = async () => (await store.items()).filter((one) => PENDING.includes(one.state)).length;

// `captures`: what is sent (kind, content, where), `label` for whoever looks, and the photo that follows. All of them, or none.
export async function keep(...captures) {
  const sealed = await Promise.all(
    captures.map(async ({ label, photo, signature, ...said }) => {
      const key = crypto.randomUUID();
      return { key, state: "pending", sealed: await vault.seal({ said: { key, ...said }, label, photo, signature }, place(key)) };
    }),
  );
  await store.add(...sealed);
  tell();
}

export async function all() {
  const found = await store.items();
  return Promise.all(found.map(async (one) => ({ ...one, ...(await vault.unseal(one.sealed, place(one.key))) })));
}

async function save({ key, sequence, state, ...inside }) {
  const { sealed: _, ...open } = inside;
  await store.save({ key, sequence, state, sealed: await vault.seal(open, place(key)) });
}

// A result of the server for one item. What it could not decide, stays as it is.
function after(item, result) {
  if (result.result === "bring_again") return { ...item, result };
  const applied = ["applied", "already_applied"].includes(result.result);
  const state = !applied ? result.result : item.photo && result.answer?.application_id ? "photo" : "applied";
  return { ...item, state, result };
}

const binary = (address) => Uint8Array.from(atob(address.split(",")[1]), (one) => one.charCodeAt(0));

async function bringPhoto(item) {
  const form = new FormData();
  form.set("key", `${item.key}-photo`);
  form.set("photo", new Blob([binary(item.photo)], { type: "image/jpeg" }), "photo.jpg");
  try {
    await server.post(`/field/photos/${item.result.answer.application_id}`, form);
  } catch (error) {
    if (!(error instanceof server.Refused) || error.status >= 500) throw error;
    return save({ ...item, state: "applied", photoRefused: error.problem });
  }
  await save({ ...item, state: "applied" });
}

async function bring(device) {
  const waiting = (await all()).filter((one) => one.state === "pending");
  for (let from = 0; from < waiting.length; from += AT_ONCE) {
    const some = waiting.slice(from, from + AT_ONCE);
    const items = some.map((one) => ({ ...one.said, sequence: one.sequence }));
    const told = await server.post("/field/sync", { device_id: device.device_id, device_secret: device.secret, items });
    for (const [place, result] of told.items.entries()) await save(after(some[place], result));
    tell();
  }
  for (const item of (await all()).filter((one) => one.state === "photo")) await bringPhoto(item);
  tell();
}

// Of several windows one brings; the others wait for it and find nothing left. Where a browser knows no such locks, the keys suffice.
export function synchronise() {
  const act = async () => bring(await vault.kept("device"));
  return navigator.locks ? navigator.locks.request("field-sync", act) : act();
}

export async function clear() {
  await store.forget((await store.items()).filter((one) => !PENDING.includes(one.state)).map((one) => one.key));
  tell();
}
