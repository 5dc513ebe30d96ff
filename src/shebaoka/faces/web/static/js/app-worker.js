// Answers for the citizens' pages when the network does not. `SHELL` (what is kept, and under which version) stands before this
// text; `pages/app.py` writes it. Kept is the public shell alone, fetched as nobody: no page of a person is ever kept.

const NAME = `shell-${SHELL.version}`;

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(forget().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (SHELL.files.includes(url.pathname + url.search)) event.respondWith(file(request));
  else if (request.mode === "navigate" && !others(url.pathname)) event.respondWith(page(event, url));
});

async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll(SHELL.files);
  await Promise.all(SHELL.pages.map(async (path) => store(path, await fetch(path, { credentials: "omit" }))));
}

// What is kept says so: `app.mjs` knows by it that a page did not come from the network.
async function store(path, answer) {
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const text = (await answer.text()).replace("<html ", "<html data-kept ");
  await (await caches.open(NAME)).put(path, new Response(text, { headers: answer.headers }));
}

async function forget() {
  const old = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// A file's address changes with its content: what is kept is right.
async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    if (isPublic(url, answer)) event.waitUntil(store(url.pathname, answer.clone()));
    return answer;
  } catch {
    const kept = isShell(url) ? url.pathname : "/offline";
    return (await caches.match(kept)) ?? Response.error();
  }
}

const others = (path) => SHELL.others.some((other) => path === other || path.startsWith(`${other}/`));
const isShell = (url) => SHELL.pages.includes(url.pathname) && !url.search;

// What was made for somebody says `no-store`, and is not kept.
function isPublic(url, answer) {
  return isShell(url) && answer.ok && !(answer.headers.get("cache-control") ?? "").includes("no-store");
}
