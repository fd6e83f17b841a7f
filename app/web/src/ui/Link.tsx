import type { MouseEvent, ReactNode } from "react";
import { useStore } from "../live/store";
import { go, place } from "../router";

interface LinkProps {
  readonly to: string;
  /** Also current on the addresses below it. */
  readonly below?: boolean;
  /** Whether it is current, where the address alone does not tell. */
  readonly current?: boolean;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A link within this page. With Ctrl, or the middle button, the browser opens another tab. */
export function Link({ to, below = false, current, className, title, children }: LinkProps) {
  const here = useStore(place, (at) => at === to || (below && at.startsWith(`${to}/`)));
  const onClick = (event: MouseEvent): void => {
    const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a
      href={to}
      {...(className ? { className } : {})}
      {...(title ? { title } : {})}
      {...((current ?? here) ? { "aria-current": "page" as const } : {})}
      onClick={onClick}
    >
      {children}
    </a>
  );
}
