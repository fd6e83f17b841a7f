// Settings > Operations > Import and export: a file, what it would do, and then that it does it.
import { useState } from "react";
import { admin, exportUrl, type ImportKind, type ImportResult, type ImportRow } from "../admin/api";
import { CheckField, ChoiceField, Head, Table } from "../admin/parts";
import { sentenceOf } from "../admin/useList";
import { adminWords } from "../strings/admin";

const said = adminWords.imports;
const KINDS: readonly ImportKind[] = ["skills", "people", "phones"];
/** Bytes; the service's own limit for a request is as large. */
const MOST = 1_000_000;

export default function Import() {
  const [kind, setKind] = useState<ImportKind>("people");
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState<string | null>(null);
  const [preview, setPreview] = useState<ImportResult | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  function forget(): void {
    setPreview(null);
    setProblem(null);
    setText(null);
  }

  async function look(): Promise<void> {
    forget();
    const [read, refusal] = await textOf(file);
    setProblem(refusal);
    setText(read);
    if (read !== null) await send(read, true);
  }

  async function send(csv: string, dryRun: boolean): Promise<void> {
    setBusy(true);
    try {
      setPreview(await admin.import(kind, csv, dryRun));
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  }

  return (
    <>
      <Head title={said.title} intro={said.intro} />
      <form
        className="steps"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <ChoiceField
          label={said.kind}
          value={kind}
          onChange={(chosen) => {
            forget();
            setKind(chosen);
          }}
          choices={KINDS.map((each) => [each, said.kinds[each]])}
        />
        <p className="quiet">{said.columns[kind]}</p>
        <label>
          {said.file}
          <input
            type="file"
            accept=".csv,text/csv"
            // A file that was mended has its old name: without this, choosing it again says nothing.
            onClick={(event) => {
              event.currentTarget.value = "";
            }}
            onChange={(event) => {
              forget();
              setFile(event.target.files?.[0] ?? null);
            }}
          />
          <span className="quiet hint">{said.limits}</span>
        </label>
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="buttons">
          <button type="submit" className="primary" disabled={busy}>
            {busy ? said.previewing : said.preview}
          </button>
        </div>
      </form>
      {preview && (
        <Preview
          result={preview}
          busy={busy}
          onApply={() => {
            if (text !== null) void send(text, false);
          }}
        />
      )}
      <h2>{said.export}</h2>
      <p className="quiet">{said.exportHint}</p>
      <p className="admin-tools result">
        {KINDS.map((each) => (
          <a key={each} href={exportUrl(each)} download>
            {said.kinds[each]}
          </a>
        ))}
      </p>
    </>
  );
}

/** The file's text, or why it cannot be used. */
async function textOf(file: File | null): Promise<readonly [string | null, string | null]> {
  if (!file) return [null, said.noFile];
  if (file.size > MOST) return [null, said.tooBig];
  try {
    return [new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()), null];
  } catch (error) {
    // A TypeError is the decoder's; the browser reads no file that changed since it was chosen.
    return [null, error instanceof TypeError ? said.notText : said.changedMeanwhile];
  }
}

interface PreviewProps {
  readonly result: ImportResult;
  readonly busy: boolean;
  readonly onApply: () => void;
}

function Preview({ result, busy, onApply }: PreviewProps) {
  const [only, setOnly] = useState(false);
  const { added, changed, same, faulty, applied, rows } = result;
  if (applied) return <p role="status">{said.done(added, changed)}</p>;
  const count = added + changed;
  return (
    <section className="steps-result" aria-label={said.would}>
      <p role="status">
        {said.counts(added, changed, same, faulty)} {faulty > 0 && said.mistakes}
        {faulty === 0 && count === 0 && said.nothing}
      </p>
      <div className="admin-tools result">
        {faulty > 0 ? (
          <CheckField label={said.only} checked={only} onChange={setOnly} />
        ) : (
          count > 0 && (
            <button type="button" className="primary" disabled={busy} onClick={onApply}>
              {busy ? said.applying : said.apply(count)}
            </button>
          )
        )}
      </div>
      <Table
        label={said.would}
        items={rows.filter(({ action }) => !only || action === "error")}
        keyOf={({ line }) => String(line)}
        empty={said.nothing}
        columns={[
          { name: said.line, show: ({ line }) => line },
          { name: said.entry, isName: true, show: ({ key }) => key },
          { name: said.action, show: ({ action }) => said.actionNames[action] },
          { name: said.details, show: details },
        ]}
      />
    </section>
  );
}

function details({ errors, changes }: ImportRow) {
  return (
    <>
      {errors.map(({ field, detail }) => (
        <span key={`${field} ${detail}`} className="problem block">
          {field && `${field}: `}
          {detail}
        </span>
      ))}
      {changes.map(({ field, before, after }) => (
        <span key={field} className="block">
          {field}: {said.from(before, after)}
        </span>
      ))}
    </>
  );
}
