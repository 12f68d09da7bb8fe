import type { ReactNode } from "react";
import { CircleAlert, CircleCheck, Info } from "lucide-react";

const ICONS = { error: CircleAlert, done: CircleCheck, notice: Info };

interface BannerProps {
  kind: keyof typeof ICONS;
  children: ReactNode;
}

/** Something that has to be known now; it is read out as it appears. */
export function Banner({ kind, children }: BannerProps) {
  const Icon = ICONS[kind];
  return (
    <div className={`banner ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon size={20} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
