import type { components } from "./schema.js";

/** What `x-error-code` says; `unknown` is an answer that is not of the service's making. */
export type ErrorCode = components["schemas"]["ErrorCode"] | "unknown";

export interface Fault {
  field: string;
  message: string;
}

/** What the service refused, and why. Without a network, `fetch` throws its own `TypeError` instead. */
export class UsersError extends Error {
  override readonly name = "UsersError";
  readonly code: ErrorCode;
  readonly status: number;
  /** The fields at fault, of a `validation_failed`. */
  readonly details: readonly Fault[];
  /** When to come back, of a 429 and a 503. */
  readonly retryAfterSeconds: number | undefined;
  /** What the service's log has it under. */
  readonly requestId: string | undefined;

  constructor(response: Response, body: unknown) {
    const { message, details } = (body ?? {}) as { message?: string; details?: Fault[] };
    super(message ?? response.statusText);
    this.code = (response.headers.get("x-error-code") ?? "unknown") as ErrorCode;
    this.status = response.status;
    this.details = details ?? [];
    this.retryAfterSeconds = seconds(response.headers.get("retry-after"));
    this.requestId = response.headers.get("x-request-id") ?? undefined;
  }
}

/** Return what a call was answered, or throw the `UsersError` that it was refused with. */
export function unwrap<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (!answer.response.ok) throw new UsersError(answer.response, answer.error);
  return answer.data as Data;
}

function seconds(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}
