// The page of somebody who is signed in: sidebar, top bar, and the page at this address.
import { useEffect, useMemo, useState } from "react";
import type { Me } from "../api/types";
import { sections as sectionsOf, shown } from "../inbox/sections";
import { callOf } from "../live/conversation";
import { desk, seenConversations } from "../live/desk";
import { useStore } from "../live/store";
import { go, HOME, place } from "../router";
import { words } from "../strings";
import type { CallTools } from "./CallControls";
import { ConfigureInbox } from "./ConfigureInbox";
import { DeskViewContext, type DeskView } from "./deskView";
import { Elsewhere } from "./Elsewhere";
import { KeyHelp } from "./KeyHelp";
import { LinkBar } from "./LinkBar";
import { Notices } from "./Notices";
import { OfferAlert } from "./OfferAlert";
import { PageAt } from "./PageAt";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { TransferDialog } from "./Transfer";
import { WebPhone } from "./WebAudio";
import { useShortcuts } from "./useShortcuts";

type DialogName = "keys" | "transfer" | "configure";

export function Shell() {
  const me = useStore(desk, (state) => state.live.me);
  return me && <Desk me={me} />;
}

function Desk({ me }: { readonly me: Me }) {
  const at = useStore(place, (address) => address);
  useEffect(() => {
    if (at === "/") go(HOME, { replace: true });
  }, [at]);
  const [opened, setDialog] = useState<DialogName | null>(null);
  const conversations = useStore(desk, seenConversations);
  const chosen = useStore(desk, (state) => state.selected);
  const sections = useMemo(() => sectionsOf(conversations, me), [conversations, me]);
  const current = shown(chosen, conversations, sections);
  const call = [current, ...sections.mine].find((each) => callOf(each, me.id));
  const dialog = opened === "transfer" && !call ? null : opened; // it closes with its call
  const [keypadOf, setKeypadOf] = useState<string | null>(null);
  const keypad = call !== undefined && keypadOf === call.id; // so does this
  const tools: CallTools = {
    keypad,
    toggleKeypad: () => setKeypadOf(keypad || !call ? null : call.id),
    openTransfer: () => setDialog("transfer"),
  };
  const help = (): void => setDialog("keys");
  useShortcuts({ sections, current, me, tools, help, off: dialog !== null });
  const close = (): void => setDialog(null);
  const view: DeskView = { sections, current, tools };
  return (
    <DeskViewContext value={view}>
      <div className="shell">
        <a className="skip" href="#panel">
          {words.nav.skipToPage}
        </a>
        <Sidebar me={me} waiting={sections.waiting.length} />
        <TopBar me={me} sections={sections} onConfigure={() => setDialog("configure")} />
        <LinkBar />
        <PageAt at={at} me={me} />
        {!at.startsWith(HOME) && <Elsewhere sections={sections} meId={me.id} />}
        <OfferAlert offer={sections.offered[0]} />
        <WebPhone me={me} />
        <Notices />
        {dialog === "configure" && <ConfigureInbox me={me} onClose={close} />}
        {dialog === "keys" && <KeyHelp onClose={close} />}
        {dialog === "transfer" && call && (
          <TransferDialog conversation={call} me={me} onClose={close} />
        )}
      </div>
    </DeskViewContext>
  );
}
