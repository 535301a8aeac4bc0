// The dial of a route: how far it has moved from the old side to the new, in four stages.

import { h } from "./dom.js";

/** The stages, in the order in which a route goes through them. */
export const STAGES = [
  { id: "monolith", name: "Monolith", means: "the old side answers everything" },
  { id: "parallel", name: "Parallel run", means: "the old side answers, and the new one is asked the same" },
  { id: "canary", name: "Canary", means: "the new side answers a share" },
  { id: "extracted", name: "Extracted", means: "the new side answers everything" },
];

/** Whether a toggle's words say that it is on for nobody. */
const isOff = (setting) => setting === "off" || setting === "missing" || setting.startsWith("0 %");

/** What a toggle of the route says; `null` where it has none. */
export function toggleOf(route, role) {
  return route.toggles.find((toggle) => toggle.role === role) ?? null;
}

/** Whether the other side is asked, for some at least. */
export function isCompared(route) {
  const compare = toggleOf(route, "compare");
  return compare !== null && !isOff(compare.setting);
}

/** Which stage the route is at. The gateway tells who serves; whether the other side is asked makes the second stage. */
export function stageOf(route) {
  if (route.dial.stage === "monolith" && isCompared(route)) return "parallel";
  return route.dial.stage;
}

/** Whether the route has a new side to go to. */
export function canMove(route) {
  return Boolean(route.new) && toggleOf(route, "serve") !== null;
}

/** `Canary, 5 %`. */
export function stageLabel(route) {
  const stage = STAGES.find((one) => one.id === stageOf(route)) ?? STAGES[0];
  if (stage.id !== "canary") return stage.name;
  const percent = route.dial.percent;
  return percent === null ? "Canary, by rule" : `Canary, ${percent} %`;
}

/** What is compared, in words. */
export function compareLabel(route) {
  const compare = toggleOf(route, "compare");
  if (!compare) return null;
  if (isOff(compare.setting)) return "not compared";
  return compare.setting === "on" ? "all compared" : `compared: ${compare.setting}`;
}

/** What the promotion leaves of the toggle's share, where that is less; in words. */
export function heldLabel(route) {
  const ceiling = route.promotion?.percent;
  return ceiling !== undefined && stageOf(route) !== "monolith" && ceiling < (route.dial.percent ?? 100) ? `held at ${ceiling} % by its promotion` : null;
}

/** The dial, small enough for a row. */
export function smallDial(route) {
  const at = STAGES.findIndex((stage) => stage.id === stageOf(route));
  const notes = [heldLabel(route), compareLabel(route)].filter(Boolean);
  const stops = STAGES.map((stage, index) => {
    const state = index === at ? "here" : index < at ? "past" : "ahead";
    return h("span", { class: `stop ${state}` });
  });
  return h(
    "div",
    { class: canMove(route) ? "dial" : "dial fixed" },
    h("div", { class: "rail", "aria-hidden": "true", vars: { "--at": String(at) } }, stops),
    h("div", { class: "dial-words" }, h("strong", {}, stageLabel(route)), ...notes.map((note) => h("span", {}, note))),
  );
}

/** The dial with its stages by name; `onpick(stage)` when one is chosen. */
export function largeDial(route, onpick) {
  const at = STAGES.findIndex((stage) => stage.id === stageOf(route));
  const stops = STAGES.map((stage, index) => {
    const state = index === at ? "here" : index < at ? "past" : "ahead";
    const label = index === at ? stageLabel(route) : stage.name;
    return h(
      "li",
      { class: `stop ${state}`, "aria-current": index === at ? "step" : undefined },
      h(
        "button",
        { type: "button", disabled: !onpick || index === at, onclick: () => onpick(stage.id), title: stage.means },
        h("span", { class: "knob", "aria-hidden": "true" }),
        h("span", { class: "stop-name" }, label),
        h("span", { class: "stop-means" }, stage.means),
      ),
    );
  });
  return h("ol", { class: "large-dial", vars: { "--at": String(at) }, "aria-label": "Stages of the route" }, stops);
}
