import { gzipSync } from "node:zlib";

import type { Page, Request } from "@playwright/test";

import { fixture, loans, text } from "./loans";
import {
  checkPage,
  choose,
  chooseTarget,
  expect,
  has,
  type Made,
  password,
  session,
  shoot,
  signUp,
  test,
  upload,
} from "./page";

// One test a line of the bad-input list, as a person meets it on the page: which file, what is wrong, what to do.
test.use({ serverOptions: ["--max-dataset-bytes", "2000000", "--max-model-bytes", "1000000"] });

/** Uploads a file that is taken, and ends on its page. */
async function bring(page: Page, path: "data" | "models", file: Made) {
  const { name } = file;
  await page.goto(`/${path}`);
  await upload(page, null, file);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** Gives a file to a list page and expects it to be refused there in these words, with nothing lost. */
async function refuses(page: Page, path: "data" | "models", file: Made, ...words: (string | RegExp)[]) {
  const { name } = file;
  const language = await page.locator("html").getAttribute("lang");
  await page.goto(`/${path}`);
  await upload(page, null, file);
  const alert = page.getByRole("alert");
  for (const part of words) await expect(alert).toContainText(part);
  const [notTaken, choose] =
    language === "es"
      ? [new RegExp(`${name} no se (aceptó|subió)`), "Elegir un archivo"]
      : [new RegExp(`${name} was not (taken|uploaded)`), "Choose a file"];
  await expect(page.getByText(notTaken)).toBeVisible();
  await expect(page.getByRole("button", { name: choose, exact: true })).toBeEnabled();
  await checkPage(page);
  await expect(page.getByRole("table").getByRole("link")).toHaveText([
    path === "data" ? "loans.csv" : "loan.json",
  ]);
}

/** The last step says what stands in the way, and does not start. */
async function standsInTheWay(page: Page, ...words: (string | RegExp)[]) {
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("One thing stands in the way");
  for (const part of words) await expect(alert).toContainText(part);
  await expect(page.getByRole("button", { name: "Start the audit" })).toBeDisabled();
  await checkPage(page);
  await page.goto("/audits");
  await expect(page.getByRole("heading", { name: "No analyses yet" })).toBeVisible();
}

async function inSpanish(page: Page) {
  await page.evaluate(() => localStorage.setItem("fine.language", "es"));
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
}

test.beforeEach(async ({ page }) => {
  await signUp(page);
  await has(page, "datasets", text("loans.csv", loans(60)));
  await has(page, "models", fixture("loan.json"));
});

test("an empty file", async ({ page }) => {
  await refuses(page, "data", text("empty.csv", ""), "The file is empty.", "Export or save it again");
  await refuses(page, "data", text("blank.csv", " \n"), "The file is empty.", "Export or save it again");
  await refuses(page, "models", text("empty.pkl", ""), "The file is empty.", "Export or save it again");
});

test("a truncated Parquet file", async ({ page }) => {
  const cut = text("cut.parquet", `PAR1${"\u0000".repeat(500)}`);
  await refuses(
    page,
    "data",
    cut,
    "The Parquet file is cut off: its end is missing after 504 bytes.",
    "Copy or write it again.",
  );
});

test("a ragged CSV, also in Spanish", async ({ page }) => {
  const ragged = text("ragged.csv", `${loans(20)}\n44,70,10,female\n`);
  await refuses(
    page,
    "data",
    ragged,
    "Line 22 does not have as many fields as the header: 4 instead of 5.",
    "Complete the row, or put fields that hold the delimiter in quotes.",
  );
  await inSpanish(page);
  await refuses(
    page,
    "data",
    ragged,
    "La línea 22 no tiene tantos campos como la cabecera: 4 en lugar de 5.",
    "Complete la fila",
  );
});

test("a wrong encoding", async ({ page }) => {
  const bytes = Buffer.concat([
    Buffer.from("città,approved\nForl"),
    Buffer.from([0xec]),
    Buffer.from(",1\n"),
  ]);
  await refuses(
    page,
    "data",
    { name: "latin.csv", bytes },
    "Byte 20 (line 2) is not utf-8 text.",
    "Save the file as UTF-8.",
  );
});

test("ten thousand columns", async ({ page }) => {
  const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(",");
  const wide = text("wide.csv", `${names}\n${names.replaceAll(/c\d+/g, "1")}\n`);
  await refuses(
    page,
    "data",
    wide,
    "The file has 10,000 columns; at most 2,000 are taken.",
    "Leave out those that nobody needs, or ask whoever runs this server to raise the limit.",
  );
});

test("a target missing from the table", async ({ page }) => {
  const blind = loans(60).replaceAll(/,[^,\n]*,[^,\n]*$/gm, "");
  await bring(page, "data", text("blind.csv", blind));
  await choose(page, "blind.csv", "loan.json");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("No column of the table can be the target");
  await expect(alert).toContainText("Every column of blind.csv is an input of loan.json");
  await expect(alert).toContainText("Add a column with it, or choose another table.");
  await expect(page.getByText("Choose the target column to continue.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Continue" })).toBeDisabled();
  await checkPage(page);
});

test("a feature that the model needs missing from the table, also in Spanish", async ({ page }) => {
  await bring(page, "data", text("short.csv", loans(60).replace("debt", "owed")));
  await choose(page, "short.csv", "loan.json");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The table lacks a column that the model needs");
  await expect(alert).toContainText("debt");
  await expect(alert).toContainText("cannot predict the rows of short.csv without");
  await expect(alert).toContainText("Choose other data, or add the columns.");
  await expect(page.getByRole("button", { name: "Continue" })).toBeDisabled();
  await checkPage(page);
  await inSpanish(page);
  await expect(alert).toContainText("A la tabla le falta una columna que el modelo necesita");
  await expect(alert).toContainText("Elija otros datos o añada las columnas.");
  await expect(page.getByRole("button", { name: "Continuar" })).toBeDisabled();
});

test("an unknown category where the model refuses it", async ({ page }) => {
  await bring(page, "data", text("new.csv", `${loans(60)}\n40,50,3,diverse,1\n`));
  await bring(page, "models", fixture("loan_strict.pkl"));
  await choose(page, "new.csv", "loan_strict.pkl");
  await chooseTarget(page, "approved");
  await standsInTheWay(
    page,
    "Column sex, row 61: the model does not know the category diverse and refuses it.",
    "Correct the value, or leave such rows out.",
  );
});

test("a pickle that would run code is listed and never run", async ({ page }) => {
  // posix.system("true") at protocol 2.
  const bytes = Buffer.from("\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", "latin1");
  await bring(page, "models", { name: "evil.pkl", bytes });
  await expect(page.getByText("A normal load of this file would run a command")).toBeVisible();
  await expect(page.getByText("Fine has run nothing. Do not open this file with Python.")).toBeVisible();
  await expect(page.getByText(/posix\.system\(.*true.*Byte \d+/)).toBeVisible();
  await expect(page.getByRole("row", { name: /posix\.system dangerous/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Audit with this file" })).toBeDisabled();
  await checkPage(page);
  await page.goto("/models");
  await expect(page.getByRole("row", { name: /evil\.pkl.*Cannot be audited/ })).toBeVisible();
  await expect(page.getByRole("link", { name: "loan.json" })).toBeVisible();
});

test("a Git LFS pointer", async ({ page }) => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
  const words = ["This is a Git LFS pointer, not the file itself.", "Run “git lfs pull” where you got it"];
  await refuses(page, "data", text("pointer.csv", pointer), ...words);
  await refuses(page, "models", text("pointer.joblib", pointer), ...words);
  // Packed, it gets past the page and is refused by the server.
  await refuses(page, "data", { name: "pointer.csv.gz", bytes: gzipSync(pointer) }, ...words);
});

test("a PyTorch checkpoint", async ({ page }) => {
  await bring(page, "models", fixture("weights.pt"));
  await expect(page.getByText("This model cannot be audited")).toBeVisible();
  await expect(
    page.getByText(
      "Fine does not read pytorch files. Save the model with scikit-learn, XGBoost, LightGBM, CatBoost or as ONNX.",
    ),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Audit with this file" })).toBeDisabled();
  await checkPage(page);
});

test("a zip bomb", async ({ page }) => {
  const bytes = gzipSync(Buffer.alloc(80 << 20, "0"));
  await refuses(
    page,
    "data",
    { name: "bomb.csv.gz", bytes },
    "The gzip file grows to more than 200 times its size when unpacked. It was not read further.",
    "If you trust it, unpack it and upload the content.",
  );
  await refuses(page, "models", { name: "bomb.pkl", bytes }, "more than 250 times its size", "unpack it");
});

test("a model of another task than the target", async ({ page }) => {
  await bring(page, "models", fixture("debt.json"));
  await choose(page, "loans.csv", "debt.json");
  await chooseTarget(page, "sex");
  await standsInTheWay(
    page,
    "The model answers another question than the target sex asks",
    "Choose the column that the model was trained to predict, or another model.",
  );
});

test("a target with one class", async ({ page }) => {
  await bring(page, "data", text("ones.csv", loans(60).replaceAll(/,0$/gm, ",1")));
  await choose(page, "ones.csv", "loan.json");
  await chooseTarget(page, "approved");
  await standsInTheWay(
    page,
    "The target approved holds the single value 1: there is nothing to tell apart.",
    "Add rows with other values.",
  );
});

test("a file beyond the limit", async ({ page }) => {
  const large = { name: "large.csv", bytes: Buffer.alloc(2_000_001, "a") };
  await refuses(
    page,
    "data",
    large,
    "The file is larger than 2 MB, the most this server takes.",
    "sample of the rows",
  );
  const model = { name: "large.pkl", bytes: Buffer.alloc(1_000_001, "a") };
  await refuses(page, "models", model, "The file is larger than 1 MB", "Choose a smaller one");
});

test("what belongs to another person is not there", async ({ page, browser, server }) => {
  await page.goto("/data");
  await page.getByRole("link", { name: "loans.csv" }).click();
  await expect(page).toHaveURL(/\/data\/.+/);
  const other = await (await browser.newContext({ baseURL: server.url })).newPage();
  await signUp(other);
  await other.goto(page.url());
  await expect(other.getByRole("alert")).toContainText("There is nothing here, or it is not yours.");
  await expect(other.getByText("loans.csv")).toBeHidden();
  await checkPage(other);
  await other.context().close();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "loans.csv" })).toBeVisible();
});

test("an expired token", async ({ page, server }) => {
  await test.step("is renewed, and nothing that was begun is lost", async () => {
    const { access_token: token } = await session(page);
    const expired = server.expired(token);
    const headers = { authorization: `Bearer ${expired}` };
    const direct = await page.request.get("/api/v1/me", { headers });
    expect(await direct.json()).toMatchObject({ status: 401, slug: "token-expired" });
    await page.evaluate((old) => {
      const kept = JSON.parse(localStorage.getItem("fine.session")!) as object;
      localStorage.setItem("fine.session", JSON.stringify({ ...kept, access_token: old }));
    }, expired);
    const refused = page.waitForResponse((answer) => answer.status() === 401);
    await page.goto("/data");
    expect(await (await refused).request().headerValue("authorization")).toBe(headers.authorization);
    await expect(page.getByRole("link", { name: "loans.csv" })).toBeVisible();
    expect((await session(page)).access_token).not.toBe(expired);
  });
  await test.step("leads to the sign-in and back where the session is over", async () => {
    await choose(page, "loans.csv", "loan.json");
    const { access_token: token, user } = await session(page);
    const over = await page.request.post("/auth/v1/logout?scope=global", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(over.status()).toBe(204);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page).toHaveURL(/\/sign-in\?next=.*checks/);
    await checkPage(page);
    await page.getByLabel("Email").fill(user.email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    // The audit that was being set up is still there.
    await expect(page).toHaveURL(/\/audits\/new\/checks$/);
    await expect(page.getByRole("button", { name: "Start the audit" })).toBeEnabled();
  });
});

/** The first event of a live stream and half of the second, as they arrive before a line goes dead. */
async function halfAStream(request: Request): Promise<{ id: string; piece: string }> {
  const answer = await fetch(request.url(), {
    headers: { authorization: (await request.headerValue("authorization"))! },
  });
  let text = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [first, second] = [...text.matchAll(/[^]*?\n\n/g)].map(([block]) => block);
    const id = /^id: ?(\d+)$/m.exec(first ?? "")?.[1];
    if (id && second) return { id, piece: first + second.slice(0, second.length / 2) };
  }
  throw new Error(`the stream ended after ${text}`);
}

test("a broken event stream", async ({ page }) => {
  await has(page, "datasets", text("many.csv", loans(20_000)));
  await choose(page, "many.csv", "loan.json");
  await chooseTarget(page, "approved");
  const asked: (string | undefined)[] = [];
  let last: string | undefined;
  let isDown = false;
  let mend = () => {};
  const mended = new Promise<void>((done) => (mend = done));
  await page.route("**/events", async (route) => {
    asked.push(route.request().headers()["last-event-id"]);
    if (asked.length === 1) {
      const { id, piece } = await halfAStream(route.request());
      last = id;
      isDown = true;
      return route.fulfill({ status: 200, contentType: "text/event-stream", body: piece });
    }
    await mended;
    isDown = false;
    return route.continue();
  });
  await page.route(/\/audit\/full\/[^/]+$/, (route) => (isDown ? route.abort() : route.continue()));
  await page.getByRole("button", { name: "Start the audit" }).click();

  await expect(page.getByText("The live connection is interrupted")).toBeVisible();
  await expect(page.getByText(/^[0-7] of 12 stages/)).toBeVisible();
  await shoot(page, "live-interrupted");
  mend();
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("The live connection is interrupted")).toBeHidden();
  // The second connection asked for what came after the last whole event of the first.
  expect(asked).toEqual([undefined, last]);
});
