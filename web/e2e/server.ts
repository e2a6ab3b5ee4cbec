import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const exe = process.platform === "win32" ? "fine.exe" : "fine";

export interface FineServer {
  url: string;
  /** Mails that the server would have sent, oldest first. */
  mails: () => string[];
  /** The same access token as it would be three hours later, signed by the server's own key. */
  expired: (token: string) => string;
  stop: () => Promise<void>;
}

/** The files of the examples folder. */
export const example = (name: string) => join(root, "examples", name);

/** The small model files of the server's own tests. */
export const serverFixture = (name: string) => join(root, "crates/server/tests/data", name);

/** A file of a golden case. */
export const golden = (folder: string, name: string) => join(root, "golden", folder, name);

/** Starts the real binary on a free port with an empty data folder. */
export async function startServer(extra: string[] = []): Promise<FineServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "fine-e2e-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(binary(), ["serve", "--data-dir", dataDir, "--port", String(port), ...extra], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FINE_RATE_PER_SECOND: "500", FINE_RATE_BURST: "5000" },
  });
  const log: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  try {
    await ready(url, child);
  } catch (error) {
    child.kill();
    throw new Error(`the server did not start: ${String(error)}\n${log.join("").slice(-4000)}`, {
      cause: error,
    });
  }
  return {
    url,
    mails: () => readMails(join(dataDir, "outbox")),
    expired: (token) => expired(token, join(dataDir, "keys", "jwt-es256.pem")),
    stop: () => stop(child, dataDir),
  };
}

function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const built = [process.env.FINE_BIN, join(target, "release", exe), join(target, "debug", exe)]
    .filter((path): path is string => Boolean(path) && existsSync(path!))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const [newest] = process.env.FINE_BIN ? [process.env.FINE_BIN] : built;
  if (!newest) throw new Error("no fine binary: run `cargo build -p fine-server` first");
  return newest;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? done(address.port) : fail(new Error("no port")),
      );
    });
  });
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error("it was not ready after a minute");
}

function readMails(outbox: string): string[] {
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .toSorted()
    .map((name) => readFileSync(join(outbox, name), "utf8"));
}

function expired(token: string, keyFile: string): string {
  const [head, payload] = token.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp: number };
  const body = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp - 3 * 3600 })).toString("base64url");
  const key = createPrivateKey(readFileSync(keyFile, "utf8"));
  const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" });
  return `${head}.${body}.${signature.toString("base64url")}`;
}

async function stop(child: ChildProcess, dataDir: string): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill();
  await Promise.race([ended, new Promise((done) => setTimeout(done, 15_000))]);
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
