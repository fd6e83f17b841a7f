import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startChat } from "./live/chat";
import { startMail } from "./live/mail";
import { takeTurns } from "./live/ring";
import { startWhispers } from "./live/whispers";
import { applyTheme } from "./settings";
import { App } from "./ui/App";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/inbox.css";
import "./styles/panel.css";
import "./styles/consult.css";
import "./styles/transfer.css";
import "./styles/chat.css";
import "./styles/whispers.css";
import "./styles/phone.css";
import "./styles/archive.css";

applyTheme();
takeTurns();
startChat();
startMail();
startWhispers();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
