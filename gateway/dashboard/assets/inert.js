// Text of strangers, made visible and harmless: it becomes text nodes only, and characters that act (terminal codes,
// direction overrides, zero widths) are shown by name.

/** C0 and C1 controls but for tab and line feed, direction marks and overrides, zero widths, the byte order mark. */
// eslint-disable-next-line no-control-regex
const ACTING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with what acts shown: ESC as ␛, U+202E as ‹U+202E›. */
export function inert(text) {
  return String(text).replace(ACTING, (character) => {
    const code = character.codePointAt(0);
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}
