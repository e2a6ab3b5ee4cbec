import type { FileKind } from "@/api/files";

/** What the first bytes of a file say about it. */
export type Sniffed =
  | "parquet"
  | "arrow"
  | "gzip"
  | "zstd"
  | "zip"
  | "pickle"
  | "pdf"
  | "image"
  | "lfs-pointer"
  | "program"
  | "other";

const signatures: [Sniffed, number[]][] = [
  ["parquet", [0x50, 0x41, 0x52, 0x31]],
  ["arrow", [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["image", [0x89, 0x50, 0x4e, 0x47]],
  ["image", [0xff, 0xd8, 0xff]],
  ["image", [0x47, 0x49, 0x46, 0x38]],
  ["program", [0x7f, 0x45, 0x4c, 0x46]],
  ["program", [0x4d, 0x5a, 0x90]],
];

const LFS = "version https://git-lfs.github.com/spec/";

/** Names a file by its first bytes (64 are enough). */
export function sniff(head: Uint8Array): Sniffed {
  for (const [name, magic] of signatures) {
    if (magic.every((byte, i) => head[i] === byte)) return name;
  }
  if (head[0] === 0x80 && head[1] !== undefined && head[1] >= 2 && head[1] <= 5) return "pickle";
  if (new TextDecoder("latin1").decode(head).startsWith(LFS)) return "lfs-pointer";
  return "other";
}

/** Why a file is not even sent. */
export type Refusal =
  | { reason: "empty" }
  | { reason: "too-large"; limit: number }
  | { reason: "lfs-pointer" }
  | { reason: "not-a-table"; found: Sniffed }
  | { reason: "not-a-model"; found: Sniffed };

const neverTable: ReadonlySet<Sniffed> = new Set(["pickle", "pdf", "image", "program"]);
const neverModel: ReadonlySet<Sniffed> = new Set(["parquet", "arrow", "pdf", "image", "program"]);

/** Checks what can be told without the server: size, and first bytes that cannot be right. */
export function refusal(kind: FileKind, bytes: number, limit: number, head: Uint8Array): Refusal | null {
  if (bytes === 0) return { reason: "empty" };
  if (bytes > limit) return { reason: "too-large", limit };
  const found = sniff(head);
  if (found === "lfs-pointer") return { reason: "lfs-pointer" };
  if (kind === "datasets" && neverTable.has(found)) return { reason: "not-a-table", found };
  if (kind === "models" && neverModel.has(found)) return { reason: "not-a-model", found };
  return null;
}
