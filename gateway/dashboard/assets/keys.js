// The keyboard: single keys and `g` with a letter, never while somebody types or a dialog is open.

import { isDialogOpen, openDialog } from "./dialog.js";
import { h } from "./dom.js";

/** Longest between `g` and the letter, ms. */
const SEQUENCE_MS = 1_200;

/** What each key does, for the page of help. */
const HELP = [
  ["Everywhere", [["?", "this help"], ["/", "search on this page"], ["j", "next row"], ["k", "row before"], ["Enter", "open the row"], ["u", "up: from a route to the routes"], ["d", "dark, light, or as the system says"]]],
  ["Go to", [["g r", "routes"], ["g s", "services"], ["g t", "toggles"], ["g a", "audit log"]]],
  ["On a route", [["f", "go forward"], ["b", "go back"], ["e", "explain the first cause, or the difference shown"]]],
  ["On a difference", [["n", "next sample"], ["p", "sample before"]]],
];

const GO = { r: "#/routes", s: "#/services", t: "#/toggles", a: "#/audit" };

/** Listens; `keysOf()` gives what the page in front does itself, `toggleTheme()` and `up()` what the frame does. */
export function listen({ keysOf, toggleTheme, up }) {
  let began = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isDialogOpen()) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const isSecond = performance.now() - began < SEQUENCE_MS;
    began = 0;
    if (isSecond && GO[event.key]) {
      location.hash = GO[event.key];
    } else if (event.key === "g") {
      began = performance.now();
    } else if (!act(event.key, { keysOf, toggleTheme, up })) {
      return;
    }
    event.preventDefault();
  });
}

/** Whether the key did something. */
function act(key, { keysOf, toggleTheme, up }) {
  const own = keysOf()?.[key];
  if (own) own();
  else if (key === "?") openHelp();
  else if (key === "/") return focusSearch();
  else if (key === "j") return step(1);
  else if (key === "k") return step(-1);
  else if (key === "d") toggleTheme();
  else if (key === "u") up();
  else return false;
  return true;
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function focusSearch() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

/** To the next row of the page, or the one before. */
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row === document.activeElement || row.closest("tr, li")?.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

/** The page of help. */
export function openHelp() {
  openDialog("Keyboard", () =>
    h(
      "div",
      { class: "help" },
      ...HELP.map(([title, keys]) =>
        h(
          "section",
          {},
          h("h3", {}, title),
          h("dl", {}, ...keys.map(([key, does]) => h("div", {}, h("dt", {}, ...key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, does)))),
        ),
      ),
    ),
  );
}
