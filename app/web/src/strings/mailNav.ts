// The name of the mailboxes' page, which the first load needs without the page's other words.
export const mailboxNav = "Mailboxes";
