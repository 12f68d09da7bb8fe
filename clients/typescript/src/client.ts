import createClient, { type Client } from "openapi-fetch";

import { unwrap } from "./errors.js";
import type { paths } from "./schema.js";
import { type Device, memory, type Storage, Tokens } from "./tokens.js";
import { turns, type Turns } from "./turns.js";

type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Content } } };
}
  ? Omit<Content, "device_token">
  : never;
type Answer<Path extends keyof paths, Status extends number> = paths[Path] extends {
  post: { responses: Record<Status, { content: { "application/json": infer Content } }> };
}
  ? Content
  : never;

const LOG_IN = "/api/v1/public/users/login";
const SECOND_FACTOR = "/api/v1/public/users/login/second_factor";
const PASSKEY = "/api/v1/public/users/login/passkey";
const CODE = "/api/v1/public/users/login/code";

type LoggedIn = Answer<typeof LOG_IN, 200>;

/** What has to be proved besides the password. */
export type Challenge = Answer<typeof LOG_IN, 202>;
export type Person = LoggedIn["user"];
/** `unknown` in cookie mode until the first answer: no script can see whether there are cookies. */
export type State = "unknown" | "signed_in" | "signed_out";

export interface Options {
  /** Where the service is, such as `https://users.example.com`. */
  baseUrl: string;
  /** `cookie`: no script can read the tokens. `bearer`: they are in `storage`. */
  delivery: "cookie" | "bearer";
  /** Of bearer mode: `sessionStorage`, or another; memory where none is given. */
  storage?: Storage;
  fetch?: (request: Request) => Promise<Response>;
}

const TIMEOUT_MS = 30_000;
// what one tab stores another sees a moment later (localStorage waits for nobody)
const STORAGE_MS = 250;
const STALE = ["token_expired", "token_invalid"];
const OVER = ["token_missing", "session_ended"];

const isPrivate = (request: Request) => !request.url.includes("/api/v1/public/");
const isLoggedIn = (answer: object): answer is LoggedIn => "user" in answer;
const codeOf = (answer: Response) => answer.headers.get("x-error-code") ?? "";

/** One person's way to the service: typed calls that refresh by themselves, and who is signed in. */
export class Users {
  /** Every call of the service; an access token that has expired is replaced on the way. */
  readonly api: Client<paths>;
  state: State = "unknown";
  readonly #plain: Client<paths>;
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #inCookies: boolean;
  readonly #tokens: Tokens;
  readonly #inTurn: Turns;
  readonly #tabs: BroadcastChannel | undefined;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(state: State) => void>();
  #refreshing: Promise<Response | undefined> | undefined;

  constructor({ baseUrl, delivery, storage, fetch = (request) => globalThis.fetch(request) }: Options) {
    this.#inCookies = delivery === "cookie";
    this.#tokens = new Tokens((!this.#inCookies && storage) || memory());
    this.#fetch = fetch;
    const common = this.#inCookies
      ? { baseUrl, credentials: "include" as const, headers: { "X-Token-Delivery": "cookie" } }
      : { baseUrl };
    this.api = createClient<paths>({ ...common, fetch: (request) => this.#call(request) });
    this.#plain = createClient<paths>({ ...common, fetch: (request) => fetch(hurried(request)) });
    // tokens in memory are this object's alone, and so are its turns
    const shared = this.#inCookies || storage ? `users ${baseUrl}` : undefined;
    this.#inTurn = turns(shared, storage && STORAGE_MS);
    this.#tabs = shared && "document" in globalThis ? this.#listen(shared) : undefined;
    if (!this.#inCookies) void this.#look();
  }

  /** Have `listener` called at each log-in and log-out, also in another tab; returns what ends that. */
  readonly subscribe = (listener: (state: State) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Log in, or learn the challenge to prove. Throws `UsersError`. */
  logIn(body: Body<typeof LOG_IN>): Promise<{ user: Person } | Challenge> {
    return this.#enter((device) => this.#plain.POST(LOG_IN, { body: { ...body, ...device } }));
  }

  /** Answer the challenge of a log-in. Throws `UsersError`. */
  proveSecondFactor(body: Body<typeof SECOND_FACTOR>): Promise<{ user: Person }> {
    return this.#enter((device) => this.#plain.POST(SECOND_FACTOR, { body: { ...body, ...device } }));
  }

  /** Log in with the code of a mail, or learn the challenge to prove. Throws `UsersError`. */
  logInWithCode(body: Body<typeof CODE>): Promise<{ user: Person } | Challenge> {
    return this.#enter((device) => this.#plain.POST(CODE, { body: { ...body, ...device } }));
  }

  /** Log in with what `navigator.credentials.get` returned, as JSON. Throws `UsersError`. */
  logInWithPasskey(body: Body<typeof PASSKEY>): Promise<{ user: Person }> {
    return this.#enter((device) => this.#plain.POST(PASSKEY, { body: { ...body, ...device } }));
  }

  /** Log out, in every tab that shares the tokens. Throws `UsersError` if the session may live on. */
  async logOut(): Promise<void> {
    const answer = await this.api.PUT("/api/v1/private/users/logout");
    if (answer.response.status !== 401) unwrap(answer);
    await this.#leave();
  }

  /** Hear no more of other tabs. */
  close(): void {
    this.#closing.abort();
    this.#tabs?.close();
  }

  #enter<Else extends object = never>(
    send: (device: Device) => Promise<{ data?: LoggedIn | Else; error?: unknown; response: Response }>,
  ): Promise<{ user: Person } | Else> {
    // not while a refresh is on its way: its cookies would arrive after ours
    return this.#inTurn(async () => {
      const entered = unwrap(await send(await this.#tokens.device()));
      if (!isLoggedIn(entered)) return entered;
      await this.#tokens.keep(entered);
      this.#announce("signed_in");
      return { user: entered.user };
    });
  }

  async #call(request: Request): Promise<Response> {
    const again = request.clone();
    const { answer, spent } = await this.#send(request);
    if (!isPrivate(request) || !STALE.includes(codeOf(answer))) return answer;
    this.#refreshing ??= this.#inTurn(() => this.#refresh(spent)).finally(() => {
      this.#refreshing = undefined;
    });
    const refusal = await this.#refreshing;
    // each call that has waited reads it for itself
    return refusal?.clone() ?? (await this.#send(again)).answer;
  }

  async #send(request: Request): Promise<{ answer: Response; spent: string | undefined }> {
    if (!isPrivate(request)) return { answer: await this.#fetch(request), spent: undefined };
    const spent = await this.#tokens.access();
    if (spent) request.headers.set("Authorization", `Bearer ${spent}`);
    const answer = await this.#fetch(request);
    if (answer.ok && this.state === "unknown") this.#become("signed_in");
    if (OVER.includes(codeOf(answer)) && (await this.#tokens.access()) === spent) await this.#leave();
    return { answer, spent };
  }

  /** Replace the tokens, unless that was done meanwhile; returns the answer that refuses it. */
  async #refresh(spent: string | undefined): Promise<Response | undefined> {
    if (await this.#isReplaced(spent)) return undefined;
    const pair = await this.#tokens.pair();
    const { data, error, response } = await this.#plain.POST("/api/v1/public/users/refresh", {
      ...(pair && { body: { refresh_token: pair.refresh_token } }),
    });
    if (data) await this.#tokens.keep(data);
    else if (response.status === 401) await this.#leave();
    return data ? undefined : new Response(JSON.stringify(error), response);
  }

  async #isReplaced(spent: string | undefined): Promise<boolean> {
    if (!this.#inCookies) return (await this.#tokens.access()) !== spent;
    // only the service can tell, in one call more every quarter of an hour
    const { response } = await this.#plain.PUT("/api/v1/private/users/any");
    return !STALE.includes(codeOf(response));
  }

  async #leave(): Promise<void> {
    await this.#tokens.drop();
    this.#announce("signed_out");
  }

  #announce(state: State): void {
    this.#become(state);
    this.#tabs?.postMessage(state);
  }

  #become(state: State): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #listen(name: string): BroadcastChannel {
    const tabs = new BroadcastChannel(name);
    tabs.onmessage = ({ data }) => (this.#inCookies ? this.#become(data as State) : void this.#look());
    // what another tab has stored may be seen only after its message
    globalThis.addEventListener("storage", () => void this.#look(), { signal: this.#closing.signal });
    return tabs;
  }

  /** See from the tokens whether somebody is signed in. */
  async #look(): Promise<void> {
    const state = (await this.#tokens.access()) ? "signed_in" : "signed_out";
    if (state !== this.state) this.#become(state);
  }
}

/** Return the request with an end: nobody else has a turn before. */
function hurried(request: Request): Request {
  return new Request(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
}
