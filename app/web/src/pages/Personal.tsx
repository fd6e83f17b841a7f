// Settings > Personal Configuration: how conversations reach me, and how this screen looks.
import { use, useState } from "react";
import type { PreferenceChanges } from "../api/types";
import { savePreferences } from "../live/moves";
import { Calls, type Draft } from "../personal/Calls";
import { OwnSkills } from "../personal/OwnSkills";
import { Password } from "../personal/Password";
import { Screen } from "../personal/Screen";
import { personalWords as said } from "../strings/personal";
import { DeskViewContext } from "../ui/deskView";
import { StatusMenu } from "../ui/StatusMenu";
import type { PageProps } from "../pages";

export default function Personal({ me }: PageProps) {
  const sections = use(DeskViewContext)?.sections;
  // Only what was touched: what changes elsewhere meanwhile is neither hidden nor set back.
  const [draft, setDraft] = useState<Draft>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  const set = (change: Draft): void => {
    setDraft({ ...draft, ...change });
    setSaved(false);
  };

  async function save(): Promise<void> {
    setBusy(true);
    const number = draft.phone_number?.trim();
    const changes: PreferenceChanges = {
      ...draft,
      ...(number === undefined ? {} : { phone_number: number || null }),
    };
    const answer = await savePreferences(changes);
    setBusy(false);
    setProblem(answer);
    setSaved(answer === null);
    if (answer === null) setDraft({});
  }

  const now = { ...me.preferences, ...draft };
  return (
    <>
      <h1>{said.title}</h1>
      {sections && (
        <div className="settings-form own-status">
          <fieldset>
            <legend>{said.status}</legend>
            <StatusMenu me={me} sections={sections} />
            <p className="quiet">{said.statusHint}</p>
          </fieldset>
        </div>
      )}
      <form
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Calls now={now} set={set} />
        <OwnSkills me={me} chosen={now.skills} onChange={(skills) => set({ skills: [...skills] })} />
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="buttons">
          <button type="submit" className="primary" disabled={busy}>
            {busy ? said.saving : said.save}
          </button>
          <span role="status" className="quiet">
            {saved && said.saved}
          </span>
        </div>
      </form>
      <div className="settings-form own-screen">
        <Screen />
      </div>
      <Password />
    </>
  );
}
