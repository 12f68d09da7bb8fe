import { type components, unwrap } from "users-service-client";

import { api } from "./api.js";

export type Assertion = components["schemas"]["AssertionSchema"];
type Registration = components["schemas"]["RegistrationSchema"];
type Options = components["schemas"]["PasskeyOptions"];

/** Tell whether this browser can use passkeys in the form that the service speaks. */
export const canUsePasskeys = (): boolean =>
  typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Tell whether it can offer them beside passwords, in the field for the e-mail. */
export const canOfferPasskeys = async (): Promise<boolean> =>
  canUsePasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;

interface Asking {
  signal?: AbortSignal;
  mediation?: CredentialMediationRequirement;
}

/** Have the person use a passkey. Throws `NotAllowedError` if they do not. */
export async function used(options: Options, asking: Asking = {}): Promise<Assertion> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey, ...asking })) as PublicKeyCredential;
  return credential.toJSON() as Assertion;
}

/** Have the device make a passkey. Throws `NotAllowedError` if the person does not let it. */
export async function made(options: Options): Promise<Registration> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return credential.toJSON() as Registration;
}

/** Return what a passkey is asked with, to sign in by any of them or as the second step of `challenge`. */
export async function logInOptions(challenge?: string): Promise<Options> {
  return unwrap(await api.POST("/api/v1/public/users/passkeys/options", { body: challenge ? { challenge } : {} }));
}
