// Short lists to choose from (dispositions, break reasons), read when they are first needed.
import { useEffect, useState } from "react";
import type { Named } from "../api/types";

type Load = () => Promise<{ readonly items: readonly Named[] }>;

const NONE: readonly Named[] = [];

/** The list; empty until it is there, and where it cannot be read: one's own words always do. */
export function useChoices(load: Load): readonly Named[] {
  const [choices, setChoices] = useState<readonly Named[]>(NONE);
  useEffect(() => {
    let wanted = true;
    load()
      .then(({ items }) => wanted && setChoices(items))
      .catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [load]);
  return choices;
}
