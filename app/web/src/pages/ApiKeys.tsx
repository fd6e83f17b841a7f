// Settings > Operations > API keys.
import { useState } from "react";
import { admin, type ApiKey, type NewApiKey, type NewKey } from "../admin/api";
import { Act, CheckField, Copyable, FormDialog, Head, Table, TextField, Wait } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { dateTime } from "../time";
import { Dialog } from "../ui/Dialog";

const said = adminWords.keys;

type Scope = NonNullable<NewKey["scopes"]>[number];
const SCOPES: readonly Scope[] = ["read", "write", "queue", "messages"];
const USUAL: readonly Scope[] = ["read", "write", "queue"];

export default function ApiKeys() {
  const loaded = useLoaded(admin.keys);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setAdding(true)}>
          {said.add}
        </button>
      </Head>
      <Wait of={loaded}>
        {({ items }) => (
          <Table
            label={said.title}
            items={items}
            keyOf={({ id }) => id}
            empty={said.empty}
            columns={[
              { name: said.name, isName: true, show: ({ name }) => name },
              {
                name: said.scopes,
                show: ({ scopes }) => scopes.map((each) => said.scopeNames[each] ?? each).join("; ") || said.allScopes,
              },
              { name: said.made, show: ({ created_at }) => dateTime(created_at) },
              { name: said.state, show: ({ revoked_at }) => (revoked_at ? said.revoked : said.works) },
            ]}
            actions={(key) =>
              key.revoked_at === null && (
                <Act does={said.revoke} on={key.name} onClick={() => setRevoking(key)} />
              )
            }
          />
        )}
      </Wait>
      {adding && (
        <Add
          onClose={() => setAdding(false)}
          onMade={(key) => {
            setMade(key);
            void loaded.reload();
          }}
        />
      )}
      {made && !adding && (
        <Dialog title={said.onceTitle} onClose={() => setMade(null)}>
          <p>{said.onceHint}</p>
          <Copyable label={said.key} value={made.key} />
          <div className="buttons">
            <button type="button" className="primary" onClick={() => setMade(null)}>
              {adminWords.close}
            </button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <FormDialog
          title={said.revokeTitle(revoking.name)}
          submit={said.revoke}
          danger
          onSubmit={async () => {
            await admin.revokeKey(revoking.id);
            await loaded.reload();
          }}
          onClose={() => setRevoking(null)}
        >
          <p>{said.revokeHint}</p>
        </FormDialog>
      )}
    </>
  );
}

interface AddProps {
  readonly onClose: () => void;
  readonly onMade: (key: NewApiKey) => void;
}

function Add({ onClose, onMade }: AddProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(USUAL);
  const toggle = (scope: Scope, on: boolean): void =>
    setScopes(SCOPES.filter((each) => (each === scope ? on : scopes.includes(each))));
  return (
    <FormDialog
      title={said.add}
      submit={said.add}
      onSubmit={async () => onMade(await admin.addKey({ name, scopes }))}
      onClose={onClose}
    >
      <TextField label={said.name} value={name} onChange={setName} required maxLength={200} />
      <fieldset>
        <legend>{said.scopes}</legend>
        {SCOPES.map((scope) => (
          <CheckField
            key={scope}
            label={said.scopeNames[scope] ?? scope}
            checked={scopes.includes(scope)}
            onChange={(on) => toggle(scope, on)}
          />
        ))}
      </fieldset>
    </FormDialog>
  );
}
