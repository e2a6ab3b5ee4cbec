import { createParser, type EventSourceMessage } from "eventsource-parser";

/** Reads server-sent events until `onEvent` says that one was the last, or the stream ends; true for the former. */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: EventSourceMessage) => boolean,
): Promise<boolean> {
  let ended = false;
  const parser = createParser({
    onEvent: (event) => {
      if (onEvent(event)) ended = true;
    },
  });
  const reader = body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader();
  try {
    while (!ended) {
      const { done, value } = await reader.read();
      if (done) break;
      parser.feed(value);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  return ended;
}
