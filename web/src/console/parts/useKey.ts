import { useRef } from "react";

/** Return what gives the same body the same Idempotency-Key, so that sending it again makes nothing twice. */
export function useKey(): (body: unknown) => string {
  const last = useRef({ of: "", key: "" });
  return (body) => {
    const of = JSON.stringify(body);
    if (of !== last.current.of) last.current = { of, key: crypto.randomUUID() };
    return last.current.key;
  };
}
