// The widget's own page in its shadow root. Everything that somebody wrote is put in as text.
import { Files, linkTo } from "./files";
import { LONGEST, type Said, type Sent } from "./frames";
import { BUBBLE, CLIP, icon } from "./icons";
import type { Line } from "./line";
import { STYLES } from "./styles";
import { WayOut } from "./wayOut";
import type { Words } from "./words";

export interface Looks {
  readonly title: string | null;
  readonly color: string | null;
  readonly left: boolean;
  readonly open: boolean;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export class View {
  readonly host = make("div");
  private readonly root: ShadowRoot;
  private readonly words: Words;
  private readonly looks: Looks;
  private line: Line | null = null;
  private readonly launch = make("button", "launch");
  private readonly count = make("span", "count");
  private readonly panel = make("section", "panel");
  private readonly heading = make("h2");
  private readonly state = make("p", "state");
  private readonly log = make("div", "log");
  private readonly items = make("ol");
  private readonly asked = make("form", "who-form");
  private readonly leaving = make("form", "leave-form");
  private readonly writing = make("form");
  private readonly field = make("textarea");
  private readonly files: Files;
  private readonly origin: string;
  private readonly typing = make("p", "state");
  private readonly wayOut: WayOut;
  private typedAt = 0;
  private drawn: readonly Said[] = [];
  private readTo = 0;
  private told = false;
  private left: string | null = null;

  constructor(words: Words, looks: Looks, files: Files, origin: string) {
    this.words = words;
    this.files = files;
    this.origin = origin;
    this.wayOut = new WayOut(words, () => {
      this.line?.leave();
      this.field.focus();
    });
    this.looks = looks;
    this.root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    this.root.adoptedStyleSheets = [sheet];
    if (looks.color !== null) this.host.style.setProperty("--accent", looks.color);
    const frame = make("div", looks.left ? "left" : "");
    frame.append(this.panel, this.launch);
    this.root.append(frame);
    this.build();
  }

  attach(line: Line): void {
    this.line = line;
    this.show(this.looks.open, false);
  }

  /** Draws what changed. */
  draw(): void {
    const line = this.line;
    if (line === null) return;
    const { shown } = line;
    this.heading.textContent = this.looks.title ?? (shown.title || this.words.title);
    this.panel.setAttribute("aria-label", this.heading.textContent);
    this.drawState(line);
    this.wayOut.show(shown.connected && shown.state === "waiting");
    const asks = shown.known && shown.ask !== "nothing" && shown.state === "new" && !this.told;
    this.asked.hidden = !asks;
    this.writing.hidden = asks;
    this.leaving.hidden = shown.away === null || asks || this.left !== null;
    const email = this.asked.elements.namedItem("email") as HTMLInputElement;
    (email.parentElement as HTMLElement).hidden = shown.ask !== "email";
    email.required = shown.ask === "email";
    this.typing.hidden = shown.typing === null;
    this.typing.textContent = shown.typing === null ? "" : this.words.typing(shown.typing);
    this.drawMessages(line);
  }

  private build(): void {
    const { words } = this;
    this.launch.type = "button";
    this.launch.append(icon(BUBBLE), this.count);
    this.launch.addEventListener("click", () => this.show(this.panel.hidden, true));
    const close = make("button", "", "×");
    close.type = "button";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", () => this.show(false, true));
    const header = make("header");
    header.append(this.heading, close);
    this.panel.setAttribute("role", "dialog");
    this.state.setAttribute("role", "status");
    this.log.setAttribute("role", "log");
    this.log.setAttribute("aria-live", "polite");
    this.log.tabIndex = 0;
    this.log.append(this.items);
    this.buildForms();
    this.panel.append(header, this.state, this.wayOut.element, this.leaving, this.asked, this.log, this.typing, this.writing);
    this.panel.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page's own keys are not for what is written here
      if (event.key === "Escape") this.show(false, true);
    });
  }

  private buildForms(): void {
    const { words } = this;
    const label = make("label");
    this.field.rows = 2;
    this.field.maxLength = LONGEST;
    this.field.placeholder = words.placeholder;
    label.style.flex = "1";
    label.append(make("span", "hint", words.placeholder), this.field);
    const send = make("button", "", words.send);
    this.writing.append(this.files.list, label, this.attachButton(), send);
    this.takeFiles();
    this.writing.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.typed());
    for (const [name, text, type] of [
      ["name", words.name, "text"],
      ["email", words.email, "email"],
    ] as const) {
      const field = make("label", "", text);
      const input = make("input");
      Object.assign(input, { name, type, required: name === "name", maxLength: 200, autocomplete: name });
      field.append(input);
      this.asked.append(field);
    }
    this.buildLeaving();
    this.asked.append(make("button", "", words.begin));
    this.asked.addEventListener("submit", (event) => {
      event.preventDefault();
      this.introduce();
    });
  }

  /** Where nobody comes: where may we write to? */
  private buildLeaving(): void {
    const { words, leaving } = this;
    const label = make("label", "", words.email);
    const input = make("input");
    Object.assign(input, { type: "email", name: "email", required: true, maxLength: 200, autocomplete: "email" });
    label.append(input);
    leaving.append(make("p", "", words.leaveEmail), label, make("button", "", words.leave));
    leaving.addEventListener("submit", (event) => {
      event.preventDefault();
      this.left = input.value.trim();
      this.line?.introduce({ email: this.left });
      this.draw();
      this.field.focus();
    });
  }

  private attachButton(): HTMLButtonElement {
    const pick = make("input");
    pick.type = "file";
    pick.multiple = true;
    pick.addEventListener("change", () => {
      this.files.add(pick.files ?? []);
      pick.value = "";
    });
    const button = make("button", "attach");
    button.append(icon(CLIP));
    button.type = "button";
    button.setAttribute("aria-label", this.words.attach);
    button.addEventListener("click", () => pick.click());
    return button;
  }

  /** Dropped on the panel, or pasted into what is written. */
  private takeFiles(): void {
    this.panel.addEventListener("dragover", (event) => event.preventDefault());
    this.panel.addEventListener("drop", (event) => {
      event.preventDefault();
      this.files.add(event.dataTransfer?.files ?? []);
    });
    this.field.addEventListener("paste", (event) => {
      const files = event.clipboardData?.files;
      if (files === undefined || files.length === 0) return;
      event.preventDefault();
      this.files.add(files);
    });
  }

  private introduce(): void {
    const given = new FormData(this.asked);
    const name = (given.get("name") as string | null)?.trim() ?? "";
    const email = (given.get("email") as string | null)?.trim() ?? "";
    this.told = true;
    this.line?.introduce({ name, ...(email ? { email } : {}) });
    this.draw();
    this.field.focus();
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (this.files.busy) return;
    const files = this.files.take();
    if (!text && files.length === 0) return;
    this.field.value = "";
    this.typedAt = 0;
    this.line?.say(text, files);
  }

  private typed(): void {
    const now = performance.now();
    if (now - this.typedAt < 3_000 && this.typedAt > 0) return;
    this.typedAt = now;
    this.line?.types(true);
  }

  private show(open: boolean, focus: boolean): void {
    this.panel.hidden = !open;
    this.launch.setAttribute("aria-expanded", String(open));
    this.launch.setAttribute("aria-label", open ? this.words.close : this.words.open);
    if (open) this.line?.start();
    if (focus) (open ? this.field : this.launch).focus();
    this.draw();
    this.log.scrollTop = this.log.scrollHeight;
  }

  private drawState({ shown }: Line): void {
    const { words } = this;
    const lost = shown.known && !shown.connected;
    const place = {
      new: "",
      bot: "",
      waiting: words.waiting,
      active: shown.agent === null ? "" : words.withAgent(shown.agent),
      ended: words.ended,
    }[shown.state];
    const away = shown.away === null ? "" : words.away[shown.away];
    const left = away && this.left !== null ? ` ${words.left(this.left)}` : "";
    this.state.textContent = lost ? words.lost : away ? away + left : place;
    this.state.hidden = this.state.textContent === "";
    this.state.className = lost ? "state lost" : "state";
    const open = !this.panel.hidden;
    const newest = shown.messages.at(-1)?.seq ?? 0;
    if (open && document.visibilityState === "visible" && newest > this.readTo) {
      this.readTo = newest;
      this.line?.reads();
    }
    const unread = shown.messages.filter(
      ({ author, seq }) => author !== "customer" && seq > Math.max(shown.seenBefore, this.readTo),
    ).length;
    this.count.textContent = String(unread);
    this.count.hidden = open || unread === 0;
  }

  private drawMessages({ shown }: Line): void {
    const { log, items } = this;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const kept = this.drawn.every((said, index) => said === shown.messages[index]);
    if (!kept) items.replaceChildren();
    for (const old of items.querySelectorAll(".waiting")) old.remove();
    for (const said of shown.messages.slice(kept ? this.drawn.length : 0)) items.append(this.row(said));
    this.drawn = shown.messages;
    const done = new Set(shown.messages.map(({ client_id }) => client_id));
    for (const { client_id, text, attachments } of shown.waiting) {
      if (done.has(client_id)) continue;
      items.append(this.bubble("mine waiting", `${this.words.you} · ${this.words.sending}`, text, attachments));
    }
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  private row({ author, name, text, attachments }: Said): HTMLLIElement {
    if (author === "customer") return this.bubble("mine", this.words.you, text, attachments);
    if (author === "system") return this.bubble("system", "", text);
    return this.bubble("theirs", name ?? this.words.assistant, text, attachments);
  }

  private bubble(className: string, who: string, text: string, files: readonly Sent[] = []): HTMLLIElement {
    const item = make("li", className);
    if (who) item.append(make("span", "who", who));
    if (text) item.append(make("span", "text", text));
    for (const file of files) item.append(linkTo(this.origin, file));
    return item;
  }
}
