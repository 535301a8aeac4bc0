// The report of a route as the pages use it: what is missing in an answer is `null` here, and never a guess.

const CLASSES = ["real", "unsure", "lag", "noise", "explained"];

/** Reads one route of `GET /api/report`. */
export function reportOf(raw) {
  const causes = (raw.causes ?? []).map(causeOf).sort(byWeight);
  // Of nothing there is no share, and no bound worth a word.
  const [compared, unjudged] = [raw.compared ?? 0, raw.unjudged ?? 0];
  const rateOf = (name, of) => (of > 0 ? (raw.difference_rate?.[name] ?? null) : null);
  return {
    route: raw.route,
    verdict: raw.verdict ?? "not_enough",
    reason: raw.reason ?? null,
    compared,
    needed: raw.needed ?? raw.enough ?? null,
    allowed: raw.allowed_difference ?? null,
    dropped: raw.dropped ?? {},
    droppedTotal: Object.values(raw.dropped ?? {}).reduce((sum, one) => sum + one, 0),
    rate: rateOf("estimate", compared),
    upper: rateOf("upper_95", compared + unjudged),
    unsure: raw.unsure ?? 0,
    old: sideOf(raw.latency_ms?.old, raw.latency?.histogram?.old),
    new: sideOf(raw.latency_ms?.new, raw.latency?.histogram?.new),
    slower: raw.latency?.verdict ?? null,
    p99Ratio: [raw.latency?.p99_ratio_lower ?? null, raw.latency?.p99_ratio_upper ?? null],
    sameAsked: raw.same_asked ?? null,
    unjudged,
    causes,
  };
}

/** Quantiles in ms; the histogram as `[{ from, to, count }]`, ms. */
function sideOf(raw, bars) {
  const buckets = (bars ?? []).map((bar) => ({ from: bar.from_us / 1000, to: bar.to_us / 1000, count: bar.count }));
  return { p50: raw?.p50 ?? null, p90: raw?.p90 ?? null, p99: raw?.p99 ?? null, buckets };
}

function causeOf(raw) {
  const isReal = !CLASSES.includes(raw.class) || raw.class === "real";
  return {
    path: raw.path,
    kind: raw.kind,
    class: isReal && raw.sure === false ? "unsure" : CLASSES.includes(raw.class) ? raw.class : "real",
    count: raw.count ?? 0,
    confidence: raw.confidence ?? null,
    why: raw.why ?? null,
    first: raw.first ?? null,
    last: raw.last ?? null,
    samples: raw.samples ?? [],
    // A cause that is partly explained and partly not is told of twice.
    key: `${raw.path}\n${raw.kind}\n${raw.class}`,
  };
}

/** What counts against the route first, then by how often. */
function byWeight(a, b) {
  return CLASSES.indexOf(a.class) - CLASSES.indexOf(b.class) || b.count - a.count || (a.path < b.path ? -1 : 1);
}

/** What is said of the latency of the new side. */
export const LATENCY_WORDS = {
  slower: "The new side is slower.",
  faster: "The new side is faster.",
  alike: "Neither side is slower, as far as it is worth a word.",
  not_enough: "Too few requests to tell whether a side is slower.",
};

/** The words for a verdict. */
export const VERDICTS = {
  equivalent: { name: "Equivalent", tone: "good", icon: "check" },
  different: { name: "Different", tone: "bad", icon: "differ" },
  not_enough: { name: "Not enough asked", tone: "quiet", icon: "wait" },
};

/** What the classes of causes mean. */
export const CLASS_WORDS = {
  real: { name: "real", tone: "bad", means: "The two sides answer differently, and nothing explains it. It counts against the route." },
  unsure: { name: "unsure", tone: "warn", means: "Not yet known whether the serving side differs from itself here just as much. Counts until it is." },
  lag: { name: "lag", tone: "quiet", means: "Gone when both sides were asked again a moment later: replication, not behaviour." },
  noise: { name: "noise", tone: "quiet", means: "The serving side differs from itself here just as often when it is asked twice." },
  explained: { name: "explained", tone: "quiet", means: "A rule of this route says that this may differ." },
};

/** What the kinds of differences mean. */
export const KIND_WORDS = {
  value: "other value",
  type: "other type",
  missing: "missing on the new side",
  extra: "extra on the new side",
  order: "other order",
  length: "other length",
};

/** Why exchanges were not compared. */
export const DROP_WORDS = {
  queue_full: "too many were waiting for the other side",
  body_too_large: "a body larger than is kept",
  other_too_large: "the other side's body is larger than is kept",
  deadline: "the other side did not answer in time",
  connect: "no connection to the other side",
  breaker_open: "the breaker before the other side was open, after it had not answered",
  closed: "the other side closed before its answer was whole",
  garbage: "the other side answered what is no HTTP",
  not_comparable: "an upgrade, an endless stream, an unknown coding",
  write_skipped: "a write, and writes are not asked twice here",
  client_left: "the client left before its answer was whole",
  judge_full: "too many pairs were waiting to be compared",
  noise_unjudged: "one side asked twice, and no room to compare the two",
  stopping: "the process was about to end",
};
