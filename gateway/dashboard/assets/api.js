// Calls of the admin API. The token, where one is asked for, lives in this tab only (sessionStorage).

const TOKEN = "banyan.token";
/** Longest that a call may take, ms: a gateway that does not answer by then is said to be away. */
const CALL_WITHIN_MS = 15_000;

/** What went wrong with a call: the problem (RFC 9457) that the gateway answered, or that it did not answer. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.error ?? problem.title ?? `the gateway answered ${status}`);
    this.status = status;
    this.problem = problem;
  }

  /** Whether the gateway could not be asked at all. */
  get isAway() {
    return this.status === 0;
  }

  /** Whether there is no such thing in this gateway. */
  get isAbsent() {
    return this.status === 404 || this.status === 405 || this.status === 501;
  }

  /** What it says about single places: `[{ field, detail }]`. */
  get places() {
    return Array.isArray(this.problem.errors) ? this.problem.errors : [];
  }
}

export function token() {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return kept;
  }
}

/** Where the browser keeps nothing, the token lasts as long as the page. */
let kept = null;

export function setToken(value) {
  kept = value;
  try {
    if (value) sessionStorage.setItem(TOKEN, value);
    else sessionStorage.removeItem(TOKEN);
  } catch {
    // Kept in this page only.
  }
}

/** Asks and gives the answer's JSON; `null` where there is no body. */
export async function ask(method, path, body) {
  const response = await open(method, path, { body, signal: AbortSignal.timeout(CALL_WITHIN_MS) });
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    throw new ApiError(0, { detail: "the gateway's answer broke off" });
  }
}

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);

/** The open answer of a call that succeeded. */
export async function open(method, path, { body, signal, accept = "application/json" } = {}) {
  const headers = { accept };
  if (token()) headers.authorization = `Bearer ${token()}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const late = error.name === "TimeoutError";
    throw new ApiError(0, { detail: late ? "the gateway did not answer in time" : "the gateway cannot be reached" });
  }
  if (response.ok) return response;
  throw new ApiError(response.status, await problem(response));
}

async function problem(response) {
  try {
    const body = await response.json();
    return body && typeof body === "object" ? body : {};
  } catch {
    return {};
  }
}

/** A part of a path. */
export const part = encodeURIComponent;
