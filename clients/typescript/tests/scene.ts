import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { memory, type Options, type State, type Storage, Users } from "users-service-client";

/** What the tests are told of the running service, and of people whose access tokens have expired. */
interface Scene {
  base_url: string;
  service_token: string;
  expired: { access_token: string; refresh_token: string }[];
}

const scene = JSON.parse(readFileSync(process.env["SCENE"] ?? "", "utf8")) as Scene;

export const baseUrl = scene.base_url;
export const PASSWORD = "example_string";

/** A client whose requests and events are noted. */
export interface Observed {
  users: Users;
  storage: Storage;
  sent: Request[];
  states: State[];
}

export function observed(options: Partial<Options> = {}): Observed {
  const sent: Request[] = [];
  const storage = options.storage ?? memory();
  const send = options.fetch ?? fetch;
  const users = new Users({
    baseUrl,
    delivery: "bearer",
    storage,
    ...options,
    fetch: (request) => {
      sent.push(request.clone());
      return send(request);
    },
  });
  const states: State[] = [];
  users.subscribe((state) => states.push(state));
  return { users, storage, sent, states };
}

/** Have a new person signed up, and return what they log in with. */
export async function person(): Promise<{ email: string; passw: string }> {
  const credentials = { email: `${randomUUID()}@example.com`, passw: PASSWORD };
  const answer = await fetch(`${baseUrl}/api/v1/server/users/sign_up`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${scene.service_token}` },
    body: JSON.stringify({ ...credentials, name: "Example Name" }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return credentials;
}

/** The client of somebody who was signed in, and whose access token has expired. */
export function expired(options: Partial<Options> = {}): Observed & { refresh_token: string } {
  const tokens = scene.expired.pop();
  if (!tokens) throw new Error("no more people with an expired token");
  const storage = memory();
  storage.setItem("users.tokens", JSON.stringify(tokens));
  return { ...observed({ storage, ...options }), refresh_token: tokens.refresh_token };
}

/** Return the code that an authenticator app with this secret (base32) shows now, as RFC 6238 has it. */
export function shown(secret: string): string {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

export const refreshes = (sent: Request[]): number => sent.filter(({ url }) => url.endsWith("/refresh")).length;
