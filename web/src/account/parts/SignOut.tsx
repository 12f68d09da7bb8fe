import { useState } from "react";

import { Refusal } from "../../shared/Refused.js";
import { Button } from "../../shared/ui/Button.js";
import { useWords } from "../words.js";
import { signOut } from "./leaving.js";

/** Ends this session. */
export function SignOut() {
  const { t } = useWords();
  const [refusal, refuse] = useState<unknown>();
  return (
    <>
      <Refusal error={refusal} />
      <Button onClick={() => void signOut().catch(refuse)}>{t("ui.sign_out")}</Button>
    </>
  );
}
