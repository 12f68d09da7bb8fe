import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type components, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { GivenUpError } from "../../shared/errors.js";
import { useProof } from "../../shared/Proof.js";
import { Refused } from "../../shared/Refused.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { useWords } from "../words.js";

type Secret = components["schemas"]["NewAppSecret"];

interface AppSetupProps {
  /** Called with the recovery codes, if it is the account's first factor. */
  done(codes: readonly string[] | undefined): void | Promise<void>;
  giveUp(): void;
}

/** Has an authenticator app take a new secret, and shows that it has. */
export function AppSetup({ done, giveUp }: AppSetupProps) {
  const prove = useProof();
  const { data, error, refetch } = useQuery({
    queryKey: ["new-app-secret"],
    queryFn: () => prove(async () => unwrap(await api.POST("/api/v1/private/users/totp"))),
    // each asking makes another secret
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const isGivenUp = error instanceof GivenUpError;
  useEffect(() => {
    if (isGivenUp) giveUp();
  }, [isGivenUp, giveUp]);

  if (data) return <Show secret={data} done={done} />;
  if (error && !isGivenUp) return <Refused error={error} retry={() => void refetch()} />;
  return <Skeleton lines={8} />;
}

function Show({ secret: { secret, uri, qr_svg }, done }: { secret: Secret } & Pick<AppSetupProps, "done">) {
  const { t } = useWords();
  const prove = useProof();
  return (
    <>
      <p>{t("app.scan")}</p>
      <img className="qr" src={`data:image/svg+xml,${encodeURIComponent(qr_svg)}`} alt={t("app.qr")} width={200} height={200} />
      <p><a href={uri}>{t("app.on_phone")}</a></p>
      <p>{t("app.by_hand")}<br /><code>{secret}</code></p>
      <Form
        button={t("app.button")}
        submit={async ({ code = "" }) => {
          const enable = async () => unwrap(await api.PUT("/api/v1/private/users/totp", { body: { code } }));
          await done((await prove(enable)).recovery_codes);
        }}
      >
        <TextField name="code" label={t("app.field")} autoComplete="one-time-code" inputMode="numeric" required />
      </Form>
    </>
  );
}
