// Parts that several pages show.

import { announce, h } from "./dom.js";
import { count, duration, many, share } from "./format.js";
import { icon } from "./icons.js";
import { CLASS_WORDS, VERDICTS } from "./report.js";

/** A button with a sign. `kind`: `primary`, `danger`, `plain`. */
export function button(label, onclick, { kind = "plain", sign, key, disabled, title, pressed } = {}) {
  return h(
    "button",
    { type: "button", class: `button ${kind}`, onclick, disabled, title, "aria-pressed": pressed, "aria-keyshortcuts": key },
    sign && icon(sign),
    h("span", {}, label),
    key && h("kbd", { "aria-hidden": "true" }, key),
  );
}

/** A word with a tone and a sign: never colour alone. */
export function badge(label, tone, sign, title) {
  return h("span", { class: `badge ${tone}`, title }, sign && icon(sign), label);
}

/** A verdict in a word. */
export function verdict(report) {
  const words = VERDICTS[report.verdict] ?? VERDICTS.not_enough;
  return badge(words.name, words.tone, words.icon);
}

/** `0.02 %, at most 0.31 %`. */
export function bound(report) {
  if (report.upper === null) return "nothing compared yet";
  return `${share(report.rate)}, at most ${share(report.upper)}`;
}

/** What a class of causes is called, and what it means. */
export function classTag(name) {
  const words = CLASS_WORDS[name] ?? CLASS_WORDS.real;
  const sign = { bad: "differ", warn: "warn", quiet: "dot" }[words.tone];
  return badge(words.name, words.tone, sign, words.means);
}

/** Two numbers of a latency, old beside new. */
export function latencyPair(label, old, fresh) {
  const ratio = old > 0 && fresh > 0 ? fresh / old : null;
  const slower = ratio !== null && ratio > 1.5;
  return h(
    "div",
    { class: "pair" },
    h("span", { class: "pair-label" }, label),
    h("span", { class: "old" }, duration(old ?? NaN)),
    h("span", { class: "arrow", "aria-hidden": "true" }, "→"),
    h("span", { class: "new" }, duration(fresh ?? NaN)),
    slower && h("span", { class: "factor" }, `${ratio.toFixed(1)}×`),
  );
}

/** What is shown where there is nothing, and what to do about it. */
export function empty(title, text, { code, action } = {}) {
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, title),
    ...[].concat(text).map((one) => h("p", {}, one)),
    code && command(code),
    action,
  );
}

/** A command to copy. */
export function command(text) {
  return h(
    "div",
    { class: "command" },
    h("pre", { tabindex: "0" }, h("code", {}, text)),
    h("button", { type: "button", class: "icon-button", title: "Copy", "aria-label": "Copy the command", onclick: (event) => copy(text, event.currentTarget) }, icon("copy")),
  );
}

async function copy(text, from) {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied");
    from.classList.add("done");
    setTimeout(() => from.classList.remove("done"), 1200);
  } catch {
    announce("The browser does not allow copying here: select the text instead");
  }
}

/** What went wrong, in the gateway's words. */
export function trouble(error, again) {
  const places = error.places ?? [];
  return h(
    "div",
    { class: "trouble", role: "alert" },
    icon("warn"),
    h(
      "div",
      {},
      h("p", {}, sentence(error.message)),
      places.length > 0 &&
        h("ul", {}, ...places.map((one) => h("li", {}, one.field && h("code", {}, one.field), one.field && " ", one.detail))),
    ),
    again && button("Try again", again),
  );
}

/** With a capital and a full stop. */
export function sentence(text) {
  const trimmed = String(text).trim();
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

/** Grey lines in the place of what is still on its way. */
export function waiting(lines = 4) {
  return h("div", { class: "waiting", "aria-busy": "true", "aria-label": "Loading" }, ...Array.from({ length: lines }, () => h("div", { class: "line" })));
}

/** A name and its value. */
export function fact(name, value, note) {
  return h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value, note && h("span", { class: "note" }, note)));
}

/** The search field of a page. */
export function search(value, placeholder, oninput) {
  return h(
    "label",
    { class: "search" },
    icon("search"),
    h("span", { class: "unseen" }, placeholder),
    h("input", {
      type: "search",
      "data-search": true,
      value,
      placeholder,
      autocomplete: "off",
      spellcheck: "false",
      oninput: (event) => oninput(event.target.value),
    }),
    h("kbd", { "aria-hidden": "true" }, "/"),
  );
}

/** Says how many of how many are shown, and shows more. */
export function more(shown, all, onmore, one, rest) {
  if (shown >= all) return null;
  return h(
    "div",
    { class: "more" },
    h("span", {}, `${count(shown)} of ${many(all, one, rest)}`),
    button("Show more", onmore),
  );
}

/** How much of something is used, as a bar with its words beside it. */
export function meter(value, max, label) {
  const part = max > 0 ? Math.min(1, value / max) : 0;
  return h(
    "div",
    { class: "meter", role: "meter", "aria-valuenow": value, "aria-valuemin": 0, "aria-valuemax": max, "aria-label": label },
    h("div", { class: part > 0.9 ? "fill high" : "fill", vars: { "--part": String(part) } }),
  );
}
