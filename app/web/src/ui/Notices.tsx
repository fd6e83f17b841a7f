import { desk, dismiss } from "../live/desk";
import { useStore } from "../live/store";
import { words } from "../strings";
import { Icon } from "./Icons";

/** What went wrong, in sentences; read out as it appears. */
export function Notices() {
  const notices = useStore(desk, (state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <p key={notice.id} className="notice">
          <Icon name="warning" />
          <span>{notice.text}</span>
          <button
            className="plain"
            type="button"
            aria-label={words.notice.dismiss}
            onClick={() => dismiss(notice.id)}
          >
            <Icon name="cross" />
          </button>
        </p>
      ))}
    </div>
  );
}
