// The server, when there is a network. What it refuses, comes as a problem document; a session that is over, as a way to the log-in.

export class Unreachable extends Error {}
export class LoggedOut extends Error {}
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.type ?? String(status));
    Object.assign(this, { status, problem });
  }
}

const LONGEST_MS = 60_000, FORBIDDEN = 403, FAULT = 500;
let token = "";

async function asked(path, options) {
  try {
    return await fetch(path, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(LONGEST_MS), ...options });
  } catch {
    throw new Unreachable();
  }
}

async function read(answer) {
  if (answer.type === "opaqueredirect") throw new LoggedOut();
  const json = (answer.headers.get("content-type") ?? "").includes("json");
  if (answer.ok && json) return answer.json();
  if (answer.status >= FAULT && !json) throw new Unreachable();
  throw new Refused(answer.status, json ? await answer.json() : {});
}

export const get = async (path) => read(await asked(path));

// Who is logged in. The first answer to a browser may only set what the token is held against.
export async function who() {
  const told = await get("/field/session");
  const known = told.token ? told : await get("/field/session");
  token = known.token;
  return known;
}

export async function post(path, body) {
  if (!token) await who();
  const form = body instanceof FormData;
  const send = () =>
    asked(path, {
      method: "POST",
      headers: { "x-csrftoken": token, ...(form ? {} : { "content-type": "application/json" }) },
      body: form ? body : JSON.stringify(body),
    });
  const answer = await send();
  if (answer.status !== FORBIDDEN || (answer.headers.get("content-type") ?? "").includes("json")) return read(answer);
  await who();
  return read(await send());
}
