import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["build/", "coverage/", "dist/", "docs/", "examples/quickstart.mts"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.mts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // noPropertyAccessFromIndexSignature wants what this rule would take away.
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // The test runner itself awaits what these return.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: ["describe", "suite", "test"] }],
        },
      ],
    },
  },
);
