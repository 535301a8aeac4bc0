// "Explain this": a rule for what is meant to differ, shown as a change of the features file before it is made.

import { get, part } from "./api.js";
import { proposeChange } from "./change.js";
import { h } from "./dom.js";

/** The rules, and what each asks for beside a path. */
const RULES = [
  { id: "ignore", name: "Ignore", means: "Whatever is there is not compared." },
  { id: "generated", name: "Generated", means: "Each side makes up its own value, as for ids and timestamps: the same type is enough." },
  { id: "unordered", name: "Unordered", means: "An array whose order says nothing.", field: { id: "key", label: "Match elements by member", hint: "id", text: true } },
  {
    id: "tolerance",
    name: "Tolerance",
    means: "Values may be apart a little.",
    choose: [
      { id: "absolute", label: "by at most" },
      { id: "relative", label: "by a share of" },
      { id: "time_ms", label: "in time, ms" },
    ],
  },
];

/** Samples in which codes are looked for. */
const SAMPLES = 10;

/** The status as a whole takes no other rules. */
const STATUS_RULES = [
  { id: "statuses", name: "Equivalent", means: "These codes mean the same here. Others still count.", field: { id: "codes", label: "Codes", hint: "200, 204" } },
  { id: "ignore", name: "Ignore", means: "Whatever the status is, it is not compared." },
];

const isStatus = (cause) => cause.path === "status";

/** Opens the dialog for a cause of a route. */
export function explain(route, cause, made) {
  const seen = codesOf(cause);
  const state = { rules: isStatus(cause) ? STATUS_RULES : RULES, rule: guess(cause), path: pathOf(cause), key: "", seen, codes: seen[0] ?? "", by: "relative", amount: "0.01" };
  proposeChange({
    title: "Explain this difference",
    intro: `A rule of ${route}. From then on it does not count against the route, and shows as “explained”.`,
    path: `api/routes/${part(route)}/rules`,
    confirm: "Add the rule",
    made,
    prepare: async () => {
      if (!isStatus(cause) || seen.length > 0) return;
      state.seen = await codesSeen(route, cause);
      state.codes ||= state.seen[0] ?? "";
    },
    fields: (update) => fields(state, update),
    body: () => body(state),
  });
}

/** What it most likely is: ids and moments are made up by each side. */
function guess(cause) {
  if (isStatus(cause)) return "statuses";
  if (cause.kind === "order") return "unordered";
  return /(^|[._-])(id|uuid|token|etag|.*_at|.*At|time|timestamp|date|created|updated)$/.test(cause.path) ? "generated" : "ignore";
}

/** The codes that were seen beside each other, the latest first. */
function codesOf(cause) {
  return [...new Set(cause.samples.map((sample) => `${sample.old.status}, ${sample.new.status}`))];
}

/** The same for a cause that came without samples, as they do live. */
async function codesSeen(route, cause) {
  const { routes } = await get(`api/report?route=${part(route)}&samples=${SAMPLES}`);
  const causes = routes.flatMap((one) => one.causes).filter((one) => one.path === cause.path && one.kind === cause.kind);
  return codesOf({ samples: causes.flatMap((one) => one.samples) });
}

/** The place of an order is the array itself. */
function pathOf(cause) {
  return cause.kind === "order" ? cause.path.replace(/\[\*\]$/, "") : cause.path;
}

function body(state) {
  const path = state.path.trim();
  if (path === "") return null;
  const wanted = { rule: state.rule, path };
  if (state.rule === "statuses") {
    const codes = state.codes.split(/[\s,]+/).filter(Boolean).map(Number);
    if (codes.length < 2 || !codes.every(Number.isInteger)) return null;
    wanted.statuses = codes;
  }
  if (state.rule === "unordered" && state.key.trim() !== "") wanted.key = state.key.trim();
  if (state.rule === "tolerance") {
    const amount = Number(state.amount);
    if (state.amount.trim() === "" || !Number.isFinite(amount) || amount < 0) return null;
    wanted[state.by] = amount;
  }
  return wanted;
}

function fields(state, update) {
  const rule = state.rules.find((one) => one.id === state.rule);
  const set = (name) => (event) => {
    state[name] = event.target.value;
    update();
  };
  return h(
    "div",
    { class: "fields-form" },
    h(
      "fieldset",
      { class: "choices" },
      h("legend", {}, "What is it?"),
      ...state.rules.map((one) =>
        h(
          "label",
          { class: "choice" },
          h("input", { type: "radio", name: "rule", value: one.id, checked: one.id === state.rule, onchange: set("rule"), autofocus: one.id === state.rule }),
          h("span", {}, h("strong", {}, one.name), h("span", { class: "note" }, one.means)),
        ),
      ),
    ),
    h("label", { class: "field" }, h("span", {}, "Where"), h("input", { name: "path", value: state.path, readonly: state.rules === STATUS_RULES, onchange: set("path"), spellcheck: "false", autocomplete: "off" })),
    rule.field && h("label", { class: "field" }, h("span", {}, rule.field.label), h("input", { name: rule.field.id, value: state[rule.field.id], placeholder: rule.field.hint, list: rule.field.id === "codes" && "codes-seen", onchange: set(rule.field.id), spellcheck: "false", autocomplete: "off" })),
    rule.field?.id === "codes" && h("datalist", { id: "codes-seen" }, ...state.seen.map((codes) => h("option", { value: codes }))),
    rule.choose &&
      h(
        "div",
        { class: "field" },
        h("span", {}, "How far"),
        h(
          "div",
          { class: "joined" },
          h("select", { name: "by", "aria-label": "Kind of tolerance", onchange: set("by") }, ...rule.choose.map((one) => h("option", { value: one.id, selected: one.id === state.by }, one.label))),
          h("input", { name: "amount", value: state.amount, inputmode: "decimal", "aria-label": "How far", onchange: set("amount") }),
        ),
      ),
  );
}
