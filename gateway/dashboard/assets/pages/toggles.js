// All toggles, and what they move. Those of the file can be changed here; those of an Unleash server there.

import { get, part } from "../api.js";
import { h } from "../dom.js";
import { ago, many } from "../format.js";
import { changeToggle } from "../move.js";
import { badge, button, empty, more, search } from "../parts.js";

/** Rows that are drawn at first, and more each time. */
const ROWS = 100;

export function togglesPage(context) {
  const state = { list: null, text: "", shown: ROWS };
  return {
    title: "Toggles",
    async refresh() {
      state.list = await get("api/toggles");
    },
    view: () => view(state, context),
  };
}

function view(state, context) {
  const { toggles, source, server } = state.list;
  const text = state.text.trim().toLowerCase();
  const found = toggles.filter((one) => `${one.name} ${one.description ?? ""}`.toLowerCase().includes(text));
  const isFile = source === "file";
  return [
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, "Toggles"), h("p", { class: "lead" }, isFile ? `${many(toggles.length, "toggle")} of the features file. Changes are written to it, and its comments stay.` : `${many(toggles.length, "toggle")} of an Unleash server. They are read-only here.`))),
    !isFile && unleash(server),
    toggles.length === 0 && empty("No toggle yet", "A toggle decides which side answers a route, and for whom. Routes name it by serve and compare.", { code: '[toggles."orders.serve"]\ndescription = "the orders service answers"\nenabled = false' }),
    toggles.length > 0 && h("div", { class: "tools" }, search(state.text, "Search toggles", (value) => (Object.assign(state, { text: value, shown: ROWS }), context.redraw()))),
    toggles.length > 0 && (found.length === 0 ? empty("No toggle of that name", `Nothing has “${state.text}” in its name or description.`) : h("ul", { class: "toggles" }, ...found.slice(0, state.shown).map((one) => toggle(one, isFile, context)))),
    more(state.shown, found.length, () => ((state.shown += ROWS), context.redraw()), "toggle"),
  ];
}

function unleash(server) {
  const says = server?.error ? badge("cannot be reached", "bad", "warn") : badge("connected", "good", "check");
  return h(
    "section",
    { class: "card unleash" },
    h("h2", {}, "Unleash"),
    h("p", {}, server?.url && h("code", {}, server.url), " ", says),
    server?.error && h("p", { class: "note" }, `${server.error}. The last known toggles stay in force.`),
    server?.last_success && h("p", { class: "note" }, `last answer ${ago(server.last_success)}`),
  );
}

function toggle(one, isFile, context) {
  const isOn = one.enabled && one.exists;
  return h(
    "li",
    { class: "toggle", key: one.name },
    h(
      "button",
      {
        type: "button",
        class: "switch",
        role: "switch",
        "aria-checked": String(isOn),
        "aria-label": `${one.name}: ${one.value}`,
        disabled: !isFile || !one.exists,
        "data-row": true,
        title: isFile ? undefined : "It is changed in Unleash",
        onclick: () => changeToggle(one.name, { enabled: !isOn }, context.refresh),
      },
      h("span", { class: "thumb" }),
    ),
    h(
      "div",
      { class: "toggle-words" },
      h("strong", {}, one.name),
      h("p", { class: "note" }, one.exists ? (one.description ?? "no description") : "named by a route, and not there: it counts as off"),
      one.routes.length > 0 && h("p", { class: "uses" }, ...one.routes.map((use) => h("a", { class: "use", href: `#/routes/${part(use.route)}` }, h("span", {}, use.role), " ", use.route))),
    ),
    h("div", { class: "toggle-value" }, badge(one.exists ? one.value : "missing", isOn ? "good" : "quiet", isOn ? "check" : "dot"), isFile && one.exists && button("Change", () => changeToggle(one.name, wantedOf(one), context.refresh))),
  );
}

/** What the dialog begins with: as it is, so that nothing changes unasked. */
function wantedOf(one) {
  const percent = /^(\d+) %/.exec(one.value);
  return percent ? { percent: Number(percent[1]) } : { enabled: one.enabled };
}
