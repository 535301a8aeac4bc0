// Latency of both sides as one figure: the old side's histogram above the line, the new side's below, on one scale.

import { h, s } from "./dom.js";
import { duration } from "./format.js";

const WIDTH = 480;
const HEIGHT = 250;
const MIDDLE = 116;
const TALLEST = 80;
/** Bars that are drawn: buckets are joined to that many. */
const BARS = 60;

/** The figure; `null` where there is no histogram. Sides have `p50`, `p99` and `buckets` (`from`, `to` in ms, `count`). */
export function latencyChart(old, fresh) {
  const all = [...old.buckets, ...fresh.buckets].filter((bucket) => bucket.count > 0);
  if (all.length === 0) return null;
  const low = Math.max(0.01, Math.min(...all.map((bucket) => bucket.from || bucket.to / 2)));
  const high = Math.max(low * 4, Math.max(...all.map((bucket) => bucket.to)));
  const scale = { low: Math.log(low), high: Math.log(high) };
  const words = (side) => `median ${duration(side.p50)}, 99th percentile ${duration(side.p99)}`;
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, h("span", { class: "key old" }, h("i", { "aria-hidden": "true" }), "old side"), h("span", { class: "key new" }, h("i", { "aria-hidden": "true" }), "new side"), h("span", { class: "note" }, "share of requests by latency, logarithmic")),
    s(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Latency. Old side: ${words(old)}. New side: ${words(fresh)}.` },
      grid(low, high, scale),
      bars(old.buckets, scale, "old", -1),
      bars(fresh.buckets, scale, "new", 1),
      s("line", { class: "axis", x1: 0, x2: WIDTH, y1: MIDDLE, y2: MIDDLE }),
      marks(old, scale, "old", -1),
      marks(fresh, scale, "new", 1),
    ),
  );
}

function x(ms, scale) {
  const part = (Math.log(Math.max(ms, 1e-3)) - scale.low) / (scale.high - scale.low);
  return Math.min(WIDTH, Math.max(0, part * WIDTH));
}

/** Each bucket's count goes to the bars that it covers, in proportion. */
function bars(buckets, scale, side, direction) {
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  if (total === 0) return null;
  const heights = new Array(BARS).fill(0);
  const width = WIDTH / BARS;
  for (const bucket of buckets) {
    const from = x(bucket.from || bucket.to / 2, scale) / width;
    const to = Math.max(from + 1e-6, x(bucket.to, scale) / width);
    for (let bar = Math.floor(from); bar < Math.min(BARS, Math.ceil(to)); bar += 1) {
      heights[bar] += (bucket.count * (Math.min(to, bar + 1) - Math.max(from, bar))) / (to - from);
    }
  }
  const most = Math.max(...heights);
  return heights.map((one, index) => {
    if (one <= 0) return null;
    const height = Math.max(1, (one / most) * TALLEST);
    return s("rect", { class: `bar ${side}`, x: (index * width + 0.5).toFixed(1), width: (width - 1).toFixed(1), y: direction < 0 ? (MIDDLE - height).toFixed(1) : MIDDLE, height: height.toFixed(1) });
  });
}

function marks(side, scale, name, direction) {
  return [["p50", side.p50], ["p99", side.p99]].map(([label, ms]) => {
    if (ms === null) return null;
    const at = x(ms, scale);
    const end = MIDDLE + direction * (TALLEST + (label === "p50" ? 10 : 22));
    const isLate = at > WIDTH * 0.8;
    return s(
      "g",
      { class: `quantile ${name}` },
      s("line", { x1: at, x2: at, y1: MIDDLE, y2: end }),
      s("text", { x: at + (isLate ? -5 : 5), y: end + (direction < 0 ? 4 : 6), "text-anchor": isLate ? "end" : "start" }, `${label} ${duration(ms)}`),
    );
  });
}

function grid(low, high, scale) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of [1, 3]) {
      const ms = step * 10 ** power;
      if (ms > low * 1.15 && ms < high * 0.93) ticks.push(ms);
    }
  }
  return ticks.map((ms) => s("g", { class: "tick" }, s("line", { x1: x(ms, scale), x2: x(ms, scale), y1: 20, y2: HEIGHT - 20 }), s("text", { x: x(ms, scale), y: HEIGHT - 5, "text-anchor": "middle" }, duration(ms))));
}

/** The rate of real differences with its bound, on a scale with what is allowed. */
export function rateScale(report) {
  if (report.upper === null) return null;
  const allowed = report.allowed ?? 0.001;
  const most = Math.max(allowed * 2.5, report.upper * 1.15, 1e-6);
  const part = (value) => Math.min(1, value / most);
  return h(
    "div",
    { class: `rate-scale ${report.verdict}`, "aria-hidden": "true", vars: { "--estimate": String(part(report.rate ?? 0)), "--upper": String(part(report.upper)), "--allowed": String(part(allowed)) } },
    h("span", { class: "range" }),
    h("span", { class: "point" }),
    h("span", { class: "limit" }, h("em", {}, "allowed")),
  );
}
