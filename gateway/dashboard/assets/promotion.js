// The staged promotion of a route: its steps, why it stands where it does, and what a person may do about it.

import { part, post } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h } from "./dom.js";
import { ago, moment } from "./format.js";
import { icon } from "./icons.js";
import { badge, button, sentence, trouble } from "./parts.js";

/** What the states of a promotion are called. */
const STATES = {
  idle: { name: "not begun", tone: "quiet", sign: "dot" },
  running: { name: "under way", tone: "good", sign: "right" },
  held: { name: "held", tone: "warn", sign: "pause" },
  back: { name: "went back", tone: "bad", sign: "left" },
  done: { name: "done", tone: "good", sign: "check" },
};

/** What a person may do, and what that means. */
const ACTIONS = {
  start: { name: "Promote", sign: "right", kind: "primary", means: "The gateway raises the share step by step, while the evidence stays inside the bounds of the route." },
  hold: { name: "Hold", sign: "pause", kind: "plain", means: "The share stays where it is until somebody starts the promotion again." },
  back: { name: "Go back now", sign: "left", kind: "danger", means: "At once: the old side answers everything again, and the route stays back until somebody clears it." },
  clear: { name: "Clear", sign: "check", kind: "plain", means: "What made the route go back has been looked at. The promotion may begin anew." },
};

/** The promotion as the pages use it; `null` where the route has none. */
export function promotionOf(route) {
  const raw = route.promotion;
  if (!raw) return null;
  return {
    state: STATES[raw.state] ? raw.state : "idle",
    steps: raw.steps ?? [],
    step: raw.step ?? null,
    ceiling: raw.ceiling_percent ?? raw.ceiling ?? null,
    reason: raw.reason ?? null,
    since: raw.since ?? null,
    next: raw.next_at ?? null,
    history: raw.history ?? [],
    actions: raw.actions ?? actionsOf(raw.state),
  };
}

function actionsOf(state) {
  return { running: ["hold", "back"], held: ["start", "back"], back: ["clear"], done: ["back"] }[state] ?? ["start"];
}

/** The steps, small enough for a row. */
export function stepsOf(route) {
  const promotion = promotionOf(route);
  if (promotion === null) return h("span", { class: "none" }, "–");
  const words = STATES[promotion.state];
  return h(
    "div",
    { class: "steps" },
    badge(words.name, words.tone, words.sign),
    promotion.ceiling !== null && h("span", { class: "note" }, `up to ${promotion.ceiling} %`),
  );
}

/** The promotion of a route, with its history and what may be done. */
export function promotionPanel(route, refresh) {
  const promotion = promotionOf(route);
  if (promotion === null) return noPromotion(route);
  const words = STATES[promotion.state];
  return h(
    "div",
    { class: "promotion" },
    h("div", { class: "promotion-head" }, badge(words.name, words.tone, words.sign), promotion.reason && h("p", {}, sentence(promotion.reason))),
    ladder(promotion),
    h("div", { class: "buttons" }, ...promotion.actions.filter((name) => ACTIONS[name]).map((name) => actionButton(route, name, refresh))),
    history(promotion.history),
  );
}

function ladder(promotion) {
  if (promotion.steps.length === 0) return null;
  return h(
    "ol",
    { class: "ladder", "aria-label": "Steps" },
    ...promotion.steps.map((percent) => {
      const reached = promotion.ceiling !== null && percent <= promotion.ceiling;
      const here = percent === promotion.ceiling;
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

function history(entries) {
  if (entries.length === 0) return null;
  return h(
    "ol",
    { class: "timeline" },
    ...entries.map((entry) =>
      h(
        "li",
        {},
        h("time", { datetime: new Date(entry.at).toISOString(), title: moment(entry.at) }, ago(entry.at)),
        h("strong", {}, entry.what ?? entry.to ?? ""),
        entry.reason && h("span", {}, entry.reason),
      ),
    ),
  );
}

function noPromotion(route) {
  if (!route.new) return h("p", { class: "note" }, "This route has no new side to be promoted to.");
  return h(
    "div",
    {},
    h("p", { class: "note" }, icon("dot"), " No promotion is set up. With one, the gateway raises the share by itself, and goes back by itself when the answers differ. Add it below the route:"),
    h("pre", { class: "code", tabindex: "0" }, h("code", {}, '[routes.promotion]\nsteps = [1, 5, 25, 50, 100]\nevery = "10m"\non_breach = "back"')),
  );
}
