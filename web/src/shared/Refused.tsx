import { GivenUpError, inWords } from "./errors.js";
import { Banner } from "./ui/Banner.js";
import { Button } from "./ui/Button.js";
import { useShared } from "./words.js";

interface RefusedProps {
  error: unknown;
  retry(): void;
}

/** In place of what could not be loaded: why, and a way to try again. */
export function Refused({ error, retry }: RefusedProps) {
  const shared = useShared();
  return (
    <>
      <Banner kind="error">{inWords(error, shared)}</Banner>
      <Button onClick={retry}>{shared.t("ui.retry")}</Button>
    </>
  );
}

/** What was refused, if something was; it is read out as it appears. */
export function Refusal({ error }: { error: unknown }) {
  const shared = useShared();
  return error === undefined || error instanceof GivenUpError ? null : <Banner kind="error">{inWords(error, shared)}</Banner>;
}
