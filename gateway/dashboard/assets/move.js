// Moving a route along its dial, and changing a toggle: always a change of the features file that is shown first.

import { get, part } from "./api.js";
import { proposeChange } from "./change.js";
import { openDialog } from "./dialog.js";
import { isCompared, stageOf, toggleOf } from "./dial.js";
import { h } from "./dom.js";
import { trouble } from "./parts.js";

/** The shares of a route on its way, per cent. */
const STEPS = [1, 5, 25, 50, 100];

/** To the next stage, or the next share. */
export function goForward(route, made) {
  const stage = stageOf(route);
  if (stage === "extracted") return;
  const compare = toggleOf(route, "compare");
  if (stage === "monolith" && compare && !isCompared(route)) return moveTo(route, "parallel", made);
  const percent = route.dial.percent ?? 0;
  change(route, "serve", { percent: STEPS.find((step) => step > percent) ?? 100 }, made);
}

/** Back to the old side, at once. */
export function goBack(route, made) {
  if (stageOf(route) === "monolith" || stageOf(route) === "parallel") {
    if (isCompared(route)) change(route, "compare", { enabled: false }, made);
    return;
  }
  change(route, "serve", { enabled: false }, made);
}

/** To a stage. */
export function moveTo(route, stage, made) {
  const percent = route.dial.percent || STEPS[0];
  if (stage === "monolith" && stageOf(route) === "parallel") change(route, "compare", { enabled: false }, made);
  else if (stage === "monolith") change(route, "serve", { enabled: false }, made);
  else if (stage === "parallel" && stageOf(route) !== "monolith") change(route, "serve", { enabled: false }, made);
  else if (stage === "parallel") change(route, "compare", { enabled: true }, made);
  else if (stage === "canary") change(route, "serve", { percent: percent === 100 ? 50 : percent }, made);
  else change(route, "serve", { percent: 100 }, made);
}

function change(route, role, wanted, made) {
  const toggle = toggleOf(route, role);
  if (toggle === null) return explainMissing(route, role);
  changeToggle(toggle.name, wanted, made, { route, role });
}

function explainMissing(route, role) {
  const does = role === "serve" ? "moves it to the new side" : "has both sides asked";
  openDialog(`${route.name} has no toggle for this`, () =>
    h("div", {}, h("p", {}, `A route is moved by toggles, and this one names none that ${does}. Add one below the route, and the toggle to the file:`), h("pre", { class: "code" }, h("code", {}, `${role.padEnd(7)} = "${route.name}.${role}"\n\n[toggles."${route.name}.${role}"]\nenabled = false`))),
  );
}

/** Changes a toggle: `wanted` is `{ enabled }` or `{ percent }`, and may be changed in the dialog. */
export async function changeToggle(name, wanted, made, about = {}) {
  let toggles;
  try {
    toggles = await get("api/toggles");
  } catch (error) {
    openDialog(`Change ${name}`, () => trouble(error));
    return;
  }
  if (toggles.source === "unleash") return tellUnleash(name, toggles.server);
  const toggle = toggles.toggles.find((one) => one.name === name);
  const others = (toggle?.routes ?? []).filter((one) => one.route !== about.route?.name).map((one) => one.route);
  const state = { kind: wanted.percent === undefined ? (wanted.enabled ? "on" : "off") : "percent", percent: String(wanted.percent ?? 5) };
  proposeChange({
    title: titleOf(name, wanted, about),
    intro: others.length > 0 ? `This toggle ${about.route ? "also moves" : "moves"} ${others.join(", ")}.` : null,
    path: `api/toggles/${part(name)}`,
    body: () => bodyOf(state),
    fields: (update) => fields(state, update),
    made,
  });
}

function titleOf(name, wanted, { route, role }) {
  if (!route) return `Change ${name}`;
  if (role === "compare") return wanted.enabled ? `Compare ${route.name}` : `Stop comparing ${route.name}`;
  return wanted.enabled === false ? `Go back: ${route.name}` : `Go forward: ${route.name}`;
}

function bodyOf(state) {
  if (state.kind !== "percent") return { enabled: state.kind === "on" };
  const percent = Number(state.percent);
  return state.percent.trim() !== "" && Number.isInteger(percent) && percent >= 0 && percent <= 100 ? { percent } : null;
}

function fields(state, update) {
  const kinds = [["off", "Off", "for nobody"], ["percent", "A share", "for some, who stay the same"], ["on", "On", "as its strategies say"]];
  const choose = (kind) => () => {
    state.kind = kind;
    update();
  };
  const pick = (percent) => () => {
    Object.assign(state, { kind: "percent", percent: String(percent) });
    update();
  };
  return h(
    "div",
    { class: "fields-form" },
    h("div", { class: "segments", role: "group", "aria-label": "The toggle is" }, ...kinds.map(([id, name, means]) => h("button", { type: "button", "aria-pressed": String(id === state.kind), onclick: choose(id), title: means }, name))),
    state.kind === "percent" &&
      h(
        "div",
        { class: "percent" },
        h("label", { class: "field" }, h("span", {}, "Per cent"), h("input", { name: "percent", type: "number", min: 0, max: 100, step: 1, value: state.percent, key: `percent-${state.percent}`, onchange: (event) => ((state.percent = event.target.value), update()) })),
        h("div", { class: "chips", role: "group", "aria-label": "Usual shares" }, ...STEPS.map((step) => h("button", { type: "button", class: "chip", "aria-pressed": String(state.percent === String(step)), onclick: pick(step) }, `${step} %`))),
      ),
  );
}

function tellUnleash(name, server) {
  openDialog(`${name} is changed in Unleash`, () =>
    h("div", {}, h("p", {}, "The toggles of this gateway come from an Unleash server, and are changed there. The gateway sees the change when it asks next."), server?.url && h("p", {}, h("code", {}, server.url))),
  );
}
