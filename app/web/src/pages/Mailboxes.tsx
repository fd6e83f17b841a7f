// Settings > Operations > Mailboxes.
import { useState } from "react";
import { AskDialog, ListPage, RowActs, type DialogOf, type Page } from "../admin/ListPage";
import { MailsAside } from "../admin/MailsAside";
import { mailboxes, rulesOf, rulesText, type Mailbox, type MailboxChange, type MailServer } from "../admin/mailboxes";
import { Act, CheckField, ChoiceField, FormDialog, Table, TextField } from "../admin/parts";
import { listed } from "../admin/routing";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { mailboxWords as said } from "../strings/mail";

export default function Mailboxes() {
  const loaded = useLoaded(mailboxes.all);
  const [told, setTold] = useState("");
  async function test({ id, name, imap }: Mailbox): Promise<void> {
    setTold(said.testing(name));
    try {
      const found = await mailboxes.test(id);
      setTold(said.tested(name, found.smtp, found.imap, imap !== null));
    } catch (error) {
      setTold(said.fails(name, sentenceOf(error)));
    }
  }
  const where = (server: MailServer | null): string => (server ? server.host : said.none);
  return (
    <>
      <ListPage
        title={said.title}
        intro={said.intro}
        add={said.add}
        loaded={loaded}
        list={({ items }, page: Page<Mailbox>) => (
          <Table
            label={said.title}
            items={items}
            keyOf={({ id }) => id}
            empty={said.empty}
            columns={[
              { name: said.name, isName: true, show: ({ name }) => name },
              { name: said.address, show: ({ address }) => address },
              { name: said.servers, show: ({ imap, smtp }) => `${where(imap)} / ${where(smtp)}` },
              { name: said.skills, show: ({ skills }) => skills.join(", ") },
              { name: said.rules, show: ({ rules }) => said.rulesCount(rules.length) },
              { name: said.state, show: ({ enabled }) => (enabled ? said.enabled : said.off) },
            ]}
            actions={(mailbox) => (
              <>
                <Act does={said.test} on={mailbox.name} onClick={() => void test(mailbox)} />
                <RowActs of={mailbox} name={mailbox.name} page={page} />
              </>
            )}
          />
        )}
        change={(mailbox, _, dialog) => <Change mailbox={mailbox} {...dialog} />}
        remove={({ id, name }, dialog) => (
          <AskDialog title={said.removeTitle(name)} hint={said.removeHint} act={() => mailboxes.remove(id)} {...dialog} />
        )}
      />
      <p role="status">{told}</p>
      <MailsAside />
    </>
  );
}

interface ServerForm {
  readonly host: string;
  readonly port: string;
  readonly security: "tls" | "starttls" | "none";
  readonly user: string;
  readonly password: string;
  readonly folder: string;
}

const formOf = (of: MailServer | null | undefined, port: number): ServerForm => ({
  host: of?.host ?? "",
  port: String(of?.port ?? port),
  security: (of?.security ?? "tls") as ServerForm["security"],
  user: of?.user ?? "",
  password: "",
  folder: of?.folder ?? "INBOX",
});

function givenOf({ host, port, password, ...rest }: ServerForm): NonNullable<MailboxChange["smtp"]> | null {
  if (host.trim() === "") return null;
  return { ...rest, host: host.trim(), port: Number(port), ...(password ? { password } : {}) };
}

function Change({ mailbox, onClose, onDone }: DialogOf & { readonly mailbox: Mailbox | null }) {
  const [name, setName] = useState(mailbox?.name ?? "");
  const [address, setAddress] = useState(mailbox?.address ?? "");
  const [enabled, setEnabled] = useState(mailbox?.enabled ?? true);
  const [imap, setImap] = useState(formOf(mailbox?.imap, 993));
  const [smtp, setSmtp] = useState(formOf(mailbox?.smtp, 465));
  const [skills, setSkills] = useState(mailbox?.skills.join(", ") ?? "");
  const [priority, setPriority] = useState(String(mailbox?.priority ?? 0));
  const [rules, setRules] = useState(mailbox ? rulesText(mailbox.rules) : "");
  const [signature, setSignature] = useState(mailbox?.signature ?? "");
  const save = async (): Promise<void> => {
    const given = { name, address, enabled, skills: listed(skills), priority: Number(priority), rules: rulesOf(rules), signature };
    await mailboxes.save(mailbox?.id ?? null, { ...given, imap: givenOf(imap), smtp: givenOf(smtp) });
    await onDone();
  };
  return (
    <FormDialog title={mailbox ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.name} hint={said.nameHint} value={name} onChange={setName} required maxLength={200} />
      <TextField label={said.address} type="email" value={address} onChange={setAddress} required maxLength={254} />
      <CheckField label={said.enabled} checked={enabled} onChange={setEnabled} />
      <TextField label={said.skills} hint={said.skillsHint} value={skills} onChange={setSkills} />
      <TextField label={said.priority} value={priority} onChange={setPriority} maxLength={2} />
      <TextField label={said.rules} hint={said.rulesHint} value={rules} onChange={setRules} area />
      <TextField label={said.signature} value={signature} onChange={setSignature} maxLength={5_000} area />
      <Server name={said.smtp} hint={said.smtpHint} kept={mailbox?.smtp?.has_password ?? false} form={smtp} onChange={setSmtp} />
      <Server name={said.imap} hint={said.imapHint} kept={mailbox?.imap?.has_password ?? false} form={imap} onChange={setImap} folder />
    </FormDialog>
  );
}

interface ServerProps {
  readonly name: string;
  readonly hint: string;
  readonly kept: boolean;
  readonly form: ServerForm;
  readonly onChange: (form: ServerForm) => void;
  readonly folder?: boolean;
}

function Server({ name, hint, kept, form, onChange, folder = false }: ServerProps) {
  const set = (key: keyof ServerForm) => (value: string) => onChange({ ...form, [key]: value });
  return (
    <fieldset>
      <legend>{name}</legend>
      <TextField label={said.host} hint={hint} value={form.host} onChange={set("host")} maxLength={253} />
      <TextField label={said.port} value={form.port} onChange={set("port")} maxLength={5} />
      <ChoiceField
        label={said.security}
        value={form.security}
        onChange={(security) => onChange({ ...form, security })}
        choices={[
          ["tls", said.securities.tls],
          ["starttls", said.securities.starttls],
          ["none", said.securities.none],
        ]}
      />
      <TextField label={said.user} value={form.user} onChange={set("user")} autoComplete="off" maxLength={254} />
      <TextField
        label={said.password}
        type="password"
        {...(kept ? { hint: said.passwordKept } : {})}
        value={form.password}
        onChange={set("password")}
        autoComplete="new-password"
      />
      {folder && <TextField label={said.folder} value={form.folder} onChange={set("folder")} maxLength={200} />}
    </fieldset>
  );
}
