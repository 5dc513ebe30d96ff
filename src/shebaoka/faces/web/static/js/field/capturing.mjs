// What is captured with somebody: an application, an opening, how a visit went. What is typed is kept sealed as it is typed, so that a
// lock, a reload or an empty battery loses nothing; it goes into the outbox as a whole, in one transaction.

import { compact, idNumberWrong } from "./numbers.mjs";
import * as outbox from "./outbox.mjs";
import { camera, show } from "./pictures.mjs";
import * as screens from "./screens.mjs";
import { digest, pad } from "./signing.mjs";
import * as vault from "./vault.mjs";
import { KIND } from "./words.mjs";

let remembering = Promise.resolve();
export const remembered = () => vault.kept("draft");

// Gives what ends it: the camera is switched off with the screen.
export async function capture(kind, { route, visit, draft }) {
  const options = { banks: route?.banks, outlets: [["", "请选择 · choose"], ...(route?.outlets ?? [])], sites: route?.sites };
  const when = { sites: !visit && route?.sites.length, visiting: visit };
  screens.show(screens.made(kind, { options, when }));
  const form = document.querySelector("[data-screen] form");
  const known = visit ? { name: visit.name, mobile: visit.mobile, address: visit.address } : {};
  screens.fillIn(form, draft ?? { ...known, bank: route?.bank });
  sign(form.querySelector("[data-pad]"));
  const box = form.querySelector("[data-camera]");
  const stop = box ? camera(box) : () => undefined;
  form.addEventListener("input", () => remember(kind, visit, form));
  return stop;
}

function sign(box) {
  const field = box.querySelector("input[name=signature]");
  pad(box, (drawing) => {
    field.value = drawing;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  if (field.value) show(box.querySelector("canvas"), field.value);
}

function remember(kind, visit, form) {
  if (!vault.open()) return;
  const { "": _, ...values } = Object.fromEntries(new FormData(form));
  remembering = remembering.then(() => vault.keep("draft", { kind, visit, values }));
}

function actsFor({ role, actor_id_number, actor_name, authorisation, witnesses }) {
  if (!role) return {};
  const said = { role, id_number: compact(actor_id_number) };
  if (actor_name) said.name = actor_name.trim();
  if (authorisation) said.authorisation = authorisation;
  if (witnesses.trim()) said.witnesses = witnesses.trim().split(/\s+/);
  return { acts_for: said };
}

function right(form) {
  const id = form.elements.id_number, other = form.elements.actor_id_number;
  for (const field of other.value ? [id, other] : [id]) {
    const message = idNumberWrong(field.value);
    if (message) {
      screens.wrong(field, message);
      return false;
    }
  }
  if (!form.elements.signature.value) {
    screens.say("请本人或代办人在屏幕上签名。", "The holder or whoever acts signs on the glass.", "wrong");
    return false;
  }
  return true;
}

const where = (values, visit) => ({
  ...(visit ? { visit_id: visit.visit_id } : {}),
  ...(values.site_id ? { site_id: values.site_id } : {}),
});
const now = (route) => ({ captured_at: new Date().toISOString(), staff_id: route.staff_id });

function ended(visit, route, said) {
  const content = { attempt: visit.attempt, ...said };
  return { kind: "visit_outcome", content, visit_id: visit.visit_id, ...now(route), label: `${visit.name}：${KIND.visit_outcome}` };
}

async function keep(kind, name, content, values, { route, visit }, more = {}) {
  await remembering;
  const one = { kind, content, ...where(values, visit), ...now(route), label: `${name}：${KIND[kind]}`, signature: values.signature, ...more };
  await outbox.keep(one, ...(visit && values.finished ? [ended(visit, route, { outcome: "done" })] : []));
  return true;
}

async function application(values, form, here) {
  if (!ready(here.route) || !right(form)) return false;
  const plain = Object.fromEntries(["name", "mobile", "address", "fallback_outlet"].map((name) => [name, values[name].trim()]));
  const content = {
    id_number: compact(values.id_number), ...plain, ...(values.bank ? { bank: values.bank } : {}), ...actsFor(values),
    signature: await digest(values.signature),
  };
  return keep("application", plain.name, content, values, here, values.photo ? { photo: values.photo } : {});
}

async function opening(values, form, here) {
  if (!ready(here.route) || !right(form)) return false;
  const functions = ["social", "financial"].filter((one) => values[one]);
  if (!functions.length) return screens.wrong(form.elements.social, "请选择要开通的功能 · Choose what to open");
  const content = {
    card_number: compact(values.card_number), id_number: compact(values.id_number), functions, ...actsFor(values),
    signature: await digest(values.signature),
  };
  return keep("opening", here.visit?.name ?? content.card_number, content, values, here);
}

async function visited(values, form, { route, visit }) {
  const reason = values.reason.trim();
  if (values.outcome === "not_met" && !reason) return screens.wrong(form.elements.reason, "请写明情况 · Say what happened");
  await outbox.keep(ended(visit, route, { outcome: values.outcome, ...(reason ? { reason } : {}) }));
  return true;
}

function ready(route) {
  if (!route) screens.say("请先登录并下载路线。", "Log in and fetch the route first.", "wrong");
  return Boolean(route);
}

export const outcome = { application, opening, visit: visited };
