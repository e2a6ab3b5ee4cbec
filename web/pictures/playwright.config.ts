import config from "../playwright.config";

/** `npx playwright test -c pictures` makes the pictures of docs/examples.md; they are no tests. */
export default { ...config, testDir: ".", outputDir: "../test-results", timeout: 600_000 };
