// The chat widget: <script src="https://desk.example/widget.js" async></script>
//
// Attributes: data-entry (which widget), data-title, data-color (any CSS colour), data-position
// ("left"), data-language (else the page's), data-open.
import { Files } from "./files";
import { Memory } from "./kept";
import { Line } from "./line";
import { View } from "./view";
import { wordsFor } from "./words";

const script = document.currentScript;

function begin(tag: HTMLScriptElement): void {
  const { entry = "default", title, color, position, language, open } = tag.dataset;
  const service = new URL(tag.src);
  const spoken = language ?? (document.documentElement.lang || navigator.language || "en");
  const url = new URL("/chat", service);
  url.protocol = service.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("entry", entry);
  const memory = new Memory(`ringdesk ${service.host} ${entry}`);
  const words = wordsFor(spoken);
  const files = new Files(words, service.origin, entry, memory, () => view.draw());
  const view = new View(words, {
    title: title ?? null,
    color: color !== undefined && CSS.supports("color", color) ? color : null,
    left: position === "left",
    open: open !== undefined,
  }, files, service.origin);
  view.host.lang = spoken;
  const line = new Line(url.href, spoken.slice(0, 35), memory, () => view.draw());
  view.attach(line);
  if (line.returning || open !== undefined) line.start();
  document.body.append(view.host);
}

if (script instanceof HTMLScriptElement) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => begin(script));
  else begin(script);
}
