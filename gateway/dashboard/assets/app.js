// The frame around all pages: where we are, how it stands with the gateway, and who is let in.

import { ApiError, get, setToken, token } from "./api.js";
import { isDialogOpen } from "./dialog.js";
import { announce, h, morph } from "./dom.js";
import { clock } from "./format.js";
import { icon } from "./icons.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import { button, trouble, waiting } from "./parts.js";
import { auditPage } from "./pages/audit.js";
import { differencePage } from "./pages/difference.js";
import { loginView } from "./pages/login.js";
import { routePage } from "./pages/route.js";
import { routesPage } from "./pages/routes.js";
import { servicesPage } from "./pages/services.js";
import { togglesPage } from "./pages/toggles.js";

/** What is in the menu. */
const MENU = [
  { hash: "#/routes", name: "Routes", sign: "routes", key: "g r" },
  { hash: "#/services", name: "Services", sign: "services", key: "g s" },
  { hash: "#/toggles", name: "Toggles", sign: "toggles", key: "g t" },
  { hash: "#/audit", name: "Audit", sign: "audit", key: "g a" },
];

const app = document.getElementById("app");
/** The page in front: itself, whether it has its data, what went wrong last, and when it was last right. */
let front = null;
let timer = 0;
let isLockedOut = false;
let drawing = 0;

/** The page for a place. */
function pageFor(hash) {
  const parts = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decoded);
  const [first, name, third, path, kind] = parts;
  if (first === undefined || (first === "routes" && name === undefined)) return routesPage(context);
  if (first === "routes" && third === "differences") return differencePage(context, name, path, kind);
  if (first === "routes") return routePage(context, name);
  if (first === "services") return servicesPage(context);
  if (first === "toggles") return togglesPage(context);
  if (first === "audit") return auditPage(context);
  return routesPage(context);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What pages may ask of the frame. */
const context = { redraw: draw, refresh: () => refresh(), go: (hash) => (location.hash = hash) };

async function show() {
  clearTimeout(timer);
  // A dialog is about the page that it was opened on.
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
  const mine = { page: pageFor(location.hash), loaded: false, error: null, at: null, busy: false };
  front = mine;
  document.title = `${mine.page.title} · Banyan`;
  drawNow();
  window.scrollTo(0, 0);
  await refresh();
  if (front === mine && !isDialogOpen()) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Asks for the page's data again, and goes on doing so while the page can be seen. */
async function refresh() {
  const mine = front;
  clearTimeout(timer);
  if (mine === null || mine.busy || isLockedOut) return;
  mine.busy = true;
  try {
    await mine.page.refresh();
    Object.assign(mine, { loaded: true, error: null, at: Date.now() });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return lockOut();
    mine.error = error;
  } finally {
    mine.busy = false;
  }
  if (mine !== front) return;
  draw();
  timer = setTimeout(() => (document.hidden ? null : refresh()), mine.error ? 5_000 : (mine.page.every ?? 2_000));
}

/** Draws with the next frame, once for however many reasons. */
function draw() {
  if (drawing === 0) drawing = requestAnimationFrame(drawNow);
}

function drawNow() {
  cancelAnimationFrame(drawing);
  drawing = 0;
  const next = h("div", { id: "app" }, isLockedOut ? loginView(signIn) : [aside(), main()]);
  morph(app, next);
}

function main() {
  const { page, loaded, error, at } = front;
  return h(
    "main",
    { id: "main", tabindex: "-1", key: location.hash },
    error && loaded && h("div", { class: "stale" }, icon("warn"), h("p", {}, `What is shown is of ${clock(at)}: ${error.message}.`), button("Try again", refresh)),
    error && !loaded ? [h("h1", {}, page.title), trouble(error, refresh)] : loaded ? page.view() : [h("h1", {}, page.title), waiting(6)],
  );
}

function aside() {
  const here = location.hash || "#/routes";
  return h(
    "nav",
    { class: "side", "aria-label": "Pages" },
    h("a", { class: "brand", href: "#/routes" }, mark(), "Banyan"),
    h(
      "ul",
      { class: "menu" },
      ...MENU.map((item) =>
        h(
          "li",
          {},
          h(
            "a",
            { href: item.hash, "aria-current": here.startsWith(item.hash) || (here === "#/" && item.hash === "#/routes") ? "page" : undefined },
            icon(item.sign),
            h("span", {}, item.name),
            h("kbd", { "aria-hidden": "true" }, item.key),
          ),
        ),
      ),
    ),
    h(
      "div",
      { class: "side-foot" },
      standing(),
      h(
        "div",
        { class: "side-buttons" },
        iconButton(themeSign(), `Theme: ${theme()}. Change it`, toggleTheme),
        iconButton("help", "Keyboard help", keys.openHelp),
        token() && iconButton("leave", "Sign out", signOut),
      ),
    ),
  );
}

function mark() {
  return h("span", { class: "mark", "aria-hidden": "true" });
}

function iconButton(sign, label, onclick) {
  return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick }, icon(sign));
}

/** How it stands with the gateway, in a word. */
function standing() {
  const { state } = live.state();
  const words = {
    starting: ["quiet", "Connecting"],
    live: ["good", "Live"],
    polling: ["good", "Up to date"],
    absent: ["quiet", "No report kept"],
    away: ["bad", "Not connected"],
  };
  const [tone, word] = front?.error?.isAway ? words.away : words[state];
  return h("p", { class: `standing ${tone}`, "data-standing": state }, h("span", { class: "lamp", "aria-hidden": "true" }), word);
}

const THEMES = ["auto", "light", "dark"];
const theme = () => document.documentElement.dataset.theme ?? "auto";
const themeSign = () => ({ auto: "auto", light: "sun", dark: "moon" })[theme()];

function toggleTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "auto") localStorage.removeItem("banyan.theme");
    else localStorage.setItem("banyan.theme", next);
  } catch {
    // It lasts as long as the page.
  }
  announce(`Theme: ${next}`);
  draw();
}

function lockOut() {
  isLockedOut = true;
  live.stop();
  drawNow();
  app.querySelector("input")?.focus();
}

/** Tries a token: kept when the gateway takes it. */
async function signIn(given) {
  const before = token();
  setToken(given);
  try {
    await get("api/toggles");
  } catch (error) {
    setToken(before);
    throw error;
  }
  isLockedOut = false;
  live.follow();
  await show();
}

function signOut() {
  setToken(null);
  live.stop();
  lockOut();
}

function up() {
  const parts = location.hash.split("/");
  location.hash = parts.length > 3 ? parts.slice(0, 3).join("/") : "#/routes";
}

window.addEventListener("hashchange", show);
document.addEventListener("visibilitychange", () => !document.hidden && refresh());
keys.listen({ keysOf: () => (isLockedOut ? {} : front?.page.keys), toggleTheme, up });
live.watch(draw);
live.whenPromoted(() => refresh());
live.follow();
show();
