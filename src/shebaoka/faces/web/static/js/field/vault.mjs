// Everything personal lies encrypted (AES-GCM). Its key is wrapped twice: by a key derived from the PIN, which lies nowhere, and by a key
// of this browser that no script can read out. While it is locked nothing can be opened, whoever holds the tablet.
//
// Wrong PINs cost time, counted before they are tried so that ending the app gains nothing. After the tenth the route and the device's
// secret are gone: the server has the one, and gives another of the other. What was captured and not brought stays sealed, for it is
// nowhere else, and only the right PIN opens it. What disk forensics could copy is held by the PIN's length and its derivation alone,
// so the device's own encryption belongs switched on, and a lost device is blocked at once.

import * as store from "./store.mjs";

const ROUNDS = 600_000, FREE_TRIES = 5, TRIES_MAX = 10, MINUTE_MS = 60_000, LONGEST_MINUTES = 60;
export const PIN = /^[0-9]{6,12}$/;
const bytes = (length) => crypto.getRandomValues(new Uint8Array(length));
const text = new TextEncoder();
let key;

export class WrongPin extends Error {
  constructor(left, until) {
    super("wrong PIN");
    Object.assign(this, { left, until });
  }
}

export const open = () => key !== undefined;
export const made = async () => (await store.get("lock")) !== undefined;
export const lock = () => (key = undefined);
export const tooEasy = (pin) =>
  new Set(pin).size < 3 || "01234567890123".includes(pin) || "98765432109876".includes(pin);

async function derived(pin, salt, rounds) {
  const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

export async function make(pin) {
  const gcm = { name: "AES-GCM", length: 256 };
  const fresh = await crypto.subtle.generateKey(gcm, true, ["encrypt", "decrypt"]);
  const bound = await crypto.subtle.generateKey(gcm, false, ["encrypt", "decrypt"]);
  const [salt, inside, outside] = [bytes(16), bytes(12), bytes(12)];
  const wrapped = await crypto.subtle.wrapKey("raw", fresh, await derived(pin, salt, ROUNDS), { name: "AES-GCM", iv: inside });
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: outside }, bound, wrapped);
  await store.put("lock", { salt, inside, outside, sealed, bound, rounds: ROUNDS, tries: 0, until: 0 });
  await unlock(pin);
}

async function opened(held, pin) {
  const wrapped = await crypto.subtle.decrypt({ name: "AES-GCM", iv: held.outside }, held.bound, held.sealed);
  const from = await derived(pin, held.salt, held.rounds);
  const how = { name: "AES-GCM", iv: held.inside };
  return crypto.subtle.unwrapKey("raw", wrapped, from, how, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const alone = (act) => (navigator.locks ? navigator.locks.request("field-pin", act) : act());

export const unlock = (pin) =>
  alone(async () => {
    const held = await store.get("lock");
    if (Date.now() < held.until) throw new WrongPin(Math.max(0, TRIES_MAX - held.tries), held.until);
    const tries = held.tries + 1;
    const minutes = tries < FREE_TRIES ? 0 : Math.min(2 ** (tries - FREE_TRIES), LONGEST_MINUTES);
    const until = minutes && Date.now() + minutes * MINUTE_MS;
    await store.put("lock", { ...held, tries, until });
    try {
      key = await opened(held, pin);
    } catch {
      if (tries >= TRIES_MAX) await store.drop("device", "route");
      throw new WrongPin(Math.max(0, TRIES_MAX - tries), until);
    }
    await store.put("lock", { ...held, tries: 0, until: 0 });
  });

// `place`: where the sealed thing lies; moved elsewhere it does not open.
export async function seal(value, place) {
  const iv = bytes(12), how = { name: "AES-GCM", iv, additionalData: text.encode(place) };
  return { iv, data: await crypto.subtle.encrypt(how, key, text.encode(JSON.stringify(value))) };
}

export async function unseal({ iv, data }, place) {
  const how = { name: "AES-GCM", iv, additionalData: text.encode(place) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, data)));
}

export const keep = async (name, value) => store.put(name, await seal(value, name));
export async function kept(name) {
  const held = await store.get(name);
  return held && unseal(held, name);
}
