import assert from "node:assert/strict";
import { test } from "node:test";

import { unwrap, UsersError } from "users-service-client";

import { baseUrl, expired, observed, PASSWORD, person, refreshes, shown } from "./scene.js";

const ANY = "/api/v1/private/users/any";

test("who logs in is signed in", async () => {
  const credentials = await person();
  const { users, states } = observed();

  const entered = await users.logIn(credentials);

  assert.ok("user" in entered);
  assert.deepEqual(Object.keys(entered), ["user"]);
  assert.equal(entered.user.email, credentials.email);
  assert.deepEqual(states, ["signed_out", "signed_in"]);
  assert.equal(unwrap(await users.api.PUT(ANY)).email, credentials.email);
});

test("who has a second factor is signed in once both are proved", async () => {
  const credentials = await person();
  const { users, states } = observed();
  await users.logIn(credentials);
  const { secret } = unwrap(await users.api.POST("/api/v1/private/users/totp"));
  const { recovery_codes } = unwrap(await users.api.PUT("/api/v1/private/users/totp", { body: { code: shown(secret) } }));
  await users.logOut();
  states.length = 0;

  const asked = await users.logIn(credentials);

  assert.ok("challenge" in asked);
  assert.deepEqual(asked.factors, ["totp", "recovery_code"]);
  assert.deepEqual(states, []);
  const { challenge } = asked;
  assert.equal((await refused(users.proveSecondFactor({ challenge, code: "000000" }))).code, "invalid_code");
  const { user } = await users.proveSecondFactor({ challenge, code: recovery_codes?.[0] ?? "" });
  assert.equal(user.email, credentials.email);
  assert.deepEqual(states, ["signed_in"]);
  assert.ok(unwrap(await users.api.PUT(ANY)).amr?.includes("mfa"));
});

test("a passkey that the service does not know signs nobody in", async () => {
  const { users, sent } = observed();
  const clientDataJSON = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge: "AAAA", origin: baseUrl })).toString("base64url");
  const response = { clientDataJSON, authenticatorData: "A".repeat(50), signature: "AAAA" };

  const refusal = await refused(users.logInWithPasskey({ credential: { rawId: "AAAA", type: "public-key", response } }));

  assert.ok(sent.at(-1)?.url.endsWith("/login/passkey"));
  assert.ok(["invalid_passkey", "challenge_invalid"].includes(refusal.code), refusal.code);
  assert.equal(users.state, "signed_out");
});

test("a refusal has its code and says what was wrong", async () => {
  const { email } = await person();
  const { users } = observed();

  const refusal = await refused(users.logIn({ email, passw: "a wrong password" }));

  assert.equal(refusal.code, "invalid_credentials");
  assert.equal(refusal.status, 401);
  assert.equal(refusal.message, "Invalid email or password");
  assert.ok(refusal.requestId);
  assert.equal(users.state, "signed_out");
});

test("fields at fault are named", async () => {
  const { users } = observed();

  const refusal = await refused(users.logIn({ email: "", passw: PASSWORD }));

  assert.equal(refusal.code, "validation_failed");
  assert.deepEqual(refusal.details.map(({ field }) => field), ["email"]);
});

test("who has to wait is told how long", async () => {
  const { email } = await person();
  const { users } = observed();
  const wrong = () => refused(users.logIn({ email, passw: "a wrong password" }));

  let refusal = await wrong();
  for (let tries = 1; refusal.status === 401 && tries < 10; tries += 1) refusal = await wrong();

  assert.equal(refusal.code, "too_many_requests");
  assert.ok((refusal.retryAfterSeconds ?? 0) >= 1);
});

test("what another than the service answers has no code", async () => {
  const byTheGateway = async () => Response.json({ message: "Too Many Requests" }, { status: 429 });
  const { users } = observed({ fetch: byTheGateway });

  const refusal = await refused(users.logIn({ email: "user@example.com", passw: PASSWORD }));

  assert.equal(refusal.code, "unknown");
  assert.equal(refusal.status, 429);
  assert.equal(refusal.retryAfterSeconds, undefined);
});

test("calls with an expired access token share one refresh, and all succeed", async () => {
  const { users, sent, storage, refresh_token } = expired();

  const answers = await Promise.all(Array.from({ length: 10 }, () => users.api.PUT(ANY)));

  assert.deepEqual(answers.map(({ response }) => response.status), Array(10).fill(200));
  assert.equal(refreshes(sent), 1);
  assert.notEqual(JSON.parse((await storage.getItem("users.tokens")) ?? "").refresh_token, refresh_token);
  await users.api.PUT(ANY);
  assert.equal(refreshes(sent), 1);
});

test("a body is sent again after the refresh", async () => {
  const { users } = expired();

  const answer = unwrap(await users.api.PATCH(ANY, { body: { name: "Another Name" } }));

  assert.equal(answer.name, "Another Name");
});

test("a session that ended signs out, and says so once", async () => {
  const { users, sent, states, storage, refresh_token } = expired();
  await settled();
  // whoever copied the token has used it; what follows is its replay
  await spend(refresh_token);

  const answers = await Promise.all([users.api.PUT(ANY), users.api.PUT(ANY)]);

  for (const answer of answers) assert.equal((await refused(async () => unwrap(answer))).code, "session_ended");
  assert.equal(refreshes(sent), 1);
  assert.deepEqual(states, ["signed_in", "signed_out"]);
  assert.equal(await storage.getItem("users.tokens"), null);
});

test("a service that cannot refresh now signs nobody out", async () => {
  const busy = async (request: Request) =>
    request.url.endsWith("/refresh")
      ? Response.json({ error: "Service Unavailable", message: "Try again" }, { status: 503, headers: { "x-error-code": "unavailable", "retry-after": "1" } })
      : fetch(request);
  const { users } = expired({ fetch: busy });

  const refusal = await refused(async () => unwrap(await users.api.PUT(ANY)));

  assert.equal(refusal.code, "unavailable");
  assert.equal(refusal.retryAfterSeconds, 1);
  assert.equal(users.state, "signed_in");
});

test("a network that is away signs nobody out, and the next call goes on", async () => {
  let away = true;
  const flaky = async (request: Request) => {
    if (away && request.url.endsWith("/refresh")) throw new TypeError("fetch failed");
    return fetch(request);
  };
  const { users } = expired({ fetch: flaky });
  await assert.rejects(users.api.PUT(ANY), TypeError);
  assert.equal(users.state, "signed_in");

  away = false;

  assert.equal((await users.api.PUT(ANY)).response.status, 200);
});

test("who logs out is signed out here and there", async () => {
  const { users, states, storage } = observed();
  await users.logIn(await person());
  const { access_token } = JSON.parse((await storage.getItem("users.tokens")) ?? "");

  await users.logOut();

  assert.deepEqual(states, ["signed_out", "signed_in", "signed_out"]);
  assert.equal((await refused(async () => unwrap(await users.api.PUT(ANY)))).code, "token_missing");
  const copied = await fetch(baseUrl + ANY, { method: "PUT", headers: { Authorization: `Bearer ${access_token}` } });
  assert.equal(copied.headers.get("x-error-code"), "session_ended");
});

test("who logs out with an expired access token is signed out there as well", async () => {
  const { users, storage } = expired();

  await users.logOut();

  assert.equal(users.state, "signed_out");
  assert.equal(await storage.getItem("users.tokens"), null);
});

test("a log-out that does not reach the service is told of, and may be tried again", async () => {
  let away = true;
  const { users } = observed({ fetch: (request) => (away && request.url.endsWith("/logout") ? Promise.reject(new TypeError()) : fetch(request)) });
  await users.logIn(await person());
  await assert.rejects(users.logOut(), TypeError);
  assert.equal(users.state, "signed_in");

  away = false;
  await users.logOut();

  assert.equal(users.state, "signed_out");
});

test("the next log-in is from a known device", async () => {
  const credentials = await person();
  const { users, sent, storage } = observed();
  await users.logIn(credentials);
  const device_token = await storage.getItem("users.device_token");
  await users.logOut();

  await users.logIn(credentials);

  assert.ok(device_token);
  assert.deepEqual(await sent.at(-1)?.json(), { ...credentials, device_token });
});

test("tokens that were stored are found again", async () => {
  const { users, storage } = observed();
  await users.logIn(await person());

  const later = observed({ storage });
  await settled();

  assert.deepEqual(later.states, ["signed_in"]);
  assert.equal((await later.users.api.PUT(ANY)).response.status, 200);
});

test("an access token goes to no public endpoint", async () => {
  const { users, sent } = observed();
  await users.logIn(await person());

  await users.api.POST("/api/v1/public/users/passw/forget_passw", { body: { email: "user@example.com" } });

  assert.equal(sent.at(-1)?.headers.get("authorization"), null);
});

async function refused(act: Promise<unknown> | (() => Promise<unknown>)): Promise<UsersError> {
  try {
    await (typeof act === "function" ? act() : act);
  } catch (error) {
    if (error instanceof UsersError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

async function spend(refresh_token: string): Promise<void> {
  const answer = await fetch(`${baseUrl}/api/v1/public/users/refresh`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token }),
  });
  assert.equal(answer.status, 200);
}

/** Let what the storage holds be read. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
