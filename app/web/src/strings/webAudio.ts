// The words of the headset in the browser.
import type { PhoneProblem } from "../phone/state";

export const webAudioWords = {
  title: "Headset in this browser",
  open: "Headset…",
  microphone: "Microphone",
  speaker: "Speaker",
  systemDefault: "As the system",
  noSpeakerChoice: "This browser plays on the system's speaker.",
  level: "Microphone level",
  levelHint: "Speak: the bar moves.",
  testTone: "Play a test tone",
  toneFailed: "The tone could not be played.",
  echo: "Echo test",
  echoEnd: "End the echo test",
  echoHint: "You hear what you say, as it comes back from Asterisk.",
  connect: "Connect",
  useHere: "Use the headset here",
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  close: "Close",
  elsewhere: "in another tab",
  elsewhereHint: "Your headset is in another tab or on another computer.",
  allow: "Allow the sound",
  tryAgain: "Try again",
} as const;

/** How each browser says yes to the microphone. */
const HOW = {
  chrome: "Click the icon left of the address, set Microphone to Allow, and try again.",
  firefox: "Click the crossed-out microphone left of the address, remove the block, and try again.",
  safari: "In Safari's menu choose Settings for this website, set Microphone to Allow, and try again.",
} as const;

function howTo(agent: string): string {
  if (agent.includes("Firefox")) return HOW.firefox;
  if (agent.includes("Chrome") || agent.includes("Chromium")) return HOW.chrome;
  return agent.includes("Safari") ? HOW.safari : HOW.chrome;
}

/** What is wrong and what to do about it; `agent` is the browser's own name. */
export function phoneProblem(problem: PhoneProblem, agent: string): string {
  switch (problem) {
    case "insecure":
      return "Browsers give the microphone to pages over https only. Open Ringdesk by its https address.";
    case "denied":
      return `The browser does not let this page use the microphone. ${howTo(agent)}`;
    case "missing":
      return "No microphone was found. Plug in the headset, and try again.";
    case "busy":
      return "Another program holds the microphone. End its call or close it, and try again.";
    case "blocked":
      return "The browser holds back the sound until you click.";
    case "failed":
      return "The microphone could not be opened. Plug the headset in anew, and try again.";
  }
}
