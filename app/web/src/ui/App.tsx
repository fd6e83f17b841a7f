import { useEffect } from "react";
import { checkSession, desk } from "../live/desk";
import { useStore } from "../live/store";
import { words } from "../strings";
import { Shell } from "./Shell";
import { SignIn } from "./SignIn";

export function App() {
  const session = useStore(desk, (state) => state.session);
  const known = useStore(desk, (state) => state.live.me !== null);
  useEffect(() => void checkSession(), []);
  const waits = useStore(desk, (state) => state.unanswered);
  if (session === "out") return <SignIn />;
  if (session === "in" && known) return <Shell />;
  return (
    <main className="opening" aria-busy="true">
      {waits ? words.noAnswer : words.loading}
    </main>
  );
}
