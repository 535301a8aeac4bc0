// One route: where it stands, whether it may go on, what differs, and how fast both sides are.

import { get, part } from "../api.js";
import { latencyChart, rateScale } from "../chart.js";
import { canMove, compareLabel, heldLabel, isCompared, largeDial, stageOf } from "../dial.js";
import { h } from "../dom.js";
import { explain } from "../explain.js";
import { ago, count, duration, many, moment, rate, share } from "../format.js";
import { inert } from "../inert.js";
import * as live from "../live.js";
import { goBack, goForward, moveTo } from "../move.js";
import { button, classTag, empty, fact, more, sentence, verdict } from "../parts.js";
import { promotionPanel, withPromotions } from "../promotion.js";
import { entries } from "../entries.js";
import { DROP_WORDS, KIND_WORDS, LATENCY_WORDS } from "../report.js";

/** Entries of the audit log that are looked through, and those that are shown. */
const ENTRIES = 200;
const HISTORY = 10;
/** Causes that are drawn at first, and more each time. */
const CAUSES = 50;

export function routePage(context, name) {
  const state = { name, route: null, history: [], shown: CAUSES };
  return {
    title: name,
    async refresh() {
      const answer = await get("api/routes");
      state.route = answer.routes.find((one) => one.name === name) ?? null;
      if (state.route === null) return;
      await withPromotions([state.route]);
      state.history = await historyOf(state.route);
    },
    view: () => view(state, context),
    keys: {
      f: () => state.route && canMove(state.route) && goForward(state.route, context.refresh),
      b: () => state.route && canMove(state.route) && goBack(state.route, context.refresh),
      e: () => {
        const first = live.reportFor(name)?.causes.find((cause) => cause.class !== "explained");
        if (first) explain(name, first, context.refresh);
      },
    },
  };
}

function view(state, context) {
  const crumbs = h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("a", { href: "#/routes" }, "Routes"));
  const { route } = state;
  if (route === null) return [crumbs, h("h1", {}, state.name), empty("No such route", "The features file that is in force names no route like this.", { action: h("a", { class: "button plain", href: "#/routes" }, "All routes") })];
  const report = live.reportFor(state.name);
  return [
    crumbs,
    head(route, context),
    dialCard(route, context),
    h("div", { class: "columns" }, verdictCard(route, report), promotionCard(route, context)),
    causesCard(state, route, report, context),
    h("div", { class: "columns" }, latencyCard(route, report), droppedCard(report)),
    historyCard(state.history),
    factsCard(route),
  ];
}

/** What was changed of the route: its toggles, rules and promotion, the newest first. */
async function historyOf(route) {
  const { entries } = await get(`api/audit?limit=${ENTRIES}`);
  const subjects = new Set([`route ${route.name}`, `promotion ${route.name}`, ...route.toggles.map((toggle) => `toggle ${toggle.name}`)]);
  return entries.filter((entry) => subjects.has(entry.subject) && entry.outcome !== "begun").slice(0, HISTORY);
}

function head(route, context) {
  const moves = canMove(route);
  return h(
    "header",
    { class: "page-head" },
    h("div", {}, h("h1", {}, route.name), h("p", { class: "lead path" }, h("span", { class: "method" }, route.methods), " ", route.path, route.conditions && ` · ${route.conditions}`)),
    moves &&
      h(
        "div",
        { class: "buttons" },
        button("Go back", () => goBack(route, context.refresh), { sign: "left", key: "b", disabled: stageOf(route) === "monolith" }),
        button("Go forward", () => goForward(route, context.refresh), { kind: "primary", sign: "right", key: "f", disabled: stageOf(route) === "extracted" }),
      ),
  );
}

function card(title, ...content) {
  return h("section", { class: "card" }, h("h2", {}, title), ...content);
}

function dialCard(route, context) {
  const sides = h("p", { class: "sides" }, h("span", {}, h("strong", {}, route.old), " old side"), h("span", { class: "arrow", "aria-hidden": "true" }, "→"), h("span", {}, h("strong", {}, route.new ?? "none"), " new side"));
  const note = canMove(route) ? [heldLabel(route), compareLabel(route)].filter(Boolean).join(" · ") : route.new ? "No toggle moves this route." : "This route has no new side: it stays where it is.";
  return h("section", { class: "card dial-card" }, sides, largeDial(route, canMove(route) ? (stage) => moveTo(route, stage, context.refresh) : null), note && h("p", { class: "note" }, note));
}

function verdictCard(route, report) {
  if (!report) return card("Verdict", h("p", { class: "note" }, unasked(route)));
  return card(
    "Verdict",
    h("div", { class: "verdict-line" }, verdict(report), h("strong", { class: "rate" }, report.rate === null ? "–" : share(report.rate)), h("span", { class: "note" }, report.unsure > 0 ? "of requests differ; some of that may be noise" : "of requests really differ")),
    rateScale(report),
    h("p", { class: "sentence" }, verdictSentence(report)),
    h("dl", { class: "facts" }, fact("Compared", count(report.compared)), report.sameAsked !== null && fact("Asked twice", count(report.sameAsked), "to learn how the serving side differs from itself"), report.unjudged > 0 && fact("Not judged", count(report.unjudged), "asked, and without an answer that could be compared: they may differ"), fact("At most", report.upper === null ? "–" : share(report.upper), "with 95 % confidence")),
  );
}

/** Why there is no verdict, and what to do about it. */
function unasked(route) {
  if (live.state().state === "absent") return "This gateway keeps no report.";
  if (!route.new) return "There is nothing to compare: the route has one side.";
  if (!isCompared(route)) return "The other side is not asked. Switch the route's compare toggle on: the dial's second stage does it.";
  return "Nothing has been compared yet. The first request that is will show here.";
}

function verdictSentence(report) {
  if (report.reason) return sentence(report.reason);
  const allowed = report.allowed === null ? "what is allowed" : share(report.allowed);
  if (report.verdict === "equivalent") return `At most ${share(report.upper)} of requests differ, at 95 % confidence. That is within ${allowed}: the route may go on.`;
  if (report.verdict === "different") return `More than ${allowed} of requests differ. The causes below say where.`;
  return report.needed ? `${count(report.compared)} of the ${count(report.needed)} requests that a verdict needs were compared.` : "Too few requests were compared to say.";
}

function promotionCard(route, context) {
  return card("Promotion", promotionPanel(route, context.refresh));
}

function causesCard(state, route, report, context) {
  if (!report) return null;
  const { causes } = report;
  if (causes.length === 0) return card("What differs", report.compared > 0 ? empty("No difference", `${many(report.compared, "request")} compared, and both sides answered the same each time.`) : empty("Nothing compared yet", nothingCompared(report)));
  return card(
    "What differs",
    h(
      "table",
      { class: "causes" },
      h("thead", {}, h("tr", {}, ...["Where", "Class", "Requests", "Last seen"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...causes.slice(0, state.shown).map((cause) => causeRow(route, report, cause, context))),
    ),
    more(state.shown, causes.length, () => ((state.shown += CAUSES), context.redraw()), "cause"),
  );
}

function nothingCompared(report) {
  const [most] = drops(report);
  if (!most) return "Differences show here by their cause, the heaviest first.";
  return `${many(report.droppedTotal, "exchange")} could not be, most of all for this: ${dropWords(most)}.`;
}

function causeRow(route, report, cause, context) {
  const part_ = cause.count / Math.max(1, report.compared);
  return h(
    "tr",
    { key: cause.key },
    h("th", { scope: "row" }, h("a", { href: `#/routes/${part(route.name)}/differences/${part(cause.path)}/${part(cause.kind)}`, "data-row": true, class: "place" }, inert(cause.path)), h("span", { class: "note" }, KIND_WORDS[cause.kind] ?? inert(cause.kind))),
    h("td", { "data-label": "Class" }, classTag(cause.class), sure(cause)),
    h("td", { "data-label": "Requests" }, h("span", { class: "number" }, count(cause.count)), h("span", { class: "weight", "aria-hidden": "true", vars: { "--part": String(Math.min(1, part_)) } }), h("span", { class: "note" }, share(part_))),
    h("td", { "data-label": "Last seen" }, cause.last ? h("time", { datetime: new Date(cause.last).toISOString(), title: moment(cause.last) }, ago(cause.last)) : "–", cause.class !== "explained" && h("button", { type: "button", class: "link", onclick: () => explain(route.name, cause, context.refresh) }, "Explain")),
  );
}

function sure(cause) {
  if (cause.why) return h("span", { class: "note" }, inert(cause.why));
  return cause.confidence !== null && h("span", { class: "note" }, `${share(cause.confidence)} sure`);
}

function latencyCard(route, report) {
  const chart = report && latencyChart(report.old, report.new);
  if (chart) {
    const [lower, upper] = report.p99Ratio;
    return card(
      "Latency",
      chart,
      h(
        "table",
        { class: "latency" },
        h("thead", {}, h("tr", {}, ...["", "median", "99th percentile"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, ...[["old side", report.old], ["new side", report.new]].map(([name, side]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, duration(side.p50)), h("td", {}, duration(side.p99))))),
      ),
      h("p", { class: "sentence" }, LATENCY_WORDS[report.slower] ?? ""),
      lower !== null && h("p", { class: "note" }, `The new side's 99th percentile is ${lower.toFixed(2)} to ${upper === null ? "an unknown number of" : upper.toFixed(2)} times the old side's, at 95 % confidence.`),
    );
  }
  const { latency } = route;
  const bucket = (ms) => (ms === null ? "over 30 s" : `≤ ${ms} ms`);
  return card(
    "Latency",
    latency
      ? h("dl", { class: "facts" }, fact("Mean", duration(latency.mean_ms)), fact("Median", bucket(latency.p50_ms)), fact("99th percentile", bucket(latency.p99_ms)))
      : h("p", { class: "note" }, "No request yet."),
    h("p", { class: "note" }, report ? "" : "Of the side that answers. With comparison on, both sides are shown beside each other."),
  );
}

/** Why exchanges were not compared, the most frequent cause first, with its number. */
function drops(report) {
  return Object.entries(report.dropped).filter(([, number]) => number > 0).sort((a, b) => b[1] - a[1]);
}

const dropWords = ([cause]) => DROP_WORDS[cause] ?? inert(cause);

function droppedCard(report) {
  if (!report) return null;
  const all = drops(report);
  if (all.length === 0) return card("Not compared", h("p", { class: "note" }, "Nothing was dropped: every exchange that was to be compared was."));
  const most = all[0][1];
  return card(
    "Not compared",
    h("p", { class: "note" }, `${many(report.droppedTotal, "exchange")} that the client got its answer for, and that were not compared.`),
    h("ul", { class: "drops" }, ...all.map(([cause, number]) => h("li", { key: cause }, h("span", { class: "drop-name" }, dropWords([cause])), h("span", { class: "number" }, count(number)), h("span", { class: "weight", "aria-hidden": "true", vars: { "--part": String(number / most) } })))),
  );
}

function historyCard(history) {
  if (history.length === 0) return null;
  return card("History", entries(history), h("p", { class: "note" }, h("a", { href: "#/audit" }, "All changes")));
}

function factsCard(route) {
  const { requests } = route;
  return card(
    "Traffic and rules",
    h(
      "dl",
      { class: "facts" },
      fact("Rate", rate(route.rate?.per_second ?? NaN)),
      fact("Requests", count(requests.total), "since the process began"),
      fact("Failed", count(requests["5xx"]), "5xx"),
      fact("Refused", count(requests["4xx"]), "4xx"),
      ...route.toggles.map((toggle) => fact(toggle.role, h("a", { href: "#/toggles" }, toggle.name), toggle.setting)),
      fact("When a side is down", route.fallback ? "the other answers" : "the error is passed on"),
      fact("In the file", `line ${route.line}`),
    ),
  );
}
