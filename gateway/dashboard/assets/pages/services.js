// Services and legacy applications: their instances, how these fare, and the breaker before them.

import { get, part, post } from "../api.js";
import { openDialog } from "../dialog.js";
import { announce, h } from "../dom.js";
import { count, duration, many, short } from "../format.js";
import { badge, button, empty, fact, meter, search, trouble } from "../parts.js";

const KINDS = { service: "service, new side", legacy: "legacy application, old side", leaving: "leaving: named by no route any more" };

/** What each state of a breaker means. */
const BREAKERS = {
  closed: ["Closed", "good", "check", "requests pass"],
  open: ["Open", "bad", "close", "requests are refused at once"],
  "half-open": ["Half open", "warn", "wait", "a few requests try whether it is well again"],
};

const FORCES = [
  { id: "auto", name: "Auto", means: "The breaker decides by itself again." },
  { id: "open", name: "Open", means: "All requests to this service are refused at once, until somebody lets go. Routes with a fallback are answered by their other side." },
  { id: "closed", name: "Closed", means: "All requests pass, whatever happens, until somebody lets go." },
];

/** Instances of a service that are drawn at first. */
const INSTANCES = 20;

export function servicesPage(context) {
  const state = { list: null, text: "", whole: new Set() };
  return {
    title: "Services",
    async refresh() {
      state.list = await get("api/services");
    },
    view: () => view(state, context),
  };
}

function view(state, context) {
  const { services, unrouted } = state.list;
  const text = state.text.trim().toLowerCase();
  const found = services.filter((one) => `${one.name} ${one.instances.map((instance) => `${instance.id} ${instance.url}`).join(" ")}`.toLowerCase().includes(text));
  const instances = services.reduce((sum, one) => sum + one.instances.length, 0);
  const well = services.reduce((sum, one) => sum + one.instances.filter(isWell).length, 0);
  return [
    h("header", { class: "page-head" }, h("div", {}, h("h1", {}, "Services"), h("p", { class: "lead" }, services.length === 0 ? "Everything is answered by the modules of this process." : `${many(services.length, "service")} · ${count(well)} of ${many(instances, "instance")} well`))),
    services.length > 3 && h("div", { class: "tools" }, search(state.text, "Search services and instances", (value) => ((state.text = value), context.redraw()))),
    services.length === 0 && noServices(),
    ...found.map((one) => service(one, state, context)),
    unrouted.length > 0 && h("section", { class: "card" }, h("h2", {}, "Registered, and named by no route"), h("ul", { class: "plain-list" }, ...unrouted.map((one) => h("li", {}, h("strong", {}, one.name), ` ${one.instances.join(", ")}`)))),
  ];
}

const isWell = (instance) => instance.healthy && instance.ejected_for_ms === null;

function noServices() {
  return empty("No service yet", "A service is the new side of routes, a legacy application the old one. Name it in the features file; its instances are listed there, or register by themselves.", {
    code: '[[services]]\nname      = "orders"\ninstances = ["http://127.0.0.1:9101"]',
  });
}

function service(one, state, context) {
  return h(
    "section",
    { class: "card service", key: one.name },
    h("header", { class: "card-head" }, h("div", {}, h("h2", {}, one.name), h("p", { class: "note" }, `${KINDS[one.kind]} · ${one.balance}`)), breaker(one, context)),
    h(
      "dl",
      { class: "facts" },
      fact("Connections", `${count(one.connections.in_use)} of ${count(one.connections.max)}`, meter(one.connections.in_use, one.connections.max, "Connections in use")),
      fact("Waiting", `${count(one.connections.waiting)} of ${count(one.connections.waiting_max)}`, one.connections.refused > 0 ? `${short(one.connections.refused)} refused` : null),
      sheddingFact(one.shedding),
      fact("Retries", count(one.retries.made), `${count(one.retries.available)} more in the budget`),
      fact("Refused by the breaker", count(one.refused_by_breaker), `opened ${many(one.breaker.opened, "time")} by itself`),
      fact("Recent failures", `${count(one.breaker.recent_failures)} of ${count(one.breaker.recent)}`),
    ),
    one.instances.length === 0 ? h("p", { class: "trouble-note" }, badge("No instance", "bad", "warn"), " Requests to this service are answered with 503 until one is listed or registers.") : instances(one, state, context),
  );
}

/** Requests that wait for an answer, of as many as may at the pace of the service. */
function sheddingFact({ limit, in_flight, shed, usual_ms }) {
  if (limit === null) return fact("Load shedding", "off");
  const said = usual_ms === null ? `${short(shed)} shed` : `${short(shed)} shed · usually ${duration(usual_ms)}`;
  return fact("Load shedding", `${count(in_flight)} of ${count(limit)} in flight`, [meter(in_flight, limit, "Requests that wait for an answer"), said]);
}

function breaker(one, context) {
  const [name, tone, sign, means] = BREAKERS[one.breaker.state] ?? BREAKERS.closed;
  return h(
    "div",
    { class: "breaker" },
    badge(`Breaker ${name.toLowerCase()}`, tone, sign, means),
    h(
      "div",
      { class: "segments small", role: "group", "aria-label": `Breaker of ${one.name}` },
      ...FORCES.map((force) => h("button", { type: "button", "aria-pressed": String(one.breaker.force === force.id), title: force.means, onclick: () => one.breaker.force !== force.id && confirm(one, force, context) }, force.name)),
    ),
  );
}

function confirm(one, force, context) {
  let error = null;
  openDialog(`Breaker of ${one.name}: ${force.name.toLowerCase()}`, (close, redraw) => {
    const act = async () => {
      try {
        await post(`api/services/${part(one.name)}/breaker`, { state: force.id });
        announce(`The breaker of ${one.name} is ${force.name.toLowerCase()}`);
        close();
        context.refresh();
      } catch (failed) {
        error = failed;
        redraw();
      }
    };
    return h("div", {}, h("p", {}, force.means), error && trouble(error), h("footer", { class: "dialog-foot" }, h("span", { class: "note" }, "It is written to the audit log."), button("Cancel", close), button(force.id === "auto" ? "Let it decide" : `Force ${force.id}`, act, { kind: force.id === "open" ? "danger" : "primary" })));
  });
}

function instances(one, state, context) {
  const all = one.instances;
  const shown = state.whole.has(one.name) ? all : all.slice(0, INSTANCES);
  return h(
    "div",
    {},
    h(
      "table",
      { class: "instances" },
      h("thead", {}, h("tr", {}, ...["Instance", "Health", "In flight", "First byte", "Requests", "Weight"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...shown.map(instance)),
    ),
    shown.length < all.length && h("div", { class: "more" }, h("span", {}, `${shown.length} of ${many(all.length, "instance")}`), button("Show all", () => (state.whole.add(one.name), context.redraw()))),
  );
}

function instance(one) {
  const [word, tone, sign] = one.ejected_for_ms !== null ? [`left out for ${duration(one.ejected_for_ms)}`, "warn", "pause"] : one.healthy ? ["well", "good", "check"] : ["not well", "bad", "close"];
  return h(
    "tr",
    { key: one.id },
    h("th", { scope: "row" }, h("span", { "data-row": true, tabindex: "-1" }, one.id), h("span", { class: "note" }, `${one.url} · ${one.origin}`)),
    h("td", { "data-label": "Health" }, badge(word, tone, sign)),
    h("td", { "data-label": "In flight", class: "number" }, count(one.in_flight)),
    h("td", { "data-label": "First byte", class: "number" }, duration(one.latency_ms ?? NaN)),
    h("td", { "data-label": "Requests" }, h("span", { class: "number" }, short(one.requests)), one.failures > 0 && h("span", { class: "note warn" }, `${short(one.failures)} failed`)),
    h("td", { "data-label": "Weight", class: "number" }, one.warm < 1 ? `${count(one.weight)} (${Math.round(one.warm * 100)} % warm)` : count(one.weight)),
  );
}
