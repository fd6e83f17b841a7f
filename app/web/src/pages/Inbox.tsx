// Monitor > Inbox: the list, and the conversation in the panel.
import type { PageProps } from "../pages";
import { ConversationPanel } from "../ui/ConversationPanel";
import { useDeskView } from "../ui/deskView";
import { InboxList } from "../ui/InboxList";

export function Inbox({ me, rest }: PageProps) {
  const { sections, current, tools } = useDeskView();
  return (
    <div className="inbox-page">
      <InboxList me={me} sections={sections} currentId={current?.id ?? null} personal={rest === "personal"} />
      <ConversationPanel conversation={current} me={me} tools={tools} />
    </div>
  );
}
