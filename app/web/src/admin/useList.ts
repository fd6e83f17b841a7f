// A list of the service's, read when its page opens and again after each change.
import { useCallback, useEffect, useState } from "react";
import { Problem } from "../api/client";
import { leave } from "../live/desk";
import { problemSentence } from "../strings";

export interface Loaded<T> {
  /** Undefined until it is there for the first time. */
  readonly value: T | undefined;
  readonly problem: string | null;
  readonly reload: () => Promise<void>;
}

export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<string | null>(null);
  const reload = useCallback(
    () =>
      load().then(
        (found) => {
          setValue(found);
          setProblem(null);
        },
        (error: unknown) => setProblem(sentenceOf(error)),
      ),
    [load],
  );
  useEffect(() => {
    void reload();
  }, [reload]);
  return { value, problem, reload };
}

/** A sentence for what went wrong; who is signed out is led to the sign-in. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Problem && error.status === 401) leave();
  return problemSentence(error);
}
