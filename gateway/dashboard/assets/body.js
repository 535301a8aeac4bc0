// A body as lines that know their place: JSON is laid out without being interpreted, so that numbers, order and repeated
// names stay as the side wrote them.

/** Longest body that is laid out, characters; what is longer is shown as it came. */
const LAID_OUT_MAX = 1024 * 1024;
const DEPTH_MAX = 200;

/** `[{ depth, text, place }]`. `place` is a JSONPath such as `$.messages[3].html`, or `null` for what is no JSON. */
export function linesOf(text) {
  if (text.length <= LAID_OUT_MAX && /^\s*[[{]/.test(text)) {
    try {
      return layOut(text);
    } catch {
      // No JSON, or cut short: as it came.
    }
  }
  return text.split("\n").map((line) => ({ depth: 0, text: line, place: null }));
}

function layOut(text) {
  const lines = [];
  let at = 0;
  const space = () => {
    while (at < text.length && " \t\r\n".includes(text[at])) at += 1;
  };
  const scalar = () => {
    const match = /"(?:[^"\\]|\\[\s\S])*"|[^\s,\]}"[{:]+/y;
    match.lastIndex = at;
    const found = match.exec(text);
    if (!found) throw new Error("no value");
    at = match.lastIndex;
    return found[0];
  };
  const value = (depth, before, place) => {
    space();
    const open = text[at];
    if (open !== "{" && open !== "[") {
      lines.push({ depth, text: before + scalar(), place });
      return;
    }
    if (depth > DEPTH_MAX) throw new Error("too deep");
    const close = open === "{" ? "}" : "]";
    at += 1;
    space();
    if (text[at] === close) {
      at += 1;
      lines.push({ depth, text: `${before}${open}${close}`, place });
      return;
    }
    lines.push({ depth, text: before + open, place });
    for (let index = 0; ; index += 1) {
      space();
      if (open === "{") {
        const name = scalar();
        if (name[0] !== '"') throw new Error("no name");
        space();
        if (text[at] !== ":") throw new Error("no colon");
        at += 1;
        value(depth + 1, `${name}: `, place + step(JSON.parse(name)));
      } else {
        value(depth + 1, "", `${place}[${index}]`);
      }
      space();
      if (text[at] === ",") {
        at += 1;
        lines.at(-1).text += ",";
        continue;
      }
      if (text[at] !== close) throw new Error("no end");
      at += 1;
      lines.push({ depth, text: close, place });
      return;
    }
  };
  value(0, "", "$");
  space();
  if (at < text.length) throw new Error("more behind it");
  return lines;
}

/** A step of a JSONPath as the gateway writes it (RFC 9535). */
function step(name) {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `.${name}`;
  const escapes = { "'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  // eslint-disable-next-line no-control-regex
  return `['${name.replace(/['\\\u0000-\u001f\u007f-\u009f]/g, (c) => escapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}']`;
}
