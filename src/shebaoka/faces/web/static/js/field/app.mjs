// The field app: unlock, the day's list, a visit, what is captured there, and bringing it in. One screen at a time.

import { capture, outcome, remembered } from "./capturing.mjs";
import * as outbox from "./outbox.mjs";
import * as screens from "./screens.mjs";
import * as server from "./server.mjs";
import { stay } from "./staying.mjs";
import * as store from "./store.mjs";
import * as vault from "./vault.mjs";
import * as words from "./words.mjs";

const IDLE_MS = 10 * 60_000;
const screen = document.querySelector("[data-screen]");
let route, visit, unknown = false, leave = () => undefined;
// `unknown`: the server does not take this device's secret, or this outlet's staff is not logged in.

async function start() {
  let known;
  try {
    known = await server.who();
  } catch {
    known = undefined;
  }
  screens.show(screens.made("start", { when: { in: known, out: !known } }));
}

const locked = () => {
  vault.lock();
  leave();
  screens.tellLocked(true);
  screens.show(screens.made("locked"));
};

async function list() {
  leave();
  leave = () => undefined;
  visit = undefined;
  route = await vault.kept("route");
  const [items, draft, device] = [await outbox.all(), await store.get("draft"), await store.get("device")];
  const answered = items.some((one) => !outbox.PENDING.includes(one.state));
  const part = screens.made("list", {
    fill: { day: route?.day, outlet: route && `${route.outlet} · ${route.staff}` },
    when: { renew: unknown || !device, draft, nobody: !route?.stops.length, empty: !items.length, answered },
  });
  const told = new Set(items.filter((one) => one.said.kind === "visit_outcome").map((one) => one.said.visit_id));
  part.querySelector("[data-list=stops]").append(...(route?.stops ?? []).map((stop) => stopShown(stop, told.has(stop.visit_id))));
  part.querySelector("[data-list=items]").append(...items.reverse().map(itemShown));
  screens.show(part);
  await screens.tellPending(await outbox.pending());
}

function stopShown(stop, told) {
  const fill = { name: stop.name, slot: words.SLOT[stop.slot], address: stop.address, tasks: words.tasks(stop.tasks), whose: stop.name };
  const part = screens.made("stop", { fill, when: { told } });
  part.querySelector("button").addEventListener("click", () => begin(stop));
  return part;
}

function receipt(item) {
  const when = { signed: item.signature };
  const part = screens.made("receipt", { fill: { label: item.label, at: time(item), number: item.result.answer.application_id }, when });
  for (const picture of part.querySelectorAll("img")) picture.src = item.signature;
  part.querySelector("[data-print]").addEventListener("click", () => print());
  screens.hush();
  screens.show(part);
}

const time = (item) => new Date(item.said.captured_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" });

function itemShown(item) {
  const fill = { label: item.label, state: words.both(words.STATE[item.state]), at: time(item), why: words.why(item), whose: item.label };
  const part = screens.made("item", { fill, when: { receipt: item.result?.answer?.application_id } });
  part.querySelector("button")?.addEventListener("click", () => receipt(item));
  return part;
}

function begin(stop) {
  visit = stop;
  const fill = { ...stop, slot: words.SLOT[stop.slot], tasks: words.tasks(stop.tasks) };
  screens.hush();
  screens.show(screens.made("visit", { fill, when: { represented: stop.represented, remark: stop.remark } }));
}

async function capturing(kind, draft) {
  screens.hush();
  leave = await capture(kind, { route, visit, draft });
}

// Whatever stands in the way is said, with what to do; nothing that was captured depends on it.
async function online(act) {
  try {
    await act();
  } catch (error) {
    if (error instanceof server.Unreachable) {
      screens.say("现在没有网络，记录仍在本设备，有网络时再同步。", "No network: everything stays on this device until there is one.", "care");
    } else if (error instanceof server.LoggedOut) {
      screens.say("登录已过期，记录仍在本设备。请登录后再同步：/staff/login", "The session has ended; nothing is lost. Log in, then bring it in.", "care");
      document.querySelector("[data-says] p").append(" ", Object.assign(document.createElement("a"), { className: "button", href: "/staff/login?next=/field", textContent: "登录 Log in" }));
    } else if (error instanceof server.Refused) {
      screens.say(`${error.problem.title_zh ?? "未能办理"}。${error.problem.remedy_zh ?? ""}`, error.problem.title ?? "Refused", "wrong");
      if (error.problem.type?.endsWith("device-refused")) {
        unknown = true;
        await list();
      }
    } else throw error;
  }
}

const synchronise = () =>
  online(async () => {
    if (!vault.open() || !(await store.get("device"))) return;
    await outbox.synchronise();
    if (!screen.querySelector("form[data-do^=keep]")) await list();
    const left = await outbox.pending();
    if (left) screens.say(`还有 ${left} 条未同步，请稍后再试。`, "Some could not be brought in yet: try again later.", "care");
    else screens.say("已全部同步。", "Everything has been brought in.");
  });

const download = (on) =>
  online(async () => {
    route = await server.get(`/field/route${on ? `?on=${on}` : ""}`);
    await vault.keep("route", route);
    await list();
    screens.say("路线已下载，可以离线使用。", "The route is on this device: no network is needed now.");
  });

// The number of the device stays readable, so that one whose secret was wiped is the same device afterwards.
async function keepDevice(told) {
  await store.put("number", told.device_id);
  await vault.keep("device", { device_id: told.device_id, secret: told.secret });
  unknown = false;
}

const FORMS = {
  async register({ name, pin, again }, form) {
    if (!vault.PIN.test(pin)) return screens.wrong(form.elements.pin, "请输入 6 至 12 位数字 · 6 to 12 digits");
    if (vault.tooEasy(pin)) return screens.wrong(form.elements.pin, "太容易猜，请换一个 · Too easy to guess");
    if (pin !== again) return screens.wrong(form.elements.again, "两次输入不一致 · The two differ");
    await online(async () => {
      const told = await server.post("/field/device", { name, key: crypto.randomUUID() });
      await navigator.storage?.persist?.();
      await vault.make(pin);
      await keepDevice(told);
      screens.tellLocked(false);
      await download("");
    });
  },
  async unlock({ pin }, form) {
    try {
      await vault.unlock(pin);
    } catch (error) {
      if (!(error instanceof vault.WrongPin)) throw error;
      form.reset();
      const wait = Math.ceil((error.until - Date.now()) / 60_000);
      const [zh, en] = wait > 0 ? [`请等 ${wait} 分钟再试。`, `Wait ${wait} minutes.`] : [`还可试 ${error.left} 次。`, `${error.left} tries left.`];
      return screens.say(`解锁码不对。${zh}`, `Wrong PIN. ${en}`, "wrong");
    }
    screens.hush();
    screens.tellLocked(false);
    await list();
    if (navigator.onLine && (await outbox.pending())) await synchronise();
  },
  download: ({ on }) => download(on),
  "keep-application": (values, form) => done(outcome.application, values, form),
  "keep-opening": (values, form) => done(outcome.opening, values, form),
  outcome: (values, form) => done(outcome.visit, values, form),
};

async function done(kept, values, form) {
  if (!(await kept(values, form, { route, visit }))) return;
  await list();
  screens.say("已加密保存在本设备。", "Kept on this device, encrypted.");
  if (navigator.onLine) await synchronise();
}

const BUTTONS = {
  apply: () => capturing("apply"),
  open: () => capturing("open"),
  sync: synchronise,
  back: async () => {
    await store.drop("draft");
    await list();
  },
  async resume() {
    const draft = await remembered();
    visit = draft.visit;
    await capturing(draft.kind, draft.values);
  },
  async clear() {
    await outbox.clear();
    await list();
  },
  renew: () =>
    online(async () => {
      await keepDevice(await server.post(`/field/device/${await store.get("number")}`, { key: crypto.randomUUID() }));
      await download("");
    }),
};

screen.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, pressed = event.submitter;
  if (pressed?.disabled) return;
  if (pressed) pressed.disabled = true;
  try {
    await FORMS[form.dataset.do](Object.fromEntries(new FormData(form)), form);
  } catch (error) {
    screens.say("没有保存成功，填写的内容还在，请再试一次；如设备存储已满，请先同步并清除已答复的。", "It was not kept; what you typed is still here. Try again; if the device is full, bring in and clear first.", "wrong");
    throw error;
  } finally {
    if (pressed) pressed.disabled = false;
  }
});
screen.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-do]");
  if (pressed) BUTTONS[pressed.dataset.do]();
});
document.querySelector("[data-lock]").addEventListener("click", locked);
addEventListener("online", () => {
  screens.tellNet();
  if (vault.open()) synchronise();
});
addEventListener("offline", screens.tellNet);
outbox.onNews(async () => {
  await screens.tellPending(await outbox.pending());
  if (vault.open() && screen.querySelector("[data-list=items]")) await list();
});

let idle;
for (const sign of ["pointerdown", "keydown"]) {
  addEventListener(sign, () => {
    clearTimeout(idle);
    idle = setTimeout(() => vault.open() && locked(), IDLE_MS);
  });
}

screens.tellNet();
stay();
try {
  if (await vault.made()) {
    await screens.tellPending(await outbox.pending());
    locked();
  } else await start();
} catch (error) {
  screens.say("此浏览器不能在本设备保存数据（如无痕模式），外勤应用无法使用。", "This browser keeps nothing on the device (a private window?): the field app cannot work.", "wrong");
  throw error;
}
