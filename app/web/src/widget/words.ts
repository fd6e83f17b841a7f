// What the widget says, in the page's language.
export interface Words {
  readonly open: string;
  readonly close: string;
  readonly title: string;
  readonly placeholder: string;
  readonly send: string;
  readonly you: string;
  readonly assistant: string;
  readonly lost: string;
  readonly waiting: string;
  readonly withAgent: (name: string) => string;
  readonly ended: string;
  readonly typing: (name: string) => string;
  readonly sending: string;
  readonly seen: string;
  readonly name: string;
  readonly email: string;
  readonly begin: string;
  /** Nobody is there: why, and what may be done. */
  readonly away: { readonly closed: string; readonly nobody: string };
  readonly leaveEmail: string;
  readonly leave: string;
  readonly left: (email: string) => string;
  /** The way out of the queue. */
  readonly stopWaiting: string;
  readonly losesPlace: string;
  readonly keepWaiting: string;
  readonly tooLong: (most: number) => string;
  readonly failed: string;
  readonly attach: string;
  readonly removeFile: string;
  readonly fileTooLarge: string;
  readonly fileRefused: string;
}

const en: Words = {
  open: "Open the chat",
  close: "Close the chat",
  title: "Chat with us",
  placeholder: "Write a message",
  send: "Send",
  you: "You",
  assistant: "Assistant",
  lost: "No connection. What you write is sent once it is back.",
  waiting: "Somebody will be with you soon.",
  withAgent: (name) => `You are talking to ${name}.`,
  ended: "This chat has ended. Write to begin again.",
  typing: (name) => `${name} is writing…`,
  sending: "sending",
  seen: "seen",
  name: "Your name",
  email: "Your e-mail address",
  begin: "Start",
  away: { closed: "We are closed right now.", nobody: "Nobody is here right now." },
  leaveEmail: "Leave your e-mail address and write your message: we will answer you there.",
  leave: "Leave it",
  left: (email) => `Thank you. We will write to ${email}.`,
  stopWaiting: "Stop waiting",
  losesPlace: "You lose your place.",
  keepWaiting: "Keep waiting",
  tooLong: (most) => `A message has at most ${most} characters.`,
  failed: "not sent",
  attach: "Attach a file",
  removeFile: "Remove",
  fileTooLarge: "the file is too large",
  fileRefused: "files of this kind are not taken",
};

const de: Words = {
  open: "Chat öffnen",
  close: "Chat schließen",
  title: "Chatten Sie mit uns",
  placeholder: "Nachricht schreiben",
  send: "Senden",
  you: "Sie",
  assistant: "Assistent",
  lost: "Keine Verbindung. Was Sie schreiben, wird gesendet, sobald sie wieder da ist.",
  waiting: "Gleich ist jemand für Sie da.",
  withAgent: (name) => `Sie sprechen mit ${name}.`,
  ended: "Dieser Chat ist beendet. Schreiben Sie, um neu zu beginnen.",
  typing: (name) => `${name} schreibt …`,
  sending: "wird gesendet",
  seen: "gelesen",
  name: "Ihr Name",
  email: "Ihre E-Mail-Adresse",
  begin: "Beginnen",
  away: { closed: "Wir haben gerade geschlossen.", nobody: "Gerade ist niemand da." },
  leaveEmail: "Hinterlassen Sie Ihre E-Mail-Adresse und schreiben Sie Ihre Nachricht: Wir antworten Ihnen dort.",
  leave: "Hinterlassen",
  left: (email) => `Danke. Wir schreiben an ${email}.`,
  stopWaiting: "Nicht länger warten",
  losesPlace: "Sie verlieren Ihren Platz.",
  keepWaiting: "Weiter warten",
  tooLong: (most) => `Eine Nachricht hat höchstens ${most} Zeichen.`,
  failed: "nicht gesendet",
  attach: "Datei anhängen",
  removeFile: "Entfernen",
  fileTooLarge: "die Datei ist zu groß",
  fileRefused: "solche Dateien werden nicht angenommen",
};

const es: Words = {
  open: "Abrir el chat",
  close: "Cerrar el chat",
  title: "Chatee con nosotros",
  placeholder: "Escriba un mensaje",
  send: "Enviar",
  you: "Usted",
  assistant: "Asistente",
  lost: "Sin conexión. Lo que escriba se enviará cuando vuelva.",
  waiting: "En breve le atenderá una persona.",
  withAgent: (name) => `Está hablando con ${name}.`,
  ended: "Este chat ha terminado. Escriba para empezar de nuevo.",
  typing: (name) => `${name} está escribiendo…`,
  sending: "enviando",
  seen: "visto",
  name: "Su nombre",
  email: "Su correo electrónico",
  begin: "Empezar",
  away: { closed: "Ahora está cerrado.", nobody: "Ahora no hay nadie." },
  leaveEmail: "Deje su correo electrónico y escriba su mensaje: le contestaremos allí.",
  leave: "Dejarlo",
  left: (email) => `Gracias. Escribiremos a ${email}.`,
  stopWaiting: "Dejar de esperar",
  losesPlace: "Perderá su turno.",
  keepWaiting: "Seguir esperando",
  tooLong: (most) => `Un mensaje tiene como máximo ${most} caracteres.`,
  failed: "no enviado",
  attach: "Adjuntar un archivo",
  removeFile: "Quitar",
  fileTooLarge: "el archivo es demasiado grande",
  fileRefused: "no se aceptan archivos de este tipo",
};

const fr: Words = {
  open: "Ouvrir la discussion",
  close: "Fermer la discussion",
  title: "Discutez avec nous",
  placeholder: "Écrivez un message",
  send: "Envoyer",
  you: "Vous",
  assistant: "Assistant",
  lost: "Pas de connexion. Vos messages partiront dès son retour.",
  waiting: "Quelqu’un va vous répondre.",
  withAgent: (name) => `Vous parlez avec ${name}.`,
  ended: "Cette discussion est terminée. Écrivez pour recommencer.",
  typing: (name) => `${name} écrit…`,
  sending: "envoi",
  seen: "vu",
  name: "Votre nom",
  email: "Votre adresse e-mail",
  begin: "Commencer",
  away: { closed: "Nous sommes fermés en ce moment.", nobody: "Il n’y a personne en ce moment." },
  leaveEmail: "Laissez votre adresse e-mail et écrivez votre message : nous vous répondrons.",
  leave: "Laisser",
  left: (email) => `Merci. Nous écrirons à ${email}.`,
  stopWaiting: "Ne plus attendre",
  losesPlace: "Vous perdrez votre place.",
  keepWaiting: "Continuer à attendre",
  tooLong: (most) => `Un message a au plus ${most} caractères.`,
  failed: "non envoyé",
  attach: "Joindre un fichier",
  removeFile: "Retirer",
  fileTooLarge: "le fichier est trop volumineux",
  fileRefused: "ce type de fichier n’est pas accepté",
};

const all: Readonly<Record<string, Words>> = { en, de, es, fr };

/** English where the language is none of ours. */
export const wordsFor = (language: string): Words =>
  all[language.toLowerCase().split("-")[0] ?? "en"] ?? en;
