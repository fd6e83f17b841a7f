import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The service whose API the development server passes requests on to.
const service = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    // Browsers that know light-dark() and native nesting, so that the tokens stay readable.
    target: ["chrome123", "firefox128", "safari17.5"],
    // Nothing inlined as data: addresses; the Content Security Policy allows 'self' alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": { target: service, ws: true }, "/healthz": service } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
