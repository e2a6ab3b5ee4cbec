import { describe, expect, it } from "vitest";

import type { Dataset } from "@/api/types";

import { refusal, sniff } from "./sniff";
import { idle, passedQuarter, type UploadEvent, uploadReducer, type UploadState } from "./upload";

const file = { name: "a.csv", size: 1000 };
const saved = { id: "1", filename: "a.csv" } as Dataset;
const run = (...events: UploadEvent[]): UploadState => events.reduce(uploadReducer, idle);

describe("an upload", () => {
  it("goes from choice to ready", () => {
    const start: UploadEvent[] = [
      { type: "chosen", file },
      { type: "started", now: 0 },
    ];
    expect(run(...start)).toMatchObject({ phase: "uploading", sent: 0, rate: null });
    expect(run(...start, { type: "sent", bytes: 500, now: 2000 })).toMatchObject({ sent: 500, rate: 250 });
    expect(run(...start, { type: "sent", bytes: 1000, now: 2000 })).toEqual({ phase: "verifying", file });
    expect(run(...start, { type: "sent", bytes: 1000, now: 9 }, { type: "saved", saved })).toEqual({
      phase: "ready",
      file,
      saved,
    });
  });

  it("never counts backwards and never past the end", () => {
    const state = run(
      { type: "chosen", file },
      { type: "started", now: 0 },
      { type: "sent", bytes: 600, now: 10 },
      { type: "sent", bytes: 400, now: 20 },
    );
    expect(state).toMatchObject({ phase: "uploading", sent: 600 });
  });

  it("takes no second file while one is under way", () => {
    const state = run(
      { type: "chosen", file },
      { type: "started", now: 0 },
      { type: "chosen", file: { name: "b", size: 1 } },
    );
    expect(state).toMatchObject({ phase: "uploading", file });
  });

  it("can be tried again after a failure, and forgets everything on reset", () => {
    const failed: UploadEvent[] = [
      { type: "chosen", file },
      { type: "started", now: 0 },
      { type: "failed", error: new Error("cut") },
    ];
    expect(run(...failed)).toMatchObject({ phase: "failed" });
    expect(run(...failed, { type: "started", now: 5 })).toMatchObject({ phase: "uploading", sent: 0 });
    expect(run(...failed, { type: "reset" })).toEqual(idle);
  });

  it("offers the file that is there already", () => {
    const known = run(
      { type: "chosen", file },
      { type: "known", existing: { id: "9", filename: "old.csv" } },
    );
    expect(known).toMatchObject({ phase: "duplicate", existing: { id: "9" } });
    expect(uploadReducer(known, { type: "started", now: 0 })).toMatchObject({ phase: "uploading" });
  });

  it("reads out each quarter once", () => {
    expect(passedQuarter(0.1, 0.26)).toBe(1);
    expect(passedQuarter(0.26, 0.3)).toBeNull();
    expect(passedQuarter(0.7, 1)).toBeNull();
  });
});

describe("the first bytes", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const text = (value: string) => new TextEncoder().encode(value);

  it("tell what a file is", () => {
    expect(sniff(text("PAR1...."))).toBe("parquet");
    expect(sniff(bytes(0x80, 4, 0x95))).toBe("pickle");
    expect(sniff(text("version https://git-lfs.github.com/spec/v1\noid"))).toBe("lfs-pointer");
    expect(sniff(text("age,sex\n1,2"))).toBe("other");
    expect(sniff(bytes())).toBe("other");
  });

  it("refuse what cannot be right and leave the rest to the server", () => {
    expect(refusal("datasets", 0, 10, bytes())).toEqual({ reason: "empty" });
    expect(refusal("datasets", 11, 10, text("a"))).toEqual({ reason: "too-large", limit: 10 });
    expect(refusal("datasets", 5, 10, bytes(0x80, 4))).toEqual({ reason: "not-a-table", found: "pickle" });
    expect(refusal("models", 5, 10, text("PAR1"))).toEqual({ reason: "not-a-model", found: "parquet" });
    expect(refusal("models", 5, 10, text("version https://git-lfs.github.com/spec/v1"))).toEqual({
      reason: "lfs-pointer",
    });
    expect(refusal("models", 5, 10, bytes(0x80, 4))).toBeNull();
    expect(refusal("datasets", 5, 10, text("a,b"))).toBeNull();
    expect(refusal("models", 5, 10, bytes(0x50, 0x4b, 3, 4))).toBeNull();
  });
});
