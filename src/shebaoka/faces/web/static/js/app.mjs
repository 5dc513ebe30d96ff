// What the citizens' pages gain where they can be an app: the worker for when there is no network, and the number on its icon.

const ELDER = "elder";
const MOMENT_MS = 1000;
const page = document.documentElement;

if ("kept" in page.dataset) {
  // It was fetched as nobody: large print comes from this device.
  page.classList.toggle(ELDER, localStorage.getItem(ELDER) === "1");
  for (const note of document.querySelectorAll("[data-offline]")) note.hidden = false;
  // A network that is just back takes a moment.
  addEventListener("online", () => setTimeout(() => location.reload(), MOMENT_MS));
} else {
  localStorage.setItem(ELDER, page.classList.contains(ELDER) ? "1" : "");
}

for (const again of document.querySelectorAll("[data-again]")) {
  again.hidden = false;
  again.addEventListener("click", () => location.reload());
}

const unread = document.querySelector("[data-unread]");
if (unread) navigator.setAppBadge?.(Number(unread.dataset.unread));
else if (!document.querySelector("form[action='/logout']")) navigator.clearAppBadge?.();

if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/app-worker.js"));
