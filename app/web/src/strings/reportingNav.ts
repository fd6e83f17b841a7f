// The names of Monitor > Wallboard and Monitor > Reports: the sidebar needs them at once.
export const reportingNav = { wallboard: "Wallboard", reports: "Reports" } as const;
