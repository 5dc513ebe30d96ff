// The worker that keeps the app on the device. A new version waits until whoever works here says so: then the page begins anew with it.

export async function stay() {
  if (!("serviceWorker" in navigator)) return;
  const offer = document.querySelector("[data-newer]");
  let asked = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => asked && location.reload());
  const registered = await navigator.serviceWorker.register("/field-worker.js", { scope: "/field", updateViaCache: "none" });
  const ready = () => {
    if (registered.waiting && navigator.serviceWorker.controller) offer.hidden = false;
  };
  registered.addEventListener("updatefound", () => registered.installing?.addEventListener("statechange", ready));
  ready();
  offer.querySelector("button").addEventListener("click", () => {
    asked = true;
    registered.waiting?.postMessage("take over");
  });
}
