// The digest of the platform takes a whole file at once; beyond this it would cost too much memory.
const LARGEST_BYTES = 256_000_000;

/** SHA-256 of a file, or `null` where it cannot be computed cheaply (very large file, no secure context). */
export function sha256(file: File): Promise<string | null> {
  if (file.size > LARGEST_BYTES || !globalThis.isSecureContext || typeof Worker === "undefined") {
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
    const finish = (digest: string | null) => {
      worker.terminate();
      resolve(digest);
    };
    worker.addEventListener("message", (event: MessageEvent<string | null>) => finish(event.data));
    worker.addEventListener("error", () => finish(null));
    worker.postMessage(file);
  });
}
