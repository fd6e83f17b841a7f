// English words of a consult.
export const consultWords = {
  label: "Consult",
  first: "Consult first",
  asking: (whom: string) => `Asking ${whom}. The customer hears music.`,
  talking: (whom: string) => `You talk to ${whom}. The customer hears music.`,
  swapped: (whom: string) => `You talk to the customer. ${whom} hears music.`,
  consulted: (by: string) => `${by} asks you about this call. The customer does not hear you.`,
  waiting: (by: string) => `${by} talks to the customer. You hear music.`,
  asksYou: (by: string) => `${by} asks you`,
  colleague: "A colleague",
  swap: "Swap",
  complete: "Complete",
  cancel: "Back to the customer",
  leave: "Leave",
  keys: {
    swap: "In a consult: swap the customer and whom you consult",
    complete: "In a consult: give the customer away",
    cancel: "In a consult: let go whom you consult",
  },
};
