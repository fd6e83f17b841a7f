// What the shell worked out and several pages show: the list's sections, the conversation in the
// panel, and the call's tools.
import { createContext, useContext } from "react";
import type { Conversation } from "../api/types";
import type { Sections } from "../inbox/sections";
import type { CallTools } from "./CallControls";

export interface DeskView {
  readonly sections: Sections;
  readonly current: Conversation | undefined;
  readonly tools: CallTools;
}

export const DeskViewContext = createContext<DeskView | null>(null);

export function useDeskView(): DeskView {
  const view = useContext(DeskViewContext);
  if (view === null) throw new Error("outside the shell");
  return view;
}
