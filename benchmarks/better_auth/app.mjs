// better-auth behind a function's URL or an HTTP API: e-mail and password, accounts in memory.
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";

const tables = { user: [], session: [], account: [], verification: [] };

export const auth = betterAuth({
  baseURL: "https://users.example.com",
  secret: "benchmarks-0123456789-abcdefghijklmnop",
  database: memoryAdapter(tables),
  emailAndPassword: { enabled: true },
  // neither is theirs to pay for: ours counts, too, but elsewhere
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});

export async function handler(event) {
  const { method, path } = event.requestContext.http;
  const answer = await auth.handler(
    new Request(`https://users.example.com${path}`, {
      method,
      headers: event.headers,
      body: event.body,
    }),
  );
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    cookies: answer.headers.getSetCookie(),
    body: await answer.text(),
  };
}
