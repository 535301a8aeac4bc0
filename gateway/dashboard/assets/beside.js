// Two answers side by side: equal lines on one height, what differs marked, long equal stretches folded.

import { linesOf } from "./body.js";
import { h } from "./dom.js";
import { many } from "./format.js";
import { inert } from "./inert.js";

/** Most lines of a side that are matched with the other's; beyond, lines of one number face each other. */
const MATCHED_MAX = 1_500;
/** Equal lines that are shown around a difference. */
const AROUND = 3;
/** Most rows that are drawn. */
const ROWS_MAX = 2_000;

/** Both bodies; `isOpen(id)` and `onOpen(id)` are about folded stretches. */
export function sideBySide(old, fresh, differences, { isOpen, onOpen }) {
  const rows = marked(pairs(linesOf(old), linesOf(fresh)), differences);
  const shown = rows.slice(0, ROWS_MAX);
  return h(
    "div",
    { class: "beside", role: "table", "aria-label": "Both answers side by side" },
    h("div", { class: "beside-head", role: "row" }, h("span", { role: "columnheader" }, "old side"), h("span", { role: "columnheader" }, "new side")),
    h("div", { class: "beside-rows", tabindex: "0" }, ...folded(shown, isOpen).map((one) => (Array.isArray(one) ? fold(one, onOpen) : row(one)))),
    rows.length > ROWS_MAX && h("p", { class: "note" }, `${many(rows.length - ROWS_MAX, "more line")}: not shown here.`),
  );
}

/** Rows of two lines, `{ old, new, changed }`; by the longest common subsequence of lines. */
export function pairs(old, fresh) {
  let start = 0;
  while (start < old.length && start < fresh.length && same(old[start], fresh[start])) start += 1;
  let oldEnd = old.length;
  let newEnd = fresh.length;
  while (oldEnd > start && newEnd > start && same(old[oldEnd - 1], fresh[newEnd - 1])) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  const rows = [];
  for (let i = 0; i < start; i += 1) rows.push({ old: old[i], new: fresh[i], changed: false });
  rows.push(...middle(old.slice(start, oldEnd), fresh.slice(start, newEnd)));
  for (let i = 0; oldEnd + i < old.length; i += 1) rows.push({ old: old[oldEnd + i], new: fresh[newEnd + i], changed: false });
  return rows;
}

const same = (a, b) => a.text === b.text && a.depth === b.depth;

function middle(old, fresh) {
  if (old.length > MATCHED_MAX || fresh.length > MATCHED_MAX) return facing(old, fresh);
  const width = fresh.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = same(old[i], fresh[j])
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const rows = [];
  let [i, j] = [0, 0];
  let [left, right] = [[], []];
  const flush = () => {
    rows.push(...facing(left, right));
    [left, right] = [[], []];
  };
  while (i < old.length && j < fresh.length) {
    if (same(old[i], fresh[j])) {
      flush();
      rows.push({ old: old[i], new: fresh[j], changed: false });
      [i, j] = [i + 1, j + 1];
    } else if (common[(i + 1) * width + j] >= common[i * width + j + 1]) left.push(old[i++]);
    else right.push(fresh[j++]);
  }
  left.push(...old.slice(i));
  right.push(...fresh.slice(j));
  flush();
  return rows;
}

/** Lines that have no partner, opposite each other; lines of one place face one another where there are such. */
function facing(left, right) {
  const rows = [];
  const waiting = [...right];
  for (const line of left) {
    const at = waiting.findIndex((other) => other.place !== null && other.place === line.place && other.text.length > 1);
    if (at >= 0) {
      for (const extra of waiting.splice(0, at)) rows.push({ old: null, new: extra, changed: true });
      rows.push({ old: line, new: waiting.shift(), changed: true });
    } else if (line.place === null && waiting.length > 0) rows.push({ old: line, new: waiting.shift(), changed: true });
    else rows.push({ old: line, new: null, changed: true });
  }
  return rows.concat(waiting.map((line) => ({ old: null, new: line, changed: true })));
}

/** With what is said of the place of each row: `explained` where a rule covers it. */
function marked(rows, differences) {
  return rows.map((one) => {
    const place = one.old?.place ?? one.new?.place;
    const about = differences.find((difference) => isWithin(place, difference.place));
    return { ...one, explained: one.changed && Boolean(about?.explained) };
  });
}

const isWithin = (place, of) => Boolean(place) && (place === of || place.startsWith(`${of}.`) || place.startsWith(`${of}[`));

/** Long stretches of equal rows as one array each, unless they were opened. */
function folded(rows, isOpen) {
  const near = new Array(rows.length).fill(false);
  rows.forEach((one, index) => {
    if (!one.changed) return;
    for (let i = Math.max(0, index - AROUND); i <= Math.min(rows.length - 1, index + AROUND); i += 1) near[i] = true;
  });
  const out = [];
  for (let index = 0; index < rows.length; ) {
    let end = index;
    while (end < rows.length && !near[end]) end += 1;
    if (end - index > 4 && !isOpen(index)) {
      out.push(Object.assign(rows.slice(index, end), { id: index }));
      index = end;
    } else {
      out.push(rows[index]);
      index += 1;
      while (index < end) out.push(rows[index++]);
    }
  }
  return out;
}

function fold(rows, onOpen) {
  return h("button", { type: "button", class: "fold", onclick: () => onOpen(rows.id) }, `${many(rows.length, "equal line")}`);
}

function row(one) {
  const [left, right] = one.changed && one.old && one.new ? within(one.old, one.new) : [plain(one.old), plain(one.new)];
  const state = one.changed ? (one.explained ? "explained" : "changed") : "equal";
  return h("div", { class: `beside-row ${state}`, role: "row" }, side(one.old, left, one.changed, "old"), side(one.new, right, one.changed, "new"));
}

function side(line, content, changed, name) {
  if (line === null) return h("code", { class: "line absent", role: "cell", "aria-label": "nothing" });
  return h(
    "code",
    { class: `line ${name}`, role: "cell", vars: { "--depth": String(Math.min(line.depth, 20)) } },
    changed && h("span", { class: "unseen" }, "differs: "),
    ...content,
  );
}

const plain = (line) => (line === null ? [] : [inert(line.text)]);

/** The part of two lines that differs, between what both begin and end with. */
function within(old, fresh) {
  const [a, b] = [[...old.text], [...fresh.text]];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const split = (all) => [
    inert(all.slice(0, start).join("")),
    h("mark", {}, inert(all.slice(start, all.length - end).join(""))),
    inert(all.slice(all.length - end).join("")),
  ];
  return [split(a), split(b)];
}
