// How the SDK is tested; the build knows nothing of it.

import { defineConfig } from "vitest/config";

import { itemTags, ProofReporter } from "./tests/proofs.ts";

export default defineConfig({
  define: { __LIBRARY_MARKS__: "{}" },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setting_up.ts"],
    tags: itemTags(),
    reporters: ["default", new ProofReporter()],
  },
});
