import { fileURLToPath } from "node:url";

import optimizeLocales from "@react-aria/optimize-locales-plugin";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env.FINE_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      routesDirectory: at("src/routes"),
      generatedRouteTree: at("src/routeTree.gen.ts"),
    }),
    react(),
    tailwindcss(),
    { ...optimizeLocales.vite({ locales: ["en-US", "es-ES"] }), enforce: "pre" },
  ],
  resolve: {
    alias: {
      "@": at("src"),
      "@catalogue": at("../crates/report/catalogue"),
    },
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    // The content security policy of the server allows no inline script.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    // The catalogue and the texts about the stages live beside the crates.
    fs: { allow: [at("..")] },
    proxy: { "/api": backend, "/auth/v1": backend },
  },
  test: {
    environment: "jsdom",
    // As in a browser; its other form wants streams of Node.
    alias: { "tus-js-client": at("node_modules/tus-js-client/lib.es5/browser/index.js") },
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    css: false,
    // A test that clicks through lists takes seconds on a busy machine.
    testTimeout: 30_000,
  },
});
