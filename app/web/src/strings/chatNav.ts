// The names of the chats' settings pages, which the first load needs without their other words.
export const cannedNav = "Canned replies";
export const widgetsNav = "Chat widgets";
