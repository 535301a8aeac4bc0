// Entries of the audit log: who changed what, from what to what, and what came of it.

import { h } from "./dom.js";
import { ago, moment } from "./format.js";
import { inert } from "./inert.js";
import { badge } from "./parts.js";

const OUTCOMES = {
  made: ["made", "good", "check"],
  begun: ["begun", "quiet", "wait"],
  refused: ["refused", "warn", "close"],
  failed: ["failed", "bad", "warn"],
};

/** What the actions are called; others are shown as they are. */
const ACTIONS = {
  "breaker.force": "forced the breaker of",
  "instance.register": "registered",
  "instance.leave": "took out",
  "features.reload": "reloaded",
  "toggle.edit": "changed",
  "rule.add": "added a rule to",
  "promotion.step": "moved the promotion of",
};

const BY = { token: "with the token", loopback: "over loopback", file: "by editing the file", command: "at the terminal", promotion: "by itself, by what it saw" };

/** The entries as a list. */
export function entries(all) {
  return h("ol", { class: "entries" }, ...all.map(entryRow));
}

function entryRow(entry) {
  const [word, tone, sign] = OUTCOMES[entry.outcome] ?? [entry.outcome, "quiet", "dot"];
  return h(
    "li",
    { class: "entry", key: entry.id },
    h("time", { datetime: entry.at, title: moment(entry.at) }, ago(entry.at)),
    h(
      "div",
      { class: "entry-words" },
      h("p", { "data-row": true, tabindex: "-1" }, h("strong", {}, inert(entry.who.user ?? (entry.who.by === "promotion" ? "the gateway" : "somebody"))), ` ${ACTIONS[entry.action] ?? entry.action} `, h("strong", {}, inert(entry.subject))),
      h("p", { class: "note" }, [BY[entry.who.by] ?? entry.who.by, entry.who.remote && `from ${inert(entry.who.remote)}`, entry.who.user && "(name as the caller gave it)"].filter(Boolean).join(" ")),
      entry.reason && h("p", { class: "reason" }, inert(entry.reason)),
      changes(entry),
    ),
    badge(word, tone, sign),
  );
}

/** `{ force: "open" }` as `force: open`; what is nested, as JSON. */
function flat(value) {
  const isFlat = !Array.isArray(value) && Object.values(value).every((one) => one === null || typeof one !== "object");
  return isFlat ? Object.entries(value).map(([key, one]) => `${key}: ${one}`).join(", ") : JSON.stringify(value, null, 1);
}

function changes(entry) {
  const { before = null, after = null } = entry;
  if (before === null && after === null) return null;
  const text = (value) => (value === null ? "nothing" : inert(typeof value === "string" ? value : flat(value)));
  const isShort = text(before).length + text(after).length < 90;
  const both = h("div", { class: "values" }, h("code", {}, text(before)), h("span", { class: "arrow", "aria-label": "became" }, "→"), h("code", {}, text(after)));
  return isShort ? both : h("details", {}, h("summary", {}, "Before and after"), both);
}
