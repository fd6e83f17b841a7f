// The place that has the words of a search, with the words marked.
import type { ReactNode } from "react";
import type { Match } from "../api/types";
import { archiveWords as said } from "../strings/archive";

export function Marked({ match }: { readonly match: Match }) {
  const who = match.speaker ?? said.places[match.where] ?? match.where;
  return (
    <span className="marked" title={match.text}>
      {who}: {pieces(match)}
    </span>
  );
}

/** The service counts characters, JavaScript counts UTF-16: an emoji is one there and two here. */
function pieces({ text, marks }: Match): readonly ReactNode[] {
  const characters = Array.from(text);
  const found: ReactNode[] = [];
  let last = 0;
  for (const [from, to] of marks) {
    found.push(characters.slice(last, from).join(""));
    found.push(<mark key={from}>{characters.slice(from, to).join("")}</mark>);
    last = to;
  }
  return [...found, characters.slice(last).join("")];
}
