// English words of recorded calls.
export const recordingWords = {
  on: "● Recording",
  paused: "Recording paused",
  pause: "Pause recording",
  resume: "Resume recording",
  title: "Recordings",
  part: (number: number, lasts: string) => `Part ${number}, ${lasts}`,
  skill: "Calls are recorded",
  skillHint: "Customers are told before they meet the agent; agents can pause.",
  keep: "Days its recordings are kept",
  keepHint: "Empty: as the service settings say. 0: for ever.",
} as const;
