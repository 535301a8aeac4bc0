// What the parallel run has found, kept up to date: by the gateway's event stream where it has one, else by asking again.

import { ApiError, get } from "./api.js";
import { events } from "./events.js";
import { reportOf } from "./report.js";

/** Between two questions where there is no stream. */
const POLL_MS = 3_000;
/** Before a stream that broke is opened again: doubled each time, up to the longest. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 15_000;

/** `live`: by events. `polling`: by asking. `absent`: this gateway keeps no report. `away`: it cannot be reached. */
const live = { state: "starting", routes: new Map(), at: null, error: null, store: null };
const watchers = new Set();
/** Called when a promotion has made a step. */
let onStep = () => {};
let stopping = null;

export const state = () => live;
export const reportFor = (route) => live.routes.get(route);
export const whenPromoted = (callback) => (onStep = callback);

/** Calls `watcher` after each change; gives what ends that. */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Starts to follow; again after a sign-in. */
export function follow() {
  stopping?.abort();
  stopping = new AbortController();
  run(stopping.signal);
}

export function stop() {
  stopping?.abort();
  live.routes.clear();
  live.state = "starting";
}

async function run(signal) {
  let wait = RETRY_MS;
  while (!signal.aborted) {
    try {
      take(await get("api/report?samples=0"));
      await events("api/report/events", signal, {
        onOpen: () => {
          wait = RETRY_MS;
          become("live");
        },
        onEvent: (name, data) => {
          if (name === "report") take(JSON.parse(data));
          if (name === "promotions") onStep();
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 401) return;
      if (error instanceof ApiError && error.isAbsent && live.at === null) return become("absent");
      // No stream here, or too many follow it already.
      if (error instanceof ApiError && !error.isAway && live.at !== null) return poll(signal);
      become("away", error);
    }
    await pause(wait * (0.5 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, RETRY_MAX_MS);
  }
}

/** Where there is a report but no stream of it. */
async function poll(signal) {
  while (!signal.aborted) {
    try {
      take(await get("api/report?samples=0"));
      become("polling");
    } catch (error) {
      if (signal.aborted || error.status === 401) return;
      become("away", error);
    }
    await pause(POLL_MS, signal);
  }
}

/** Takes a report of all routes. */
function take(raw) {
  if (stopping.signal.aborted) return;
  live.routes.clear();
  live.store = raw.store ?? null;
  for (const one of raw.routes ?? []) live.routes.set(one.route, reportOf(one));
  live.at = Date.now();
  live.error = null;
  tell();
}

function become(state, error = null) {
  if (live.state === state && live.error === error) return;
  live.state = state;
  live.error = error;
  tell();
}

function tell() {
  watchers.forEach((watcher) => watcher());
}

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
}
