import { queries, users } from "../../shared/api.js";
import { navigate } from "../router.js";

/** Have every tab know that the session is over, where something else than a log-out has ended it. */
export async function signedOutNow(): Promise<void> {
  if (users.state === "signed_in") await users.logOut();
  queries.clear();
}

/** Sign out, and show the page to sign in. Throws `UsersError` if the session may live on. */
export async function signOut(): Promise<void> {
  await users.logOut();
  queries.clear();
  navigate("/account/sign-in", { replace: true });
}
