// Settings > Operations > Dial rules: an ordered list, and a way to try a number.
import { useState } from "react";
import { admin, type DialRule, type DialRuleChange, type TriedNumber } from "../admin/api";
import { Act, ChoiceField, FormDialog, Head, Table, TextField, Wait } from "../admin/parts";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";

const said = adminWords.rules;
const CALLERS = (["both", "agents", "bots"] as const).map(
  (each) => [each, said.callers[each] ?? each] as const,
);
const ACTIONS = (["deny", "allow"] as const).map((each) => [each, said.actions[each] ?? each] as const);

const nameOf = ({ prefix }: DialRule): string => prefix || said.everyNumber;

type Opened = { readonly on: DialRule | null; readonly what: "change" | "remove" } | null;

export default function DialRules() {
  const loaded = useLoaded(admin.rules);
  const [opened, setOpened] = useState<Opened>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => setOpened(null);
  async function move(rule: DialRule, by: number): Promise<void> {
    const { id, position, ...rest } = rule;
    try {
      await admin.changeRule(id, { ...rest, position: position + by });
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    await loaded.reload();
  }
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {said.add}
        </button>
      </Head>
      <p className="problem" role="alert">
        {problem}
      </p>
      <Wait of={loaded}>
        {({ items }) => (
          <>
            <Table
              label={said.title}
              items={items}
              keyOf={({ id }) => id}
              empty={said.empty}
              columns={[
                { name: said.prefix, isName: true, show: nameOf },
                { name: said.action, show: ({ action }) => said.actions[action] },
                { name: said.caller, show: ({ caller }) => said.callers[caller] },
                { name: said.reason, show: ({ reason }) => reason },
              ]}
              actions={(rule) => (
                <>
                  <Act does={said.up} on={nameOf(rule)} disabled={rule.position === 0} onClick={() => void move(rule, -1)} />
                  <Act
                    does={said.down}
                    on={nameOf(rule)}
                    disabled={rule.position === items.length - 1}
                    onClick={() => void move(rule, 1)}
                  />
                  <Act does={adminWords.edit} on={nameOf(rule)} onClick={() => setOpened({ on: rule, what: "change" })} />
                  <Act
                    does={adminWords.remove}
                    on={nameOf(rule)}
                    onClick={() => setOpened({ on: rule, what: "remove" })}
                  />
                </>
              )}
            />
            {opened?.what === "change" && (
              <Change rule={opened.on} onClose={close} onDone={loaded.reload} />
            )}
          </>
        )}
      </Wait>
      <TryNumber />
      {opened?.what === "remove" && opened.on && (
        <Remove rule={opened.on} onClose={close} onDone={loaded.reload} />
      )}
    </>
  );
}

interface RemoveProps {
  readonly rule: DialRule;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Remove({ rule, onClose, onDone }: RemoveProps) {
  const remove = async (): Promise<void> => {
    await admin.removeRule(rule.id);
    await onDone();
  };
  return (
    <FormDialog
      title={said.removeTitle(nameOf(rule))}
      submit={adminWords.remove}
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <p>{said.removeHint}</p>
    </FormDialog>
  );
}

interface ChangeProps {
  readonly rule: DialRule | null;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Change({ rule, onClose, onDone }: ChangeProps) {
  const [prefix, setPrefix] = useState(rule?.prefix ?? "");
  const [action, setAction] = useState<DialRuleChange["action"]>(rule?.action ?? "deny");
  const [caller, setCaller] = useState<DialRule["caller"]>(rule?.caller ?? "both");
  const [reason, setReason] = useState(rule?.reason ?? "");
  const save = async (): Promise<void> => {
    const given = { prefix, action, caller, reason };
    // A new one comes first: after a rule for every number it would never be asked.
    await (rule ? admin.changeRule(rule.id, given) : admin.addRule({ ...given, position: 0 }));
    await onDone();
  };
  return (
    <FormDialog title={rule ? said.change : said.addTitle} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.prefix} hint={said.prefixHint} value={prefix} onChange={setPrefix} maxLength={40} />
      <ChoiceField label={said.action} value={action} onChange={setAction} choices={ACTIONS} />
      <ChoiceField label={said.caller} value={caller} onChange={setCaller} choices={CALLERS} />
      <TextField label={said.reason} hint={said.reasonHint} value={reason} onChange={setReason} maxLength={200} />
    </FormDialog>
  );
}

function TryNumber() {
  const [number, setNumber] = useState("");
  const [caller, setCaller] = useState<"agents" | "bots">("agents");
  const [found, setFound] = useState<TriedNumber | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function look(): Promise<void> {
    try {
      setFound(await admin.tryNumber(number, caller));
      setProblem(null);
    } catch (error) {
      setFound(null);
      setProblem(sentenceOf(error));
    }
  }
  return (
    <form
      className="settings-form result"
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <fieldset>
        <legend>{said.tryTitle}</legend>
        <TextField label={said.tryNumber} hint={said.tryHint} type="tel" value={number} onChange={setNumber} required />
        <ChoiceField
          label={said.caller}
          value={caller}
          onChange={setCaller}
          choices={CALLERS.flatMap(([each, name]) => (each === "both" ? [] : [[each, name] as const]))}
        />
      </fieldset>
      <div className="buttons">
        <button type="submit">{said.try}</button>
        <span role="status">{found && sentence(found)}</span>
      </div>
      <p className="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}

function sentence({ number, allowed, reason, emergency }: TriedNumber): string {
  if (emergency) return said.emergency(number);
  return allowed ? said.allowed(number) : said.refused(number, reason);
}
