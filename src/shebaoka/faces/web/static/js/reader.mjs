// The card reader of this very machine, over its loopback service (docs/terminals.md): one card session, and what is done in it.

// A refusal, as the reader service or the city tells it: a problem document (RFC 9457), perhaps with another one within.
export class Refused extends Error {
  constructor(problem) {
    super(problem.title ?? "");
    this.problem = problem.refusal ?? problem;
  }
}

// Nothing answers at the reader's address.
export class NoReader extends Error {}

const KEY = () => crypto.randomUUID();

async function ask(origin, method, path, { body, session, key } = {}) {
  const headers = { ...(body && { "Content-Type": "application/json" }), ...(session && { "Reader-Session": session }), ...(key && { "Idempotency-Key": key }) };
  let answer;
  try {
    answer = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new NoReader();
  }
  const told = answer.status === 204 ? undefined : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told ?? {});
  return told;
}

// Take the card in the reader, waiting for one to be put in; `act` is given what may be asked of it. The card is let go whatever happens.
export async function withCard(origin, who, waitSeconds, act) {
  const opened = await ask(origin, "POST", "/session", { body: { who, wait_seconds: waitSeconds }, key: KEY() });
  const within = (path, body, key) => ask(origin, "POST", `/session/${path}`, { body, session: opened.session, key });
  try {
    return await act({
      card: opened.card,
      read: (ticket) => within("read", { ticket }),
      prove: (challenge) => within("proof", { challenge }),
      verify: (pin) => within("pin", { pin }, KEY()),
      personalise: (order, ticket, key) => within("personalisation", { order, ticket }, key),
    });
  } finally {
    await ask(origin, "DELETE", "/session", { session: opened.session }).catch(() => {});
  }
}
