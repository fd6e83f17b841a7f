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
} as const;
