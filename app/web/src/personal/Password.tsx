// My own password: the present one is asked for, and my other sign-ins end.
import { useState } from "react";
import { admin } from "../admin/api";
import { sentenceOf } from "../admin/useList";
import { personalWords as said } from "../strings/personal";

export function Password() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function change(): Promise<void> {
    setBusy(true);
    setChanged(false);
    try {
      await admin.changePassword(old, fresh);
      setOld("");
      setFresh("");
      setProblem(null);
      setChanged(true);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  }

  return (
    <form
      className="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <fieldset>
        <legend>{said.password}</legend>
        <label>
          {said.oldPassword}
          <input
            type="password"
            autoComplete="current-password"
            required
            maxLength={1000}
            value={old}
            onChange={(event) => setOld(event.target.value)}
          />
        </label>
        <label>
          {said.newPassword}
          <input
            type="password"
            autoComplete="new-password"
            required
            minLength={8}
            maxLength={1000}
            value={fresh}
            onChange={(event) => setFresh(event.target.value)}
          />
          <span className="quiet block">{said.newPasswordHint}</span>
        </label>
      </fieldset>
      <p className="problem" role="alert">
        {problem}
      </p>
      <div className="buttons">
        <button type="submit" disabled={busy}>
          {said.changePassword}
        </button>
        <span role="status" className="quiet">
          {changed && said.passwordChanged}
        </span>
      </div>
    </form>
  );
}
