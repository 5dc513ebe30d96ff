// Keeps the shell of the field app on the device: VERSION and SHELL stand above, written by the server. A new version is fetched as a
// whole beside the old one, and takes over when the app says so, never in the middle of somebody's work. Data are never kept here.

const PREFIX = "field-";
const KEPT = PREFIX + VERSION;

async function install() {
  const cache = await caches.open(KEPT);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
  const page = await (await cache.match(SHELL[0])).text();
  // A server that is being renewed may give the page of one version and the files of another: then later, as a whole.
  if (!page.includes(VERSION)) {
    await caches.delete(KEPT);
    throw new Error("the shell is of another version");
  }
}

async function clean() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(request, path) {
  const cache = await caches.open(KEPT);
  return (await cache.match(path)) ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(clean()));
addEventListener("message", (event) => event.data === "take over" && skipWaiting());
addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  const path = event.request.mode === "navigate" ? pathname : pathname + search;
  if (event.request.method === "GET" && origin === location.origin && SHELL.includes(path)) {
    event.respondWith(answer(event.request, path));
  }
});
