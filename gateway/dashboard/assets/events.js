// Server-sent events by fetch, so that the token can be shown: `EventSource` sends no header.
// Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

import { open } from "./api.js";

/** Longest line or event that is kept, characters; a stream that sends more is given up. */
const EVENT_MAX_CHARS = 8 * 1024 * 1024;

/** Reads the stream at `path` until it ends, fails, or `signal` says so; `onEvent(name, data)` for each event. */
export async function events(path, signal, { onOpen, onEvent }) {
  const response = await open("GET", path, { signal, accept: "text/event-stream" });
  onOpen();
  const parse = parser(onEvent);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    parse(value);
  }
}

/** Takes pieces of a stream, and tells each event that is whole. */
export function parser(onEvent) {
  let rest = "";
  let name = "message";
  let data = [];
  const line = (text) => {
    if (text === "") {
      if (data.length > 0) onEvent(name, data.join("\n"));
      name = "message";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  };
  return (piece) => {
    rest += piece;
    if (rest.length > EVENT_MAX_CHARS) throw new Error("an event is too long");
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(line);
  };
}
