import { desk, tryNow } from "../live/desk";
import { useStore } from "../live/store";
import { words } from "../strings";
import { Icon } from "./Icons";

/** Says that the connection is lost and what still works; goes by itself when it is back. */
export function LinkBar() {
  const lost = useStore(desk, (state) => state.link.state === "lost");
  return (
    <div className="link-bar" role="status" aria-live="polite" data-lost={lost}>
      {lost && (
        <>
          <Icon name="warning" />
          <span>
            <strong>{words.link.lost}</strong> {words.link.stale} {words.link.stillWorks}
          </span>
          <button type="button" onClick={tryNow}>
            {words.link.tryNow}
          </button>
        </>
      )}
    </div>
  );
}
