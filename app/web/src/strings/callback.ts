// Words about customers who are to be called, and what they left.
export const callbackWords = {
  tag: "Callback",
  message: "Message",
  listen: "What the customer said",
  gone: "The recording cannot be played; it may have been removed.",
  number: "Call back",
  noNumber: "The customer cannot be called back: listen, and end it.",
  tries: "Tries so far",
  notBefore: "Next try",
  dialling: "Calling the customer…",
  takeFirst: "When you accept, the customer is called; you hear it ring.",
} as const;
