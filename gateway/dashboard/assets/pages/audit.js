// Who changed what: the newest first, a page at a time.

import { get, part } from "../api.js";
import { h } from "../dom.js";
import { entries } from "../entries.js";
import { inert } from "../inert.js";
import { badge, button, empty, search } from "../parts.js";

/** Entries of a page. */
const PAGE = 50;
/** Most entries that are kept in the page. */
const KEPT_MAX = 2_000;

export function auditPage(context) {
  const state = { entries: [], next: null, log: null, text: "", busy: false };
  return {
    title: "Audit",
    every: 5_000,
    async refresh() {
      const answer = await get(`api/audit?limit=${PAGE}`);
      const known = new Set(answer.entries.map((entry) => entry.id));
      const older = state.entries.filter((entry) => !known.has(entry.id));
      if (older.length === 0) state.next = answer.next ?? null;
      state.entries = answer.entries.concat(older).slice(0, KEPT_MAX);
      state.log = answer.log;
    },
    view: () => view(state, context),
  };
}

async function older(state, context) {
  if (state.busy || state.next === null) return;
  state.busy = true;
  try {
    const answer = await get(`api/audit?limit=${PAGE}&cursor=${part(state.next)}`);
    state.entries = state.entries.concat(answer.entries);
    state.next = state.entries.length < KEPT_MAX ? (answer.next ?? null) : null;
  } catch {
    // The entry that the page began after is gone: what is older is in the file only.
    state.next = null;
  }
  state.busy = false;
  context.redraw();
}

function view(state, context) {
  const text = state.text.trim().toLowerCase();
  const found = state.entries.filter((entry) => `${entry.action} ${entry.subject} ${entry.who.user ?? ""} ${entry.who.remote ?? ""} ${entry.reason ?? ""}`.toLowerCase().includes(text));
  return [
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, "Audit"), h("p", { class: "lead" }, state.log?.file ? ["Every change, and who made it. The file ", h("code", {}, state.log.file), " has more than is shown here."] : "Every change, and who made it."))),
    state.log?.error && h("div", { class: "trouble", role: "alert" }, badge("The log cannot be written", "bad", "warn"), h("p", {}, inert(state.log.error))),
    h("div", { class: "tools" }, search(state.text, "Search changes", (value) => ((state.text = value), context.redraw()))),
    found.length === 0
      ? empty(state.entries.length === 0 ? "Nothing has been changed yet" : "No such change", state.entries.length === 0 ? "Changes of toggles, rules, breakers, instances and promotions show here, with who made them and what was before." : `Nothing has “${state.text}” in it.`)
      : entries(found),
    state.next !== null && h("div", { class: "more" }, button("Show older", () => older(state, context))),
  ];
}
