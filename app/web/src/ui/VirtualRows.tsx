// A list of any length of which only what is in sight, and a little more, is in the document.
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

/** Pixels: `--row` in tokens.css. */
const ROW = 40;
/** Rows drawn beyond each edge, so that Tab and the arrow keys always find the next one. */
const SPARE = 12;
/** The span moves in steps, so that scrolling draws rarely. */
const STEP = 8;

interface Span {
  readonly first: number;
  readonly last: number;
}

function spanOf(list: Element, scroller: Element): Span {
  const above = scroller.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const first = Math.floor(above / ROW / STEP) * STEP - SPARE;
  return { first, last: first + Math.ceil(scroller.clientHeight / ROW) + STEP + 2 * SPARE };
}

interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly row: (item: Item, index: number) => ReactNode;
}

/** Stands in an element of the class `scroller`. */
export function VirtualRows<Item>({ items, keyOf, row }: VirtualRowsProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const [span, setSpan] = useState<Span>({ first: 0, last: 2 * SPARE });
  const look = useRef(() => {
    const scroller = list.current?.closest(".scroller");
    if (!list.current || !scroller) return;
    const next = spanOf(list.current, scroller);
    setSpan((old) => (old.first === next.first && old.last === next.last ? old : next));
  });
  useLayoutEffect(() => look.current());
  useEffect(() => {
    const scroller = list.current?.closest(".scroller");
    const onMove = look.current;
    if (!scroller) return undefined;
    const observer = new ResizeObserver(onMove);
    observer.observe(scroller);
    scroller.addEventListener("scroll", onMove, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", onMove);
    };
  }, []);
  const first = Math.max(0, span.first);
  const seen = items.slice(first, Math.max(first, span.last));
  return (
    <ul ref={list} className="rows" style={{ height: items.length * ROW }}>
      {seen.map((item, offset) => (
        <li
          key={keyOf(item)}
          aria-setsize={items.length}
          aria-posinset={first + offset + 1}
          style={{ transform: `translateY(${(first + offset) * ROW}px)` }}
        >
          {row(item, first + offset)}
        </li>
      ))}
    </ul>
  );
}
