// A change of the features file: shown as a difference first, made when it is confirmed, and only to the file that was
// shown. The gateway says 409 when the file has changed meanwhile.

import { post } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { button, trouble, waiting } from "./parts.js";

/**
 * Opens the dialog. `body()` gives what is sent, or `null` while the fields say nothing that could be sent; `fields(update)`
 * draws them; `made()` is called once the file is written. `prepare()` may ask for what the fields are to begin with.
 */
export function proposeChange({ title, intro, path, body, fields, confirm = "Write to the file", made, prepare }) {
  const state = { preview: null, error: null, asking: true, writing: false, sent: 0 };
  let draw = () => {};

  const look = async () => {
    const wanted = body();
    const number = ++state.sent;
    Object.assign(state, { error: null, asking: wanted !== null });
    if (wanted === null) state.preview = null;
    draw();
    if (wanted === null) return;
    try {
      const preview = await post(path, { ...wanted, preview: true });
      if (number === state.sent) state.preview = preview;
    } catch (error) {
      if (number === state.sent) Object.assign(state, { error, preview: null });
    }
    if (number === state.sent) state.asking = false;
    draw();
  };

  const write = async (close) => {
    Object.assign(state, { writing: true, error: null });
    draw();
    try {
      await post(path, { ...body(), preview: false, version: state.preview.version });
      announce("The change is in force");
      close();
      made?.();
    } catch (error) {
      Object.assign(state, { error, writing: false });
      if (error.status === 409) state.preview = null;
      draw();
    }
  };

  const close = openDialog(
    title,
    (close, redraw) => {
      draw = redraw;
      const isReady = state.preview !== null && !state.asking && !state.writing && hasChange(state.preview);
      return h(
        "div",
        { class: "change" },
        intro && h("p", { class: "intro" }, intro),
        fields?.(look),
        state.error && trouble(state.error, look),
        shown(state),
        h(
          "footer",
          { class: "dialog-foot" },
          h("span", { class: "note" }, "It is written to the audit log."),
          button("Cancel", close),
          button(state.writing ? "Writing…" : confirm, () => write(close), { kind: "primary", disabled: !isReady }),
        ),
      );
    },
    { wide: true },
  );
  // What could not be had is typed by hand.
  Promise.resolve(prepare?.()).catch(() => {}).then(look);
  return close;
}

const hasChange = (preview) => preview.diff.some((line) => line.kind !== "same");

function shown(state) {
  if (state.preview === null) return state.asking ? waiting(3) : null;
  if (!hasChange(state.preview)) return h("p", { class: "note" }, "The file already says so.");
  return diff(state.preview.file, state.preview.diff);
}

const SIGNS = { same: " ", added: "+", removed: "−" };
const SAID = { same: "", added: "added: ", removed: "removed: " };

/** A difference of a file, line by line. */
export function diff(file, lines) {
  return h(
    "figure",
    { class: "diff" },
    h("figcaption", {}, file),
    h(
      "div",
      { class: "diff-lines", tabindex: "0", role: "region", "aria-label": `Change of ${file}` },
      ...lines.map((line) =>
        h(
          "div",
          { class: `diff-line ${line.kind}` },
          h("span", { class: "number", "aria-hidden": "true" }, String(line.new ?? line.old ?? "")),
          h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[line.kind]),
          h("code", {}, h("span", { class: "unseen" }, SAID[line.kind]), line.text === "" ? " " : line.text),
        ),
      ),
    ),
  );
}
