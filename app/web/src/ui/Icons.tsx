// The few pictures of the page, drawn in the colour of their text. A word always stands beside them.
import type { Channel, LegState } from "../api/types";

const PATHS = {
  phone:
    "M4.5 2.5l2 .1 1.2 3-1.4 1.5a8 8 0 003.6 3.6l1.5-1.4 3 1.2.1 2c0 .9-.7 1.5-1.6 1.5A11.4 11.4 0 012.9 4.1c0-.9.7-1.6 1.6-1.6z",
  phoneOff:
    "M4.5 2.5l2 .1 1.2 3-1.4 1.5a8 8 0 003.6 3.6l1.5-1.4 3 1.2.1 2c0 .9-.7 1.5-1.6 1.5A11.4 11.4 0 012.9 4.1c0-.9.7-1.6 1.6-1.6zM13.5 2.5l-11 11",
  chat: "M2.5 3h11v8H7.5L4.5 13.5V11h-2z",
  mail: "M2 3.5h12v9H2zM2 4.5l6 4.5 6-4.5",
  inbox: "M2.5 3h11v10h-11zM2.5 9h3.2l1 1.8h2.6l1-1.8h3.2",
  person: "M8 8a2.7 2.7 0 100-5.4A2.7 2.7 0 008 8zM2.8 13.5c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4",
  gear: "M8 10.2a2.2 2.2 0 100-4.4 2.2 2.2 0 000 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M3.6 12.4L5 11M11 5l1.4-1.4",
  archive: "M2 3h12v3H2zM3 6v7h10V6M6.5 8.8h3",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 100-3.6 1.8 1.8 0 000 3.6z",
  search: "M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.3 10.3L14 14",
  speaker: "M2.5 6h2.5l3.5-3v10L5 10H2.5zM10.8 5.8a3 3 0 010 4.4M12.6 4a5.6 5.6 0 010 8",
  speakerOff: "M2.5 6h2.5l3.5-3v10L5 10H2.5zM11 6.2l3.5 3.6M14.5 6.2L11 9.8",
  sliders: "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 6.2a1.7 1.7 0 100-3.4 1.7 1.7 0 000 3.4zM5.5 13.2a1.7 1.7 0 100-3.4 1.7 1.7 0 000 3.4z",
  bell: "M8 2a4 4 0 014 4c0 3 1 4 1.5 5h-11C3 10 4 9 4 6a4 4 0 014-4zM6.5 13a1.6 1.6 0 003 0",
  chevron: "M4.5 6.5L8 10l3.5-3.5",
  warning: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.4v.4",
  board: "M1.8 2.5h12.4v8.2H1.8zM8 10.7v2.8M5 13.5h6M4.5 8V6M8 8V4.8M11.5 8V5.5",
  chart: "M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V6.8",
  clip: "M13.2 7.3l-5.7 5.7a3 3 0 01-4.2-4.2L9.2 2.9A2 2 0 0112 5.7l-5.8 5.8a1 1 0 01-1.4-1.4l5.3-5.3",
  cross: "M4 4l8 8M12 4l-8 8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export const channelIcon: Readonly<Record<Channel, IconName>> = {
  voice: "phone",
  chat: "chat",
  email: "mail",
};

export const legIcon: Readonly<Record<LegState, IconName>> = {
  connected: "phone",
  disconnected: "phoneOff",
  ringing: "bell",
};

export function Logo() {
  return <img className="logo" src="/favicon.svg" width="32" height="32" alt="" />;
}
