// Fails when the first load has more gzipped script than the house allows (UI.md: quick).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 300_000;
const WIDGET = 30_000;
const index = readFileSync("dist/index.html", "utf8");
// The page's own script, and the chunks that it names to be loaded with it.
const files = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path);
const sizes = new Map();
const add = (path) => {
  if (sizes.has(path)) return;
  const text = readFileSync(`dist/${path}`, "utf8");
  sizes.set(path, gzipSync(text).length);
  // Static imports come along; import("…") is loaded when it is needed.
  for (const [, name] of text.matchAll(/(?:^|[;}])\s*(?:import|export)[^("']*?["']\.\/([^"']+\.js)["']/g)) {
    add(`assets/${name}`);
  }
};
files.forEach(add);
const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
console.log(`first load: ${(total / 1000).toFixed(1)} kB of gzipped script in ${sizes.size} files`);
const widget = gzipSync(readFileSync("dist/widget.js")).length;
console.log(`chat widget: ${(widget / 1000).toFixed(1)} kB gzipped`);
if (widget > WIDGET) {
  console.error(`the most is ${WIDGET / 1000} kB`);
  process.exit(1);
}
if (files.length === 0 || total > MOST) {
  console.error(`the most is ${MOST / 1000} kB`);
  process.exit(1);
}
