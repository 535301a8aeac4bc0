// The staged promotion of a route: its steps, why it stands where it does, and what a person may do about it.

import { get, part, post } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { ago, moment } from "./format.js";
import { icon } from "./icons.js";
import { inert } from "./inert.js";
import { badge, button, sentence, trouble } from "./parts.js";

/** What the phases of a promotion are called, and what a person may order in each. */
const PHASES = {
  rising: { name: "under way", tone: "good", sign: "right", orders: ["hold", "back"] },
  held: { name: "held", tone: "warn", sign: "pause", orders: ["start", "back"] },
  back: { name: "went back", tone: "bad", sign: "left", orders: ["clear"] },
};

/** What a person may do, and what that means. */
const ACTIONS = {
  start: { name: "Promote", sign: "right", kind: "primary", means: "From where it stands, the gateway raises the share step by step, while the evidence stays inside the bounds of the route." },
  hold: { name: "Hold", sign: "pause", kind: "plain", means: "The share stays where it is until somebody starts the promotion again." },
  back: { name: "Go back now", sign: "left", kind: "danger", means: "At once: the old side answers everything again, and the route stays back until somebody clears it." },
  clear: { name: "Clear", sign: "check", kind: "plain", means: "What made the route go back has been looked at. The promotion may begin anew." },
};

/** Gives each route its promotion, where it has one; a gateway that promotes nothing is asked once. */
export async function withPromotions(routes) {
  if (isAbsent) return routes;
  try {
    const { promotions } = await get("api/promotions");
    const byRoute = new Map(promotions.map((one) => [one.route, one]));
    for (const route of routes) route.promotion = byRoute.get(route.name);
  } catch (error) {
    if (!error.isAbsent) throw error;
    isAbsent = true;
  }
  return routes;
}

let isAbsent = false;

/** The promotion as the pages use it; `null` where the route has none. */
export function promotionOf(route) {
  const raw = route.promotion;
  if (!raw || !PHASES[raw.phase]) return null;
  return {
    ...PHASES[raw.phase],
    phase: raw.phase,
    steps: raw.steps ?? [],
    percent: raw.percent,
    why: raw.why ?? null,
    since: raw.since_ms ?? null,
    waitsFor: raw.waits_for ?? null,
    unsent: raw.unsent === true,
  };
}

/** The steps, small enough for a row. */
export function stepsOf(route) {
  const promotion = promotionOf(route);
  if (promotion === null) return h("span", { class: "none" }, "–");
  return h(
    "div",
    { class: "steps" },
    badge(promotion.name, promotion.tone, promotion.sign),
    h("span", { class: "note" }, promotion.phase === "back" ? "until it is cleared" : `up to ${promotion.percent} %`),
  );
}

/** The promotion of a route, and what may be done. */
export function promotionPanel(route, refresh) {
  const promotion = promotionOf(route);
  if (promotion === null) return noPromotion(route);
  return h(
    "div",
    { class: "promotion" },
    h("div", { class: "promotion-head" }, badge(promotion.name, promotion.tone, promotion.sign), promotion.why && h("p", {}, sentence(inert(promotion.why)), promotion.since && h("span", { class: "note", title: moment(promotion.since) }, ` ${ago(promotion.since)}`))),
    ladder(promotion),
    promotion.waitsFor && h("p", { class: "note" }, `Next step: ${inert(promotion.waitsFor)}.`),
    promotion.unsent && h("p", { class: "stale" }, icon("warn"), h("span", {}, "The other gateways of the fleet could not be told yet. Nothing is raised meanwhile.")),
    h("div", { class: "buttons" }, ...promotion.orders.map((name) => actionButton(route, name, refresh))),
  );
}

function ladder(promotion) {
  if (promotion.steps.length === 0) return null;
  return h(
    "ol",
    { class: "ladder", "aria-label": "Steps" },
    ...promotion.steps.map((percent) => {
      const reached = percent <= promotion.percent;
      const here = percent === promotion.percent;
      return h("li", { class: here ? "here" : reached ? "past" : "ahead", "aria-current": here ? "step" : undefined }, `${percent} %`);
    }),
  );
}

function actionButton(route, name, refresh) {
  const action = ACTIONS[name];
  return button(action.name, () => confirm(route, name, refresh), { kind: action.kind, sign: action.sign });
}

function confirm(route, name, refresh) {
  const action = ACTIONS[name];
  let error = null;
  let busy = false;
  openDialog(`${action.name}: ${route.name}`, (close, redraw) => {
    const act = async () => {
      busy = true;
      redraw();
      try {
        await post(`api/routes/${part(route.name)}/promotion`, { action: name });
        announce(`${action.name}: ${route.name}`);
        close();
        refresh();
      } catch (failed) {
        error = failed;
        busy = false;
        redraw();
      }
    };
    return h(
      "div",
      {},
      h("p", {}, action.means),
      error && trouble(error),
      h("footer", { class: "dialog-foot" }, h("span", { class: "note" }, "It is written to the audit log."), button("Cancel", close), button(action.name, act, { kind: action.kind === "plain" ? "primary" : action.kind, disabled: busy })),
    );
  });
}

function noPromotion(route) {
  if (!route.new) return h("p", { class: "note" }, "This route has no new side to be promoted to.");
  return h(
    "div",
    { class: "promotion-none" },
    h("p", { class: "note" }, "No promotion is set up. With one, the gateway raises the share by itself, and goes back by itself when the answers differ. Add it below the route:"),
    h("pre", { class: "code", tabindex: "0" }, h("code", {}, '[routes.promotion]\nsteps = [1, 5, 25, 50, 100]\nevery = "10m"\non_breach = "back"')),
  );
}
