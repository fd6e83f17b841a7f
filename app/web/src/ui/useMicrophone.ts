// A microphone of the dialog's own, so that its level shows before anything is connected.
import { useEffect, useState } from "react";
import { openMicrophone, problemOf, stop } from "../phone/devices";
import type { PhoneProblem } from "../phone/state";

export interface Heard {
  readonly stream: MediaStream | null;
  readonly problem: PhoneProblem | null;
}

const NOTHING: Heard = { stream: null, problem: null };

/** Opens this microphone while the component stands; another `attempt` asks again. */
export function useMicrophone(id: string, attempt: number): Heard {
  const [heard, setHeard] = useState<Heard>(NOTHING);
  useEffect(() => {
    let mounted = true;
    let mine: MediaStream | null = null;
    openMicrophone(id)
      .then((stream) => {
        mine = stream;
        if (mounted) setHeard({ stream, problem: null });
        else stop(stream);
      })
      .catch((error: unknown) => {
        if (mounted) setHeard({ stream: null, problem: problemOf(error) });
      });
    return () => {
      mounted = false;
      stop(mine);
    };
  }, [id, attempt]);
  return heard;
}
