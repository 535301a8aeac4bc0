// The token of the admin side is asked for: where one is set, nothing is told without it.

import { h } from "../dom.js";
import { trouble } from "../parts.js";

let error = null;
let isTrying = false;

/** The form; `signIn(token)` fails with the gateway's answer. */
export function loginView(signIn) {
  const submit = async (event) => {
    event.preventDefault();
    if (isTrying) return;
    isTrying = true;
    error = null;
    const form = event.target;
    const submitted = form.elements.token.value.trim();
    try {
      await signIn(submitted);
    } catch (failed) {
      error = failed.status === 401 ? { message: "the gateway does not know this token" } : failed;
      form.querySelector(".login-trouble").replaceChildren(trouble(error));
      form.elements.token.select();
    } finally {
      isTrying = false;
    }
  };
  return h(
    "main",
    { class: "lone", id: "main" },
    h("span", { class: "mark large", "aria-hidden": "true" }),
    h("h1", {}, "Banyan"),
    h("p", {}, "This gateway asks for the token of its admin side: ", h("code", {}, "admin.token"), " of its settings."),
    h(
      "form",
      { class: "login", onsubmit: submit },
      h("label", { for: "token" }, "Token"),
      h("input", { id: "token", name: "token", type: "password", autocomplete: "current-password", required: true, spellcheck: "false", autofocus: true }),
      h("div", { class: "login-trouble" }),
      h("button", { type: "submit", class: "button primary" }, h("span", {}, "Sign in")),
      h("p", { class: "note" }, "It is kept in this tab until it is closed, and sent to this gateway only."),
    ),
  );
}
