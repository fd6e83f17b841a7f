// What still uses something that is to go.
import { Problem } from "../api/client";
import type { components } from "../generated/api";
import { adminWords } from "../strings/admin";

type Use = components["schemas"]["Use"];

export function UseList({ uses }: { readonly uses: readonly Use[] }) {
  return (
    <ul className="uses">
      {uses.map(({ kind, id, name }) => (
        <li key={`${kind} ${id} ${name}`}>
          {name} <span className="quiet">{adminWords.useKinds[kind] ?? kind}</span>
        </li>
      ))}
    </ul>
  );
}

/** Said beside a refusal's sentence, where the service says what it is. */
export const usesOf = (error: unknown) =>
  error instanceof Problem && error.document.used_by ? <UseList uses={error.document.used_by} /> : null;
