import type { ComponentType } from "react";

import { SignIn } from "./pages/SignIn.js";
import type { Route } from "./router.js";

const open = (load: Route["load"]): Route => ({ load, isOwn: false });
const own = (load: Route["load"]): Route => ({ load, isOwn: true });
const now = (Page: ComponentType): Route["load"] => () => Promise.resolve(Page);

export const NOT_FOUND = open(async () => (await import("./pages/NotFound.js")).NotFound);

/** Every page of /account. The first that most people see comes with the first paint. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "/account/sign-in": open(now(SignIn)),
  "/account/code": open(async () => (await import("./pages/EmailCode.js")).EmailCode),
  "/account/sign-up": open(async () => (await import("./pages/SignUp.js")).SignUp),
  "/account/confirm": open(async () => (await import("./pages/Confirm.js")).Confirm),
  "/account/forgot": open(async () => (await import("./pages/Forgot.js")).Forgot),
  "/account/new-password": open(async () => (await import("./pages/NewPassword.js")).NewPassword),
  "/account/undo": open(async () => (await import("./pages/Undo.js")).Undo),
  "/account/enrol": open(async () => (await import("./pages/Enrol.js")).Enrol),
  "/account": own(async () => (await import("./pages/Overview.js")).Overview),
  "/account/devices": own(async () => (await import("./pages/Devices.js")).Devices),
  "/account/security": own(async () => (await import("./pages/Security.js")).Security),
  "/account/password": own(async () => (await import("./pages/Password.js")).Password),
  "/account/app": own(async () => (await import("./pages/App.js")).App),
  "/account/passkey": own(async () => (await import("./pages/NewPasskey.js")).NewPasskey),
  "/account/recovery-codes": own(async () => (await import("./pages/RenewCodes.js")).RenewCodes),
  "/account/profile": own(async () => (await import("./pages/Profile.js")).Profile),
  "/account/email": own(async () => (await import("./pages/Email.js")).Email),
  "/account/data": own(async () => (await import("./pages/Data.js")).Data),
  "/account/delete": own(async () => (await import("./pages/Delete.js")).Delete),
};
