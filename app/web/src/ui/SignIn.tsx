import { useState, type SubmitEvent } from "react";
import { api, Problem } from "../api/client";
import { checkSession } from "../live/desk";
import { problemSentence, words } from "../strings";
import { Logo } from "./Icons";
import { Notices } from "./Notices";

/** A wrong password is told in words of its own; 401 elsewhere means the sign-in is over. */
function sentence(error: unknown): string {
  const wrong = error instanceof Problem && error.status === 401;
  return wrong ? words.signIn.wrong : problemSentence(error);
}

export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await api.signIn(email.trim(), password);
      await checkSession();
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  }

  return (
    <main className="sign-in">
      <form className="card" onSubmit={(event) => void submit(event)} aria-labelledby="sign-in">
        <Logo />
        <h1 id="sign-in">{words.signIn.title}</h1>
        <label>
          {words.signIn.email}
          <input
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </label>
        <label>
          {words.signIn.password}
          <input
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <p className="problem" role="alert">
          {problem}
        </p>
        <button className="primary" type="submit" disabled={busy}>
          {busy ? words.signIn.busy : words.signIn.submit}
        </button>
      </form>
      <Notices />
    </main>
  );
}
