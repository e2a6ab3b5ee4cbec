import { checkPage, expect, password, shoot, signUp, test } from "./page";

test("a forgotten password is set anew by the link of the mail", async ({ page, server }) => {
  const email = await signUp(page);
  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Look for the link" })).toBeVisible();
  await checkPage(page);

  const mail = server.mails().findLast((text) => text.includes(email));
  const link = /https?:\/\/\S+/.exec(mail ?? "")?.[0];
  expect(link).toBeTruthy();
  await page.goto(link!);
  await expect(page.getByRole("heading", { level: 1, name: "Set a new password" })).toBeVisible();
  await expect(page).not.toHaveURL(/access_token/);
  await shoot(page, "set-password");
  await page.getByLabel("New password").fill("another good password");
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Analyses" })).toBeVisible();

  await page.getByRole("button", { name: "Account and settings" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Email or password is wrong.");
  await page.getByLabel("Password", { exact: true }).fill("another good password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Analyses" })).toBeVisible();

  await page.goto(link!);
  await expect(
    page.getByText("This link is not valid any more").or(page.getByLabel("New password")),
  ).toBeVisible();
});

test("the account page and an unknown address", async ({ page }) => {
  const email = await signUp(page);
  await page.goto("/account");
  await expect(page.getByRole("main").getByText(email)).toBeVisible();
  await expect(page.getByRole("rowheader", { name: "Account created" })).toBeVisible();
  await shoot(page, "account");
  await checkPage(page);
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { level: 1, name: "Nothing is here" })).toBeVisible();
  await checkPage(page);
});

test("a key opens the API until it is revoked, and the account goes with everything", async ({
  page,
  server,
}) => {
  await signUp(page);
  await page.goto("/account");
  await page.getByLabel("Name").fill("Nightly");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = (await page.getByText(/^fine_[\w-]{40,}$/).textContent())!;
  const status = async () =>
    (await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await status()).toBe(200);
  await shoot(page, "account-key");
  await page.getByRole("button", { name: "Revoke Nightly" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke Nightly" }).click();
  await expect(page.getByText("There are no keys.")).toBeVisible();
  expect(await status()).toBe(401);

  const archive = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download everything" }).click();
  expect((await archive).suggestedFilename()).toBe("fine-account.tar");

  await page.getByRole("button", { name: "Delete the account" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel("Password", { exact: true }).fill("a wrong password");
  await dialog.getByRole("button", { name: "Delete the account and everything in it" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The password is not right.");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Delete the account and everything in it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
});

test("a keyboard is enough to sign in and to reach the content", async ({ page }) => {
  const email = await signUp(page);
  await page.evaluate(() => localStorage.removeItem("fine.session"));
  await page.goto("/sign-in");
  await page.getByLabel("Email").focus();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Analyses" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Analyses" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Start the first audit" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audits\/new\/files$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
});
