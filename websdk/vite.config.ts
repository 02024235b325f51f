// How the SDK is built. One script per entry, because a page loads it without modules:
// the guard of the Install button has to listen before anything else runs.

import { defineConfig } from "vite";

const entry = process.env.WEBSDK_ENTRY ?? "host";

export default defineConfig({
  define: { __LIBRARY_MARKS__: process.env.WEBSDK_MARKS ?? "{}" },
  build: {
    target: "es2022",
    outDir: process.env.WEBSDK_OUT ?? "dist",
    emptyOutDir: false,
    sourcemap: false,
    reportCompressedSize: false,
    lib: {
      entry: `src/${entry}.ts`,
      formats: ["iife"],
      name: "grantwayWebSdk",
      fileName: () => `${entry}.js`,
      cssFileName: entry,
    },
  },
});
