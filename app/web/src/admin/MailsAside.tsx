// Mails in no conversation: what the service took for a loop or a machine, why, and the way back.
import { useCallback, useState } from "react";
import { asideWords as said } from "../strings/mail";
import { dateTime } from "../time";
import { mailboxes, type MailAside } from "./mailboxes";
import { Act, Table, Wait } from "./parts";
import { sentenceOf, useLoaded } from "./useList";

export function MailsAside() {
  const [count, setCount] = useState<number>(said.portion);
  const loaded = useLoaded(useCallback(() => mailboxes.aside(count), [count]));
  const [told, setTold] = useState("");
  async function begin({ id, subject }: MailAside): Promise<void> {
    try {
      await mailboxes.begin(id);
      setTold(said.begun(subject || said.noSubject));
    } catch (error) {
      setTold(sentenceOf(error));
    }
    await loaded.reload();
  }
  return (
    <>
      <h2>{said.title}</h2>
      <p className="quiet">{said.intro}</p>
      <p role="status">{told}</p>
      <Wait of={loaded}>
        {({ items, next }) => (
          <>
            <Table
              label={said.title}
              items={items}
              keyOf={({ id }) => id}
              empty={said.empty}
              columns={[
                { name: said.subject, isName: true, show: ({ subject }) => subject || said.noSubject },
                { name: said.from, show: ({ from }) => from.address },
                { name: said.mailbox, show: ({ mailbox }) => mailbox },
                { name: said.came, show: ({ at }) => dateTime(at) },
                { name: said.why, show: ({ reasons }) => reasons.join(" ") },
                { name: said.text, show: ({ text }) => text.slice(0, said.shown) },
              ]}
              actions={(mail) => <Act does={said.begin} on={mail.subject || said.noSubject} onClick={() => void begin(mail)} />}
            />
            {next !== null && count < said.most && (
              <button type="button" onClick={() => setCount(said.most)}>
                {said.more}
              </button>
            )}
          </>
        )}
      </Wait>
    </>
  );
}
