// Files that the customer sends along: sent up at once, named in the next message.
import type { Sent } from "./frames";
import { CLIP, icon } from "./icons";
import type { Memory } from "./kept";
import type { Words } from "./words";

const MOST = 5;

interface File_ {
  readonly name: string;
  readonly chip: HTMLLIElement;
  sent: Sent | null;
  readonly request: XMLHttpRequest;
}

export const sizeOf = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** A link that saves the file; its name is put in as text. */
export function linkTo(origin: string, { name, size, url }: Sent & { readonly url?: string }): HTMLElement {
  const link = document.createElement(url === undefined ? "span" : "a");
  link.className = "file";
  link.append(icon(CLIP), ` ${name} (${sizeOf(size)})`);
  if (link instanceof HTMLAnchorElement) {
    link.href = new URL(url ?? "", origin).href;
    link.download = name;
    link.rel = "noopener";
  }
  return link;
}

export class Files {
  readonly list = document.createElement("ul");
  private readonly files = new Set<File_>();
  private readonly words: Words;
  private readonly origin: string;
  private readonly entry: string;
  private readonly memory: Memory;
  private readonly changed: () => void;

  constructor(words: Words, origin: string, entry: string, memory: Memory, changed: () => void) {
    this.words = words;
    this.origin = origin;
    this.entry = entry;
    this.memory = memory;
    this.changed = changed;
    this.list.className = "files";
    this.list.setAttribute("aria-live", "polite");
  }

  /** Some are still on their way. */
  get busy(): boolean {
    return [...this.files].some(({ sent, request }) => sent === null && request.readyState !== XMLHttpRequest.DONE);
  }

  add(files: Iterable<File>): void {
    for (const file of files) if (this.files.size < MOST) this.send(file);
    this.changed();
  }

  /** What goes with the message; nothing of it stays here. */
  take(): Sent[] {
    const found = [...this.files].flatMap(({ sent }) => (sent === null ? [] : [sent]));
    this.files.clear();
    this.list.replaceChildren();
    return found;
  }

  private send(file: File): void {
    const request = new XMLHttpRequest();
    const chip = document.createElement("li");
    const told = document.createElement("span");
    const bar = document.createElement("progress");
    const away = document.createElement("button");
    const one: File_ = { name: file.name, chip, sent: null, request };
    told.textContent = file.name;
    bar.max = 1;
    bar.setAttribute("aria-label", file.name);
    away.type = "button";
    away.textContent = "×";
    away.setAttribute("aria-label", `${this.words.removeFile}: ${file.name}`);
    away.addEventListener("click", () => {
      request.abort();
      this.files.delete(one);
      chip.remove();
      this.changed();
    });
    chip.append(told, bar, away);
    this.list.append(chip);
    this.files.add(one);
    const url = new URL("/chat/attachments", this.origin);
    url.search = new URLSearchParams({ entry: this.entry, name: file.name }).toString();
    request.open("POST", url.href);
    request.setRequestHeader("Authorization", `Bearer ${this.memory.get().token ?? ""}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => (bar.value = loaded / total);
    request.onloadend = () => {
      bar.remove();
      if (request.status === 201) one.sent = JSON.parse(request.responseText) as Sent;
      else {
        chip.className = "problem";
        told.textContent = `${file.name}: ${this.whyNot(request)}`;
      }
      this.changed();
    };
    request.send(file);
  }

  private whyNot({ status }: XMLHttpRequest): string {
    if (status === 413) return this.words.fileTooLarge;
    return status === 422 ? this.words.fileRefused : this.words.failed;
  }
}
