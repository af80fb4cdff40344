import js from "@eslint/js";

const page = ["document", "window", "globalThis", "matchMedia", "getComputedStyle", "requestAnimationFrame", "cancelAnimationFrame",
  "ResizeObserver", "MutationObserver", "Element", "setTimeout", "clearTimeout", "structuredClone", "ImageData", "performance",
  "location", "history", "navigator", "URL", "atob", "btoa"];

export default [
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(page.map((name) => [name, "readonly"])) },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-len": ["error", { code: 140, ignoreUrls: true }],
      "max-lines-per-function": ["error", { max: 80 }],
      "no-implicit-globals": "error",
      "no-restricted-syntax": ["error", "ClassDeclaration"],
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      eqeqeq: "error",
    },
  },
  { // Numbers are pure: what they need of the page they must not have, and node runs them without a package.
    files: ["src/*/numbers.js", "src/shared/{format,probability,police}.js"],
    rules: {
      "no-restricted-globals": ["error", ...page],
      "no-restricted-imports": ["error", { patterns: ["d3-*", "**/view.js"] }],
    },
  },
  { files: ["build.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
];
