// Settings > Operations > Chat widgets.
import { useState } from "react";
import type { ApiKey } from "../admin/api";
import { AskDialog, ListPage, RowActs, type DialogOf, type Page } from "../admin/ListPage";
import { Act, Copyable, Table } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { WidgetDialog } from "../admin/WidgetDialog";
import { DEFAULT, hoursOf, widgets, type ChatWidget } from "../admin/widgets";
import { adminWords } from "../strings/admin";
import { widgetWords as said } from "../strings/widgets";
import { Dialog } from "../ui/Dialog";

export default function ChatWidgets() {
  const loaded = useLoaded(widgets.all);
  const [tagOf, setTagOf] = useState<ChatWidget | null>(null);
  return (
    <>
      <ListPage
        title={said.title}
        intro={said.intro}
        add={said.add}
        loaded={loaded}
        list={({ items, keys, calendars }, page: Page<ChatWidget>) => (
          <Table
            label={said.title}
            items={items}
            keyOf={({ entry }) => entry}
            empty={said.empty}
            columns={[
              { name: said.entry, isName: true, show: ({ entry }) => entry },
              { name: said.heading, show: ({ title }) => title },
              { name: said.begins, show: ({ bot }) => <Begins bot={bot} keys={keys} /> },
              { name: said.skills, show: ({ skills }) => skills.join(", ") },
              { name: said.origins, show: pages },
              { name: said.hours, show: (widget) => hoursOf(widget, calendars).map(({ name }) => name).join(", ") || said.always },
            ]}
            actions={(widget) => (
              <>
                <Act does={said.tag} on={widget.entry} onClick={() => setTagOf(widget)} />
                {widget.entry === DEFAULT ? (
                  <Act does={adminWords.edit} on={widget.entry} onClick={() => page.change(widget)} />
                ) : (
                  <RowActs of={widget} name={widget.entry} page={page} />
                )}
              </>
            )}
          />
        )}
        change={(widget, { items, keys }, dialog) => <WidgetDialog widget={widget} all={items} keys={keys} {...dialog} />}
        remove={({ entry }, dialog) => <Remove entry={entry} {...dialog} />}
      />
      <p className="quiet result">{said.hoursHint}</p>
      {tagOf && <Tag of={tagOf} onClose={() => setTagOf(null)} />}
    </>
  );
}

const pages = ({ origins }: ChatWidget): string =>
  origins.includes("*") ? said.anywhere : [said.own, ...origins].join(", ");

/** With whom chats begin; a bot whose key is revoked leaves its customers alone. */
function Begins({ bot, keys }: { readonly bot: string | null; readonly keys: readonly ApiKey[] }) {
  if (bot === null) return said.queue;
  const key = keys.find(({ id }) => id === bot);
  if (key?.revoked_at === null) return said.bot(key.name);
  return <span className="problem">{said.revoked(key?.name ?? said.unknownKey)}</span>;
}

function Remove({ entry, ...dialog }: DialogOf & { readonly entry: string }) {
  return (
    <AskDialog title={said.removeTitle(entry)} hint={said.removeHint} act={() => widgets.remove(entry)} {...dialog} />
  );
}

function Tag({ of: { entry, snippet }, onClose }: { readonly of: ChatWidget; readonly onClose: () => void }) {
  return (
    <Dialog title={said.tagTitle(entry)} onClose={onClose}>
      <p>{said.tagHint}</p>
      <Copyable label={said.tag} value={snippet} />
      <p className="quiet">{said.tagMore}</p>
      <div className="buttons">
        <button type="button" className="primary" onClick={onClose}>
          {adminWords.close}
        </button>
      </div>
    </Dialog>
  );
}
