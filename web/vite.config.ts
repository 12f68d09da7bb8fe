import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SERVICE = process.env.SERVICE ?? "http://localhost:3000";

/** Have `vite dev` answer at the addresses that the service has the pages at. */
const pages: Plugin = {
  name: "pages",
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const area = /^\/(account|console)(?=[/?]|$)/.exec(request.url ?? "")?.[1];
      if (area) request.url = `/${area}.html`;
      next();
    });
  },
};

export default defineConfig({
  plugins: [react(), pages],
  resolve: {
    alias: {
      "users-service-client": here("../clients/typescript/src/index.ts"),
      // the client's folder need not have its own
      "openapi-fetch": here("node_modules/openapi-fetch"),
    },
  },
  server: { proxy: { "/api": SERVICE, "/.well-known": SERVICE } },
  build: {
    target: "es2022",
    // the content security policy takes nothing inline
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // of what is bundled, for pack.mjs
    license: { fileName: "licences.json" },
    // which words are whose, for pack.mjs
    manifest: "manifest.json",
    rolldownOptions: {
      input: { account: here("account.html"), console: here("console.html") },
      output: {
        // what both areas begin with is one file: browsers ask HTTP/1.1 for six at a time
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules[\\/](react|react-dom|scheduler|openapi-fetch|@tanstack[\\/](query-core|react-query))[\\/]|clients[\\/]typescript|vite[\\/]preload-helper|src[\\/]shared[\\/](?!words[\\/]|download|eventWords)/,
            },
          ],
        },
      },
    },
  },
});
