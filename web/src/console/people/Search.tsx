import { useLocation } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";

import { useWords } from "../words.js";

interface SearchProps {
  value: string;
  change(search: string): void;
}

const PAUSE_MS = 250;
// what the API searches for: a word of two letters or digits at least
const SEARCHABLE = /[\p{L}\p{N}]{2}/u;

/** Finds people while one types. */
export function Search({ value, change }: SearchProps) {
  const { t } = useWords();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  const [typed, type] = useState(value);
  const isWanted = useLocation({ select: ({ state }) => state.atSearch ?? false });

  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted]);

  // the address has changed by other means, such as the way back
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    type(value);
  }, [value]);

  useEffect(() => {
    const search = SEARCHABLE.test(typed) ? typed.trim() : "";
    if (search === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = search;
      change(search);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });

  return (
    <div className="filter search">
      <label htmlFor={id}>{t("people.search")}</label>
      <input
        ref={field}
        id={id}
        type="search"
        data-search
        maxLength={254}
        autoComplete="off"
        spellCheck={false}
        placeholder={t("people.searchHint")}
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}
