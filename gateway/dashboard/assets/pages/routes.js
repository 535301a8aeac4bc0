// All routes: how far each has moved, and whether it may go on.

import { get, part } from "../api.js";
import { compareLabel, smallDial, STAGES, stageOf } from "../dial.js";
import { h } from "../dom.js";
import { count, many, rate, share, short } from "../format.js";
import { icon } from "../icons.js";
import { inert } from "../inert.js";
import * as live from "../live.js";
import { bound, button, empty, latencyPair, more, search, verdict } from "../parts.js";
import { stepsOf, withPromotions } from "../promotion.js";

/** Rows that are drawn at first, and more each time. */
const ROWS = 100;

const FILTERS = [
  { id: "all", name: "All", takes: () => true },
  { id: "moving", name: "On the move", takes: (route) => ["parallel", "canary"].includes(stageOf(route)) },
  { id: "different", name: "Different", takes: (route) => live.reportFor(route.name)?.verdict === "different" },
  { id: "ready", name: "Equivalent", takes: (route) => live.reportFor(route.name)?.verdict === "equivalent" },
];

export function routesPage(context) {
  const state = { routes: [], fallback: null, text: "", filter: "all", shown: ROWS };
  return {
    title: "Routes",
    async refresh() {
      const answer = await get("api/routes");
      state.routes = await withPromotions(answer.routes);
      state.fallback = answer.default;
    },
    view: () => view(state, context),
  };
}

function view(state, context) {
  if (state.routes.length === 0) return [h("h1", {}, "Routes"), noRoutes(state)];
  const filter = FILTERS.find((one) => one.id === state.filter);
  const text = state.text.trim().toLowerCase();
  const matches = (route) => `${route.name} ${route.path} ${route.old} ${route.new ?? ""}`.toLowerCase().includes(text);
  const found = state.routes.filter((route) => filter.takes(route) && matches(route));
  return [
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, "Routes"), h("p", { class: "lead" }, summary(state.routes)))),
    progress(state.routes),
    h(
      "div",
      { class: "tools" },
      search(state.text, "Search routes", (value) => {
        Object.assign(state, { text: value, shown: ROWS });
        context.redraw();
      }),
      filters(state, context),
    ),
    found.length === 0 ? nothingFound(state, context) : table(found.slice(0, state.shown)),
    more(state.shown, found.length, () => ((state.shown += ROWS), context.redraw()), "route"),
    h("p", { class: "footnote" }, "What no route matches goes to ", h("strong", {}, state.fallback.side === "none" ? "nobody (404)" : state.fallback.side), ` · ${traffic(state.fallback)}`),
    live.state().store?.error && h("p", { class: "stale" }, icon("warn"), h("span", {}, `What was found is not kept as it should be: ${inert(live.state().store.error)}.`)),
    live.state().state === "absent" && h("p", { class: "footnote" }, "This gateway keeps no report: verdicts are not shown."),
  ];
}

/** The whole in a sentence. */
function summary(routes) {
  const extracted = routes.filter((route) => stageOf(route) === "extracted").length;
  const verdicts = routes.map((route) => live.reportFor(route.name)?.verdict);
  const of = (name) => verdicts.filter((one) => one === name).length;
  const perSecond = routes.reduce((sum, route) => sum + (route.rate?.per_second ?? 0), 0);
  return [
    `${count(extracted)} of ${many(routes.length, "route")} moved`,
    of("different") > 0 && `${count(of("different"))} different`,
    of("equivalent") > 0 && `${count(of("equivalent"))} equivalent`,
    rate(perSecond),
  ].filter(Boolean).join(" · ");
}

/** How many routes are at each stage, as one bar. */
function progress(routes) {
  const counts = STAGES.map((stage) => ({ ...stage, count: routes.filter((route) => stageOf(route) === stage.id).length }));
  return h(
    "figure",
    { class: "progress" },
    h("div", { class: "bar", "aria-hidden": "true" }, ...counts.filter((one) => one.count > 0).map((one) => h("span", { class: `piece ${one.id}`, key: one.id, vars: { "--weight": String(one.count) } }))),
    h("figcaption", {}, ...counts.map((one) => h("span", { class: `legend ${one.id}` }, h("i", { "aria-hidden": "true" }), `${one.name} `, h("strong", {}, count(one.count))))),
  );
}

function filters(state, context) {
  const choose = (id) => () => {
    Object.assign(state, { filter: id, shown: ROWS });
    context.redraw();
  };
  return h("div", { class: "chips", role: "group", "aria-label": "Which routes" }, ...FILTERS.map((filter) => h("button", { type: "button", class: "chip", "aria-pressed": String(filter.id === state.filter), onclick: choose(filter.id) }, filter.name)));
}

function table(routes) {
  return h(
    "div",
    { class: "sheet" },
    h(
      "table",
      { class: "routes" },
      h("thead", {}, h("tr", {}, ...["Route", "Dial", "Verdict", "Compared", "Latency, old → new", "Promotion"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...routes.map(row)),
    ),
  );
}

function row(route) {
  const report = live.reportFor(route.name);
  return h(
    "tr",
    { key: route.name },
    h(
      "th",
      { scope: "row", class: "name" },
      h("a", { href: `#/routes/${part(route.name)}`, "data-row": true }, route.name),
      h("span", { class: "path" }, h("span", { class: "method" }, route.methods), " ", route.path, route.conditions && ` · ${route.conditions}`),
      h("span", { class: "note" }, traffic(route)),
    ),
    cell("Dial", smallDial(route)),
    cell("Verdict", ...verdictCell(route, report)),
    cell("Compared", ...comparedCell(report)),
    cell("Latency", ...latencyCell(route, report)),
    cell("Promotion", stepsOf(route)),
  );
}

function cell(label, ...content) {
  return h("td", { "data-label": label }, ...content);
}

function verdictCell(route, report) {
  if (report) return [verdict(report), h("span", { class: "note" }, bound(report))];
  return [h("span", { class: "none" }, route.new ? (compareLabel(route) ?? "no comparison") : "stays")];
}

function comparedCell(report) {
  if (!report) return [h("span", { class: "none" }, "–")];
  const dropped = report.droppedTotal;
  const part = dropped / Math.max(1, dropped + report.compared);
  return [
    h("span", { class: "number" }, short(report.compared)),
    h("span", { class: part > 0.05 ? "note warn" : "note", title: `${share(part)} of all` }, dropped > 0 ? `${short(dropped)} dropped` : "none dropped"),
  ];
}

function latencyCell(route, report) {
  if (report && report.old.p50 !== null) return [latencyPair("p50", report.old.p50, report.new.p50), latencyPair("p99", report.old.p99, report.new.p99)];
  const latency = route.latency;
  if (!latency) return [h("span", { class: "none" }, "–")];
  const single = (label, ms) => h("div", { class: "pair" }, h("span", { class: "pair-label" }, label), h("span", {}, ms === null ? "> 30 s" : `≤ ${ms} ms`));
  return [single("p50", latency.p50_ms), single("p99", latency.p99_ms)];
}

function traffic(of) {
  const failed = of.requests["5xx"];
  return [of.rate && rate(of.rate.per_second), `${short(of.requests.total)} so far`, failed > 0 && `${short(failed)} failed`].filter(Boolean).join(" · ");
}

function noRoutes(state) {
  return empty("No route yet", [
    `Everything goes to ${state.fallback?.side === "none" ? "nobody: each request is 404" : state.fallback?.side ?? "the default"}. A route gives some requests a name, an old side and a new one, and the two toggles that move it.`,
    "Add one to the features file; a running gateway takes it within two seconds:",
  ], {
    code: '[[routes]]\nname    = "orders"\nmatch   = { path = "/api/orders/{rest..}" }\nlegacy  = "shop"\nservice = "orders"\nserve   = "orders.serve"\ncompare = "orders.compare"',
  });
}

function nothingFound(state, context) {
  const words = { different: "No route differs.", ready: "No route has been shown to be equivalent yet.", moving: "No route is on the move." };
  const all = () => (Object.assign(state, { text: "", filter: "all" }), context.redraw());
  return empty(state.text ? "No route of that name" : words[state.filter], state.text ? `Nothing has “${state.text}” in its name, path or sides.` : "Verdicts come once enough requests of a route were asked of both sides.", { action: button("Show all routes", all) });
}
