/** Computes the SHA-256 of a file off the main thread; answers with lower-case hex, or `null` when it cannot. */
addEventListener("message", async (event: MessageEvent<File>) => {
  try {
    const digest = await crypto.subtle.digest("SHA-256", await event.data.arrayBuffer());
    postMessage([...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join(""));
  } catch {
    postMessage(null);
  }
});
