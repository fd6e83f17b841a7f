// Two links that download what is shown, as JSON and as CSV.
import { archiveWords as said } from "../strings/archive";

interface ExportsProps {
  /** The path that answers with the file. */
  readonly of: string;
  /** Further parameters, encoded. */
  readonly query: string;
}

export function Exports({ of, query }: ExportsProps) {
  return (
    <span className="exports" role="group" aria-label={said.download}>
      {(["json", "csv"] as const).map((format) => (
        <a
          key={format}
          href={`${of}?format=${format}${query === "" ? "" : `&${query}`}`}
          title={said.downloadAs(format.toUpperCase())}
          download
        >
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
