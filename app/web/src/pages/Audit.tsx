// Settings > Operations > Audit log.
import { useCallback, useState } from "react";
import { admin, type AuditEntry } from "../admin/api";
import { ChoiceField, Head, Table, Wait } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { actInWords, adminWords } from "../strings/admin";
import { dateTime } from "../time";

const said = adminWords.audit;
const AREAS = [["", said.every] as const, ...Object.entries(said.areas)];

export default function Audit() {
  const [area, setArea] = useState("");
  const [cursor, setCursor] = useState<string | null>(null);
  const load = useCallback(
    () => admin.audit({ ...(area ? { act: area } : {}), ...(cursor ? { cursor } : {}) }),
    [area, cursor],
  );
  const loaded = useLoaded(load);
  return (
    <>
      <Head title={said.title} intro={said.intro} />
      <div className="admin-tools">
        <ChoiceField
          label={said.area}
          value={area}
          onChange={(chosen) => {
            setArea(chosen);
            setCursor(null);
          }}
          choices={AREAS}
        />
      </div>
      <Wait of={loaded}>
        {({ items, next }) => (
          <>
            <Table
              label={said.title}
              items={items}
              keyOf={({ id }) => id}
              empty={said.empty}
              columns={[
                { name: said.when, show: ({ at }) => dateTime(at) },
                { name: said.who, show: ({ who_name }) => who_name },
                { name: said.act, isName: true, show: ({ act }) => actInWords(act) },
                { name: said.target, show: ({ target_name, target_id }) => target_name ?? target_id },
                { name: said.changes, show: changes },
              ]}
            />
            <div className="buttons result">
              {cursor && (
                <button type="button" onClick={() => setCursor(null)}>
                  {said.newest}
                </button>
              )}
              {next && (
                <button type="button" onClick={() => setCursor(next)}>
                  {said.older}
                </button>
              )}
            </div>
          </>
        )}
      </Wait>
    </>
  );
}

function changes({ before, after }: AuditEntry) {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].sort().map((field) => (
    <span key={field} className="block">
      {said.change(field, told(before?.[field]), told(after?.[field]))}
    </span>
  ));
}

/** Values are of any shape: names are picked out, the rest is shown as it is. */
function told(value: unknown): string {
  if (value === undefined || value === null || value === "") return said.none;
  if (Array.isArray(value)) return value.map(told).join(", ") || said.none;
  if (typeof value === "object") {
    return "name" in value ? told(value.name) : JSON.stringify(value);
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
