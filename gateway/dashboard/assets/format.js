// Numbers, shares, durations and moments, as people read them.

const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 1234567 as `1,234,567`. */
export function count(number) {
  return GROUPED.format(number ?? 0);
}

/** 12345 as `12.3 k`: where the room is small. */
export function short(number) {
  if (!Number.isFinite(number)) return "–";
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e4]]) {
    if (number >= size) {
      const scaled = number / (unit === "k" ? 1e3 : size);
      return `${scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)} ${unit}`;
    }
  }
  return GROUPED.format(number);
}

/** A share of 0 to 1 in per cent with as many digits as say something: `0.12 %`. */
export function share(value) {
  if (!Number.isFinite(value)) return "–";
  const percent = value * 100;
  if (percent === 0) return "0 %";
  if (percent >= 10) return `${trim(percent.toFixed(1))} %`;
  if (percent >= 0.01) return `${trim(percent.toFixed(percent >= 1 ? 2 : 3))} %`;
  return percent >= 0.0001 ? `${trim(percent.toFixed(4))} %` : "< 0.0001 %";
}

/** Milliseconds: `0.42 ms`, `12 ms`, `1.3 s`. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 1) return `${trim(ms.toFixed(2))} ms`;
  if (ms < 10) return `${trim(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trim((ms / 1000).toFixed(1))} s`;
  return `${trim((ms / 60_000).toFixed(1))} min`;
}

/** Requests a second. */
export function rate(perSecond) {
  if (!Number.isFinite(perSecond)) return "–";
  return `${perSecond === 0 ? "0" : perSecond < 10 ? trim(perSecond.toFixed(1)) : GROUPED.format(perSecond)}/s`;
}

/** Bytes: `512 B`, `12 KiB`. */
export function bytes(number) {
  if (number < 1024) return `${number} B`;
  if (number < 1024 * 1024) return `${trim((number / 1024).toFixed(1))} KiB`;
  return `${trim((number / 1024 / 1024).toFixed(1))} MiB`;
}

/** A moment as the distance to now: `12 s ago`, `3 h ago`. Takes what `Date` takes. */
export function ago(moment, now = Date.now()) {
  const at = new Date(moment).getTime();
  if (!Number.isFinite(at)) return "–";
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 5) return "just now";
  for (const [unit, size] of [["d", 86_400], ["h", 3_600], ["min", 60]]) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  }
  return `${seconds} s ago`;
}

/** A moment in full, local time. */
export function moment(of) {
  const at = new Date(of);
  if (Number.isNaN(at.getTime())) return String(of);
  return at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** The time of a day, local. */
export function clock(of) {
  return new Date(of).toLocaleTimeString("en-GB");
}

/** `1 route`, `2 routes`. */
export function many(number, one, more = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : more}`;
}

function trim(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
