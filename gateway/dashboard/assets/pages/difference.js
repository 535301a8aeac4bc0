// One cause of a route: samples of both answers side by side, and the way to say that it may be so.

import { get, part } from "../api.js";
import { sideBySide } from "../beside.js";
import { h } from "../dom.js";
import { explain } from "../explain.js";
import { ago, bytes, count, many, moment, share } from "../format.js";
import { inert } from "../inert.js";
import { badge, button, classTag, command, empty } from "../parts.js";
import { CLASS_WORDS, KIND_WORDS, reportOf } from "../report.js";

/** Samples of each cause that are asked for. */
const SAMPLES = 10;

export function differencePage(context, name, path, kind) {
  const state = { name, path, kind, report: null, cause: null, at: 0, open: new Set() };
  const page = {
    title: `${path} · ${name}`,
    every: 5_000,
    async refresh() {
      const answer = await get(`api/report?route=${part(name)}&samples=${SAMPLES}`);
      const raw = (answer.routes ?? []).find((one) => one.route === name);
      state.report = raw ? reportOf(raw) : null;
      state.cause = causeOf(state);
    },
    view: () => view(state, context),
    keys: {
      n: () => go(state, 1, context),
      p: () => go(state, -1, context),
      e: () => state.cause && explain(name, state.cause, context.refresh),
    },
  };
  return page;
}

/** The cause in its heaviest class: what is explained comes last. */
function causeOf({ report, path, kind }) {
  return report?.causes.find((one) => one.path === path && one.kind === kind) ?? null;
}

function go(state, by, context) {
  const samples = state.cause?.samples.length ?? 0;
  state.at = Math.min(Math.max(0, samples - 1), Math.max(0, state.at + by));
  state.open.clear();
  context.redraw();
}

function view(state, context) {
  const { name, path, kind, cause, report } = state;
  const back = h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("a", { href: "#/routes" }, "Routes"), " / ", h("a", { href: `#/routes/${part(name)}` }, name));
  if (cause === null) {
    const gone = `Nothing is known of ${inert(path)} any more: it has not been seen lately, or a rule explains it since.`;
    return [back, h("h1", { class: "place" }, inert(path)), empty("This difference is gone", gone, { action: h("a", { class: "button plain", href: `#/routes/${part(name)}` }, "To the route") })];
  }
  const sample = cause.samples[state.at];
  return [
    back,
    h(
      "header",
      { class: "page-head" },
      h("div", {}, h("h1", { class: "place" }, inert(path)), h("p", { class: "lead" }, classTag(cause.class), ` ${KIND_WORDS[kind] ?? kind} · in ${count(cause.count)} of ${many(report.compared, "request")} (${share(cause.count / Math.max(1, report.compared))})`)),
      h("div", { class: "buttons" }, cause.class !== "explained" && button("Explain this", () => explain(name, cause, context.refresh), { kind: "primary", key: "e" })),
    ),
    h("p", { class: "means" }, CLASS_WORDS[cause.class].means, cause.why && h("span", { class: "note" }, inert(` Here: ${cause.why}.`))),
    sample ? shown(state, sample, context) : empty("No sample is kept", "Samples are bounded in number and size, and kept for a set time. The next request that differs here leaves one."),
  ];
}

function shown(state, sample, context) {
  const fold = {
    isOpen: (id) => state.open.has(id),
    onOpen: (id) => (state.open.add(id), context.redraw()),
  };
  return h(
    "section",
    { class: "sample", key: `${sample.request_id}-${state.at}` },
    chooser(state, sample, context),
    request(sample),
    answers(sample),
    sideBySide(sample.old.body?.text ?? "", sample.new.body?.text ?? "", sample.differences ?? [], fold),
    cutNote(sample),
    found(sample),
    again(sample),
  );
}

function chooser(state, sample, context) {
  const all = state.cause.samples.length;
  return h(
    "div",
    { class: "chooser" },
    h("p", {}, h("strong", {}, `Sample ${state.at + 1} of ${all}`), sample.at_ms && h("time", { datetime: new Date(sample.at_ms).toISOString(), title: moment(sample.at_ms) }, ` · ${ago(sample.at_ms)}`)),
    all > 1 && h("div", { class: "buttons" }, button("Before", () => go(state, -1, context), { sign: "left", key: "p", disabled: state.at === 0 }), button("Next", () => go(state, 1, context), { sign: "right", key: "n", disabled: state.at === all - 1 })),
  );
}

function request(sample) {
  return h(
    "details",
    { class: "request" },
    h("summary", {}, h("span", { class: "method" }, inert(sample.method ?? "")), " ", h("code", {}, inert(sample.target ?? ""))),
    h("dl", { class: "fields" }, ...(sample.headers ?? []).map(([field, value]) => h("div", {}, h("dt", {}, inert(field)), h("dd", {}, inert(value))))),
    sample.body?.text && h("pre", { class: "code", tabindex: "0" }, h("code", {}, inert(sample.body.text))),
    sample.request_id && h("p", { class: "note" }, "request id ", h("code", {}, inert(sample.request_id))),
  );
}

/** Status and headers of both; those that differ are marked. */
function answers(sample) {
  const names = [...new Set([...(sample.old.headers ?? []), ...(sample.new.headers ?? [])].map(([field]) => field.toLowerCase()))].sort();
  const value = (side, field) => (side.headers ?? []).filter(([one]) => one.toLowerCase() === field).map(([, one]) => one).join(", ") || null;
  const rows = [["status", String(sample.old.status ?? ""), String(sample.new.status ?? "")], ...names.map((field) => [field, value(sample.old, field), value(sample.new, field)])];
  const about = new Set((sample.differences ?? []).map((one) => one.place));
  return h(
    "table",
    { class: "heads" },
    h("colgroup", {}, h("col"), h("col"), h("col")),
    h("thead", { class: "unseen" }, h("tr", {}, ...["", "old side", "new side"].map((one) => h("th", { scope: "col" }, one)))),
    h(
      "tbody",
      {},
      ...rows.map(([field, old, fresh]) => {
        const counts = about.has(field) || about.has(`header ${field}`);
        const state = old === fresh ? "equal" : counts ? "changed" : "explained";
        const cell = (one) => h("td", {}, one === null ? h("span", { class: "none" }, "none") : state === "equal" ? inert(one) : h("mark", {}, inert(one)));
        return h("tr", { class: state }, h("th", { scope: "row" }, inert(field)), cell(old), cell(fresh));
      }),
    ),
  );
}

function cutNote(sample) {
  const cut = [["old", sample.old.body], ["new", sample.new.body]].filter(([, body]) => body?.cut);
  if (cut.length === 0) return null;
  return h("p", { class: "note" }, cut.map(([side, body]) => `The ${side} side's body has ${bytes(body.bytes)}; its beginning is kept.`).join(" "));
}

/** All that differs in this sample, in words. */
function found(sample) {
  const differences = sample.differences ?? [];
  if (differences.length === 0) return null;
  const value = (one) => (one === null || one === undefined ? h("span", { class: "none" }, "nothing") : h("code", {}, inert(one)));
  return h(
    "details",
    { class: "found", open: differences.length <= 5 },
    h("summary", {}, many(differences.length, "difference"), " in this sample"),
    h(
      "ul",
      {},
      ...differences.map((one) =>
        h("li", {}, h("code", { class: "place" }, inert(one.place)), " ", h("span", { class: "note" }, KIND_WORDS[one.kind] ?? one.kind), one.explained && badge(inert(one.explained), "quiet", "dot", "The rule that explains it"), h("div", { class: "values" }, value(one.old), h("span", { class: "arrow", "aria-hidden": "true" }, "→"), value(one.new))),
      ),
    ),
  );
}

function again(sample) {
  const curl = sample.curl;
  if (!curl) return null;
  const lines = Array.isArray(curl) ? curl.join("\n") : typeof curl === "object" ? Object.values(curl).join("\n") : curl;
  return h("section", {}, h("h2", {}, "Ask both sides again"), command(inert(lines)));
}
