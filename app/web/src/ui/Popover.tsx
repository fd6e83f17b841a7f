// A button with a panel under it. Closes on Escape, on a click elsewhere, and when the focus leaves.
import { useEffect, useId, useRef, useState, type FocusEvent, type ReactNode } from "react";

interface PopoverProps {
  /** What the button's own words are about; read out before them. */
  readonly label: string;
  readonly className?: string;
  readonly button: ReactNode;
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ label, className = "", button, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return undefined;
    const button = opener.current;
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") setOpen(false);
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey);
      // The panel's own button had the focus and is gone: do not leave the keyboard nowhere.
      if (document.activeElement === document.body) button?.focus();
    };
  }, [open]);

  const onBlur = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    if (next instanceof Node && !root.current?.contains(next)) setOpen(false);
  };

  return (
    <div className={`popover ${className}`} ref={root} onBlur={onBlur}>
      <button
        ref={opener}
        type="button"
        className="opener"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span className="visually-hidden">{label}: </span>
        {button}
      </button>
      {open && (
        <div id={id} className="popover-panel" role="group" aria-label={label}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
