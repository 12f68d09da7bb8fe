import type { EventName } from "../data/webhooks.js";

/** What a webhook can be told of, as the API calls it; `*` is all. */
export const EVENTS = [
  "user.created",
  "user.updated",
  "user.disabled",
  "user.enabled",
  "user.deleted",
  "user.unblocked",
  "user.email_confirmed",
  "user.email_changed",
  "user.email_change_undone",
  "user.confirmation_resent",
  "user.second_factors_reset",
  "session.begun",
  "session.new_device",
  "session.confirmed",
  "session.ended",
  "session.all_ended",
  "session.theft",
  "log_in.failed",
  "log_in.slowed",
  "log_in.off",
  "password.changed",
  "password.reset",
  "password.reset_token_issued",
  "second_factor.failed",
  "second_factor.guessed",
  "totp.enabled",
  "totp.disabled",
  "passkey.added",
  "passkey.removed",
  "passkey.refused",
  "recovery_codes.renewed",
  "recovery_codes.used",
  "role.saved",
  "role.deleted",
  "service_token.issued",
  "webhook.saved",
  "webhook.deleted",
] as const satisfies readonly EventName[];

export const ALL = "*";

// fails to compile while the API has an event that cannot be chosen here
const everyEventIsHere: Exclude<EventName, (typeof EVENTS)[number] | typeof ALL> extends never ? true : false = true;
void everyEventIsHere;
