// One conversation: who, what to do with it, what was said, what is known.
import type { Conversation, Me } from "../api/types";
import { clockFor } from "../inbox/clockFor";
import { isWritten } from "../live/chat";
import {
  callOf,
  hasBot,
  inHandOf,
  offeredTo,
  openWrapUpOf,
  runningSegmentOf,
} from "../live/conversation";
import { accept, end, handBack, reject, requeue } from "../live/moves";
import { channels, nameOf, words } from "../strings";
import { Callback } from "./Callback";
import { Chat } from "./Chat";
import { CallControls, Keypad, type CallTools } from "./CallControls";
import { ConsultBar } from "./Consult";
import { Email } from "./Email";
import { Context } from "./Context";
import { channelIcon, Icon } from "./Icons";
import { Notes } from "./Notes";
import { Elapsed } from "./Ticking";
import { maySupervise, OnTheCall, Supervise } from "./Supervise";
import { Transcript } from "./Transcript";
import { Whispers } from "./Whispers";
import { WrapUp } from "./WrapUp";

interface PanelProps {
  readonly conversation: Conversation | undefined;
  readonly me: Me;
  readonly tools: CallTools;
  /** What is said while there is none. */
  readonly empty?: { readonly title: string; readonly hint: string };
}

export function ConversationPanel({ conversation, me, tools, empty }: PanelProps) {
  if (!conversation) {
    return (
      <main id="panel" className="panel panel-empty" tabIndex={-1}>
        <Icon name="inbox" size={32} />
        <h1>{empty?.title ?? words.panel.nothing}</h1>
        <p className="quiet">{empty?.hint ?? words.panel.nothingHint}</p>
      </main>
    );
  }
  const wrapUp = openWrapUpOf(conversation, me.id);
  const mine = inHandOf(conversation, me.id);
  const talk = runningSegmentOf(conversation, me.id);
  return (
    <main id="panel" className="panel" tabIndex={-1} aria-label={words.panel.label}>
      <Head conversation={conversation} me={me} tools={tools} />
      <div className="panel-body">
        <div className="panel-main">
          <OnTheCall conversation={conversation} />
          <Whispers key={conversation.id} conversation={conversation} me={me} />
          <Callback conversation={conversation} me={me} />
          <ConsultBar conversation={conversation} me={me} />
          {conversation.channel === "email" ? (
            <Email key={conversation.id} conversation={conversation} me={me} />
          ) : isWritten(conversation) ? (
            <Chat key={conversation.id} conversation={conversation} me={me} />
          ) : (
            <Transcript key={conversation.id} conversation={conversation} />
          )}
          {wrapUp && <WrapUp key={conversation.id} conversation={conversation} segment={wrapUp} />}
          {tools.keypad && callOf(conversation, me.id) && <Keypad conversation={conversation} />}
          {conversation.rejoin_until && (
            <p className="warning" role="alert">
              <Icon name="warning" />
              <span>{mine ? words.panel.rejoin : words.panel.rejoinOf(conversation.agent?.name ?? "")}</span>
            </p>
          )}
          {mine && talk && (
            <section className="writing">
              <Notes conversationId={conversation.id} segment={talk} />
            </section>
          )}
        </div>
        <Context conversation={conversation} me={me} />
      </div>
    </main>
  );
}

interface HeadProps {
  readonly conversation: Conversation;
  readonly me: Me;
  readonly tools: CallTools;
}

function Head({ conversation, me, tools }: HeadProps) {
  const { channel, state, held, muted } = conversation;
  const wrapUp = openWrapUpOf(conversation, me.id);
  const { since, title } = clockFor(conversation, me.id);
  return (
    <header className="panel-head">
      <span title={channels[channel]}>
        <Icon name={channelIcon[channel]} size={20} />
      </span>
      <h1>{nameOf(conversation)}</h1>
      {since && <Elapsed since={since} title={title} />}
      <span className={`state state-${wrapUp ? "wrap_up" : state}${held ? " held" : ""}`}>
        <span className="dot" />
        {held ? words.panel.onHold : words.states[wrapUp ? "wrap_up" : state]}
        {muted && `, ${words.panel.muted}`}
      </span>
      <span className="spring" />
      <Controls conversation={conversation} me={me} tools={tools} />
    </header>
  );
}

/** The acts that are possible now, always in the same place. */
function Controls({ conversation, me, tools }: HeadProps) {
  const { channel } = conversation;
  if (offeredTo(conversation, me.id)) {
    return (
      <span className="buttons">
        <button type="button" onClick={() => reject(conversation)}>
          {words.list.reject} <kbd>R</kbd>
        </button>
        <button type="button" className="primary" onClick={() => accept(conversation)}>
          {words.list.accept} <kbd>A</kbd>
        </button>
      </span>
    );
  }
  if (!inHandOf(conversation, me.id)) {
    return maySupervise({ conversation, me }) ? (
      <Supervise key={conversation.id} conversation={conversation} me={me} />
    ) : null;
  }
  return (
    <span className="buttons in-hand">
      {callOf(conversation, me.id) && <CallControls conversation={conversation} tools={tools} />}
      {channel !== "email" && <HandBack conversation={conversation} />}
      <button type="button" onClick={() => requeue(conversation)}>
        {words.panel.requeue}
      </button>
      <button type="button" className="danger" onClick={() => end(conversation)}>
        {words.panel.end} <kbd>Ctrl E</kbd>
      </button>
    </span>
  );
}

/** Back to the AI: grey where it came without one. */
function HandBack({ conversation }: { readonly conversation: Conversation }) {
  const possible = hasBot(conversation);
  return (
    <button
      type="button"
      disabled={!possible}
      title={possible ? words.panel.handBackHint : words.panel.noBot}
      onClick={() => handBack(conversation)}
    >
      {words.panel.handBack} <kbd>Ctrl I</kbd>
    </button>
  );
}
