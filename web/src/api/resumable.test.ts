import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { mayPass } from "./resumable";

const at = vi.hoisted(() => ({ base: "" }));
vi.mock("./session", () => ({
  get apiBase() {
    return at.base;
  },
  currentSession: async () => ({ access_token: "t0" }),
  refreshToken: async () => "t1",
  forgetSession: async () => undefined,
}));

/** A server of the protocol that cuts the first connection that brings bytes, in their middle. */
let server: Server;
let taken: Buffer[];
let seen: string[];

const length = () => taken.reduce((sum, piece) => sum + piece.length, 0);

async function body(request: IncomingMessage, most = Infinity): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(pieces);
}

beforeEach(async () => {
  [taken, seen] = [[], []];
  let cut = false;
  server = createServer((request, answer) => {
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*, authorization",
      "access-control-allow-methods": "*",
      "access-control-expose-headers": "*",
      "tus-resumable": "1.0.0",
    };
    if (request.method === "OPTIONS") return void answer.writeHead(204, headers).end();
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (request.url === "/api/v1/uploads") {
      return void answer.writeHead(201, { ...headers, location: "/api/v1/uploads/u1" }).end();
    }
    if (request.method === "HEAD") {
      return void answer
        .writeHead(200, { ...headers, "upload-offset": length(), "upload-length": 3 * 2 ** 20 })
        .end();
    }
    if (request.method === "PATCH" && !cut) {
      cut = true;
      const { socket } = request;
      return void body(request, 2 ** 20).then((piece) => {
        taken.push(piece);
        socket.destroy();
      });
    }
    if (request.method === "PATCH") {
      return void body(request).then((piece) => {
        taken.push(piece);
        answer.writeHead(204, { ...headers, "upload-offset": length() }).end();
      });
    }
    answer.writeHead(201, { ...headers, "content-type": "application/json" }).end('{"id": "u1"}');
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  at.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => server.close());

it("goes on where the connection was lost, and completes the upload", async () => {
  const { sendInPieces } = await import("./resumable");
  const bytes = new Uint8Array(3 * 2 ** 20).map((_, i) => i % 251);
  const file = new File([bytes], "a.csv");
  const sent: number[] = [];
  const saved = await sendInPieces("datasets", file, (n) => sent.push(n), new AbortController().signal);
  expect(saved).toEqual({ id: "u1" });
  expect(Buffer.concat(taken).equals(Buffer.from(bytes))).toBe(true);
  expect(sent.at(-1)).toBe(file.size);
  expect(seen.map((line) => line.split(" ")[0])).toEqual(["POST", "PATCH", "HEAD", "PATCH", "POST"]);
  expect(seen.every((line) => line.endsWith("Bearer t0"))).toBe(true);
});

it("tries again what may pass, and nothing that the file is to blame for", () => {
  expect([0, 401, 409, 423, 429, 500, 503].every(mayPass)).toBe(true);
  expect([400, 404, 413, 415, 422, 507].some(mayPass)).toBe(false);
});
