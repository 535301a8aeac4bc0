// Dialogs: the browser's own, which keeps the focus inside and gives it back.

import { h, morph } from "./dom.js";
import { icon } from "./icons.js";

/** Opens a dialog; `view(close, redraw)` gives its content. Gives what closes it. */
export function openDialog(title, view, { wide = false } = {}) {
  const dialog = h("dialog", { class: wide ? "dialog wide" : "dialog", "aria-label": title });
  const close = () => dialog.close();
  const draw = () => {
    const next = h("div", { class: "dialog-body" }, head(title, close), view(close, draw));
    if (dialog.firstChild) morph(dialog.firstChild, next);
    else dialog.append(next);
  };
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  draw();
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  return close;
}

function head(title, close) {
  return h(
    "header",
    { class: "dialog-head" },
    h("h2", {}, title),
    h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: close }, icon("close")),
  );
}

/** Whether a dialog is open. */
export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;
