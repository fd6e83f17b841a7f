// Settings > Operations > Dial rules: an ordered list, and a way to try a number.
import { useState } from "react";
import { admin, type DialRule, type DialRuleChange, type TriedNumber } from "../admin/api";
import { AskDialog, ListPage, OrderedActs, type DialogOf, type Page } from "../admin/ListPage";
import { ChoiceField, FormDialog, Table, TextField } from "../admin/parts";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";

const said = adminWords.rules;
const CALLERS = (["both", "agents", "bots"] as const).map(
  (each) => [each, said.callers[each] ?? each] as const,
);
const ACTIONS = (["deny", "allow"] as const).map((each) => [each, said.actions[each] ?? each] as const);

const nameOf = ({ prefix }: DialRule): string => prefix || said.everyNumber;

export default function DialRules() {
  const loaded = useLoaded(admin.rules);
  return (
    <>
      <ListPage
        title={said.title}
        intro={said.intro}
        add={said.add}
        loaded={loaded}
        list={({ items }, page: Page<DialRule>) => (
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
              <OrderedActs of={rule} name={nameOf(rule)} page={page} words={said} last={items.length - 1} move={mover(rule)} />
            )}
          />
        )}
        change={(rule, _, dialog) => <Change rule={rule} {...dialog} />}
        remove={(rule, dialog) => (
          <AskDialog
            title={said.removeTitle(nameOf(rule))}
            hint={said.removeHint}
            act={() => admin.removeRule(rule.id)}
            {...dialog}
          />
        )}
      />
      <TryNumber />
    </>
  );
}

const mover =
  ({ id, position, ...rest }: DialRule) =>
  (by: number) =>
    admin.changeRule(id, { ...rest, position: position + by });

interface ChangeProps extends DialogOf {
  readonly rule: DialRule | null;
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
      <TextField field="prefix" label={said.prefix} hint={said.prefixHint} value={prefix} onChange={setPrefix} maxLength={40} />
      <ChoiceField label={said.action} value={action} onChange={setAction} choices={ACTIONS} />
      <ChoiceField label={said.caller} value={caller} onChange={setCaller} choices={CALLERS} />
      <TextField field="reason" label={said.reason} hint={said.reasonHint} value={reason} onChange={setReason} maxLength={200} />
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
