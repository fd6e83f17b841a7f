// One small observable value. React reads it with `useStore`.
import { useSyncExternalStore } from "react";

export class Store<Value> {
  private value: Value;
  private readonly listeners = new Set<() => void>();

  constructor(initial: Value) {
    this.value = initial;
  }

  readonly get = (): Value => this.value;

  set(next: Value): void {
    if (Object.is(next, this.value)) return;
    this.value = next;
    for (const listener of this.listeners) listener();
  }

  update(change: (value: Value) => Value): void {
    this.set(change(this.value));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** The selected part of a store; the component is drawn again only when that part changes. */
export function useStore<Value, Part>(store: Store<Value>, select: (value: Value) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
