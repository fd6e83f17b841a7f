// Who rings: said to screen readers, in the window's title and, if the agent likes, by the system.
import { useEffect } from "react";
import type { Conversation } from "../api/types";
import { startRinging, stopRinging } from "../live/ring";
import { useStore } from "../live/store";
import { screenSettings } from "../settings";
import { channels, nameOf, product, words } from "../strings";

function sentence(offer: Conversation): string {
  return words.offered(channels[offer.channel], nameOf(offer), offer.skills.join(", "));
}

/** A system notification; a click on it brings the page to the front. */
function showNotification(text: string, tag: string): Notification {
  const notification = new Notification(product, { body: text, tag });
  notification.onclick = () => {
    window.focus();
    notification.close();
  };
  return notification;
}

export function OfferAlert({ offer }: { readonly offer: Conversation | undefined }) {
  const wanted = useStore(screenSettings, (settings) => settings.notifications);
  const who = offer ? nameOf(offer) : null;
  const text = offer ? sentence(offer) : "";
  const tag = offer ? `${offer.id}-${offer.offer?.attempt ?? 0}` : null;

  useEffect(() => {
    document.title = who === null ? product : words.titleOffered(who);
  }, [who]);

  // On the voice leg itself the phone rings; here the page does, for whoever looks elsewhere.
  useEffect(() => {
    if (tag === null) return undefined;
    startRinging();
    return stopRinging;
  }, [tag]);

  useEffect(() => {
    const allowed = "Notification" in window && Notification.permission === "granted";
    if (tag === null || !wanted || !allowed || document.hasFocus()) return undefined;
    const notification = showNotification(text, tag);
    return () => notification.close();
  }, [tag, text, wanted]);

  return (
    <p className="visually-hidden" role="alert">
      {text}
    </p>
  );
}
