import { defineConfig } from "vite";

// The customers' chat widget: one classic script that any page can load, beside the Inbox in dist.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: ["chrome109", "firefox115", "safari16.4"],
    modulePreload: false,
    lib: { entry: "src/widget/main.ts", name: "ringdesk", formats: ["iife"], fileName: () => "widget.js" },
  },
});
