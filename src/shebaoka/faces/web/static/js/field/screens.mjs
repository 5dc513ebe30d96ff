// What is seen: screens are made of the templates that the page carries; words stand there, what is filled in is text and never markup.

const spoken = (name) => document.querySelector(name);
const screen = spoken("[data-screen]"), says = spoken("[data-says]");

// `fill`: texts by name; `when`: which parts are there; `options`: pairs of value and name for selections.
export function made(name, { fill = {}, when = {}, options = {} } = {}) {
  const part = spoken(`template[data-of=${name}]`).content.cloneNode(true);
  for (const one of part.querySelectorAll("[data-fill]")) one.textContent = fill[one.dataset.fill] ?? "";
  for (const one of part.querySelectorAll("[data-tel]")) one.href = `tel:${one.textContent}`;
  for (const one of part.querySelectorAll("[data-if]")) if (!when[one.dataset.if]) one.remove();
  for (const one of part.querySelectorAll("[data-options]")) {
    for (const [value, label] of options[one.dataset.options] ?? []) one.append(new Option(label, value));
  }
  return part;
}

export function show(part) {
  screen.replaceChildren(part);
  scrollTo(0, 0);
}

export function say(zh, en, how = "good") {
  const told = Object.assign(document.createElement("p"), { className: `says ${how}` });
  const beside = Object.assign(document.createElement("span"), { className: "en", lang: "en", textContent: en });
  told.append(`${zh} `, beside);
  says.replaceChildren(told);
  if (how !== "good") says.scrollIntoView({ block: "nearest" });
}
export const hush = () => says.replaceChildren();

export function fillIn(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = true;
    else if (field.type !== "file") field.value = value;
  }
}

export function wrong(field, message) {
  field.setCustomValidity(message);
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
  field.reportValidity();
}

export async function tellPending(count) {
  spoken("[data-pending]").textContent = count ? `待同步 ${count} 条 to bring in` : "";
  await (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => undefined);
}
export const tellNet = () => (spoken("[data-net]").textContent = navigator.onLine ? "" : "离线 offline");
export const tellLocked = (locked) => (spoken("[data-lock]").hidden = locked);
