// Settings > Operations > Webhooks.
import { useState } from "react";
import { admin, type NewWebhookMade, type Webhook } from "../admin/api";
import { Act, CheckField, Copyable, FormDialog, Head, Table, TextField, Wait } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { webhookWords as said } from "../strings/webhooks";
import { dateTime } from "../time";
import { Dialog } from "../ui/Dialog";

const EVENTS = Object.keys(said.eventNames);

export default function Webhooks() {
  const loaded = useLoaded(admin.webhooks);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<NewWebhookMade | null>(null);
  const [changing, setChanging] = useState<Webhook | null>(null);
  const [removing, setRemoving] = useState<Webhook | null>(null);
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
              { name: said.url, isName: true, show: ({ url }) => url },
              { name: said.events, show: ({ events }) => named(events) },
              { name: said.state, show: (hook) => <State of={hook} /> },
              { name: said.told, show: ({ told_at }) => (told_at ? dateTime(told_at) : said.never) },
            ]}
            actions={(hook) => (
              <>
                <Act does={said.edit} on={hook.url} onClick={() => setChanging(hook)} />
                <Act does={said.remove} on={hook.url} onClick={() => setRemoving(hook)} />
              </>
            )}
          />
        )}
      </Wait>
      {adding && (
        <Edit
          onClose={() => setAdding(false)}
          save={async ({ url, events }) => {
            setMade(await admin.addWebhook({ url, events }));
            await loaded.reload();
          }}
        />
      )}
      {made && !adding && <Secret of={made} onClose={() => setMade(null)} />}
      {changing && (
        <Edit
          of={changing}
          onClose={() => setChanging(null)}
          save={async (given) => {
            await admin.changeWebhook(changing.id, given);
            await loaded.reload();
          }}
        />
      )}
      {removing && (
        <FormDialog
          title={said.removeTitle}
          submit={said.remove}
          danger
          onSubmit={async () => {
            await admin.removeWebhook(removing.id);
            await loaded.reload();
          }}
          onClose={() => setRemoving(null)}
        >
          <p>{said.removeHint(removing.url)}</p>
        </FormDialog>
      )}
    </>
  );
}

/** In the order in which they happen. */
const named = (events: readonly string[]): string =>
  EVENTS.filter((each) => events.includes(each))
    .map((each) => said.eventNames[each] ?? each)
    .join("; ") || said.allEvents;

/** Whether it works; what went wrong with the latest try, and when the next one is. */
function State({ of: hook }: { readonly of: Webhook }) {
  if (hook.active && hook.failures === 0) return said.works;
  const words = [
    hook.active ? said.failing(hook.failures) : said.off,
    hook.error,
    hook.active && hook.retry_at ? said.next(dateTime(hook.retry_at)) : null,
  ];
  return <>{words.filter(Boolean).join("; ")}</>;
}

function Secret({ of: made, onClose }: { readonly of: NewWebhookMade; readonly onClose: () => void }) {
  return (
    <Dialog title={said.onceTitle} onClose={onClose}>
      <p>{said.onceHint}</p>
      <Copyable label={said.secret} value={made.secret} />
      <div className="buttons">
        <button type="button" className="primary" onClick={onClose}>
          {adminWords.close}
        </button>
      </div>
    </Dialog>
  );
}

interface Given {
  readonly url: string;
  readonly events: string[];
  readonly active: boolean;
}

interface EditProps {
  /** None for a new one. */
  readonly of?: Webhook;
  readonly save: (given: Given) => Promise<void>;
  readonly onClose: () => void;
}

function Edit({ of: hook, save, onClose }: EditProps) {
  const [url, setUrl] = useState(hook?.url ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(hook?.events ?? []);
  const [active, setActive] = useState(hook?.active ?? true);
  const events = EVENTS.filter((each) => chosen.includes(each));
  return (
    <FormDialog
      title={hook ? said.editTitle : said.add}
      submit={hook ? adminWords.save : said.add}
      onSubmit={() => save({ url, events, active })}
      onClose={onClose}
    >
      <TextField label={said.url} value={url} onChange={setUrl} hint={said.urlHint} required maxLength={1000} />
      <fieldset>
        <legend>{said.choose}</legend>
        {EVENTS.map((event) => (
          <CheckField
            key={event}
            label={said.eventNames[event] ?? event}
            checked={chosen.includes(event)}
            onChange={(on) => setChosen(on ? [...chosen, event] : chosen.filter((each) => each !== event))}
          />
        ))}
      </fieldset>
      {hook && <CheckField label={said.active} checked={active} onChange={setActive} hint={said.activeHint} />}
    </FormDialog>
  );
}
