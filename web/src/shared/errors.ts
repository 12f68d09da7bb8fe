import { type ErrorCode, UsersError } from "users-service-client";

import type { Language } from "./i18n.js";
import type { SharedKey } from "./words.js";

/** The person did not go on with what they had begun, and need not be told. */
export class GivenUpError extends Error {
  override readonly name = "GivenUpError";
}

const HOUR_SECONDS = 3600;

// fails to compile while a code has no words
type Unsaid = Exclude<`error.${ErrorCode}`, SharedKey>;
const everyCodeIsSaid: Unsaid extends never ? true : Unsaid = true;
void everyCodeIsSaid;

/** Return in words why a call was refused, and what to do. */
export function inWords(error: unknown, { t }: Pick<Language<SharedKey>, "t">): string {
  if (error instanceof DOMException && error.name === "NotAllowedError") return t("error.passkey_cancelled");
  if (!(error instanceof UsersError)) return t(error instanceof TypeError || isTimeout(error) ? "error.network" : "error.unknown");
  const wait = error.retryAfterSeconds;
  if (error.status === 429 && wait !== undefined && wait <= HOUR_SECONDS) {
    return wait < 60 ? t("error.wait_seconds", { count: wait }) : t("error.wait_minutes", { count: Math.ceil(wait / 60) });
  }
  if (error.code === "unknown" && error.status >= 500) return t("error.unavailable");
  return t(`error.${error.code}`);
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === "TimeoutError";
