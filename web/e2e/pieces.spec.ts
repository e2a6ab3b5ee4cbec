import { expect, signUp, test, upload } from "./page";

/** A table of a little more than two pieces. */
function large(): Buffer {
  const words = "x".repeat(190);
  const rows = Array.from({ length: 90_000 }, (_, i) => `${i % 70},${words},${i % 2}`);
  return Buffer.from(["age,words,approved", ...rows, ""].join("\n"));
}

test("a large file survives a lost connection", async ({ page }) => {
  await signUp(page);
  const lost: string[] = [];
  const offsets: (string | null)[] = [];
  await page.route("**/api/v1/uploads/*", async (route) => {
    const request = route.request();
    if (request.method() !== "PATCH") return route.continue();
    const offset = await request.headerValue("upload-offset");
    if (offset !== "0" && lost.length === 0) {
      lost.push(request.url());
      return route.abort("connectionreset");
    }
    offsets.push(offset);
    return route.continue();
  });
  await page.goto("/data");
  await upload(page, null, { name: "large.csv", bytes: large() });
  await expect(page.getByRole("heading", { level: 1, name: "large.csv" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("90,000").first()).toBeVisible();
  expect(lost).toHaveLength(1);
  expect(offsets).toEqual(["0", String(8 * 2 ** 20), String(16 * 2 ** 20)]);
});
