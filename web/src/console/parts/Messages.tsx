import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { CircleCheck, CircleAlert } from "lucide-react";

import { inWords } from "../../shared/errors.js";
import { Button } from "../../shared/ui/Button.js";
import { useWords } from "../words.js";

interface Message {
  id: number;
  text: string;
  isRefusal: boolean;
  undo?: (() => Promise<unknown>) | undefined;
}

interface Messages {
  /** Say what was done, with a way to take it back if there is one. */
  say(text: string, undo?: () => Promise<unknown>): void;
  /** Say in words what was refused, where no form does. */
  refuse(error: unknown): void;
}

// long enough to read it and to reach the button; with a way back it stays until it is closed
const SHOWN_MS = 8_000;

const Context = createContext<Messages | undefined>(undefined);

export function useMessages(): Messages {
  const messages = useContext(Context);
  if (!messages) throw new Error("There are no messages outside of <Messages>");
  return messages;
}

/** Shows what was done just now, at the foot of the page. */
export function Messages({ children }: { children: ReactNode }) {
  const words = useWords();
  const latest = useRef(words);
  latest.current = words;
  const next = useRef(0);
  const [shown, show] = useState<Message>();

  const put = useCallback((message: Omit<Message, "id">) => {
    const id = (next.current += 1);
    show({ ...message, id });
    if (!message.undo && !message.isRefusal) setTimeout(() => show((now) => (now?.id === id ? undefined : now)), SHOWN_MS);
  }, []);
  const messages = useMemo<Messages>(
    () => ({
      say: (text, undo) => put({ text, undo, isRefusal: false }),
      refuse: (error) => put({ text: inWords(error, latest.current), isRefusal: true }),
    }),
    [put],
  );

  async function takeBack(undo: () => Promise<unknown>) {
    show(undefined);
    await undo().then(() => messages.say(words.t("act.undone")), messages.refuse);
  }

  return (
    <Context value={messages}>
      {children}
      <div className="messages no-print">
        <div role="status">{shown && !shown.isRefusal && <Words message={shown} />}</div>
        <div role="alert">{shown?.isRefusal && <Words message={shown} />}</div>
        {shown && (
          <div className="actions">
            {shown.undo && <Button kind="link" onClick={() => void takeBack(shown.undo!)}>{words.t("act.undo")}</Button>}
            <Button kind="link" onClick={() => show(undefined)}>{words.t("ui.close")}</Button>
          </div>
        )}
      </div>
    </Context>
  );
}

function Words({ message }: { message: Message }) {
  const Icon = message.isRefusal ? CircleAlert : CircleCheck;
  return (
    <>
      <Icon size={18} aria-hidden />
      <span>{message.text}</span>
    </>
  );
}
