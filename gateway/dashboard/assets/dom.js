// Elements from data, and a page brought to a new state without losing focus, scroll or what is open.
//
// Nothing here takes markup: text becomes text nodes and attributes, whatever is in it.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("a", { class: "x", href, onclick }, "text", child)`. `key` tells siblings apart. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An SVG element. */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "key") element._key = value;
    else if (name === "vars") Object.entries(value).forEach(([key, one]) => element.style.setProperty(key, one));
    else if (name.startsWith("on")) listen(element, name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false || child === "") continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child);
  }
}

function listen(element, type, handler) {
  element._handlers ??= {};
  if (!(type in element._handlers)) element.addEventListener(type, dispatch);
  element._handlers[type] = handler;
}

function dispatch(event) {
  return event.currentTarget._handlers[event.type]?.(event);
}

/** Brings `live` to what `next` shows. `next` is used up. */
export function morph(live, next) {
  if (live.nodeType !== next.nodeType || live.nodeName !== next.nodeName || live._key !== next._key) {
    live.replaceWith(next);
    return;
  }
  if (live.nodeType === Node.TEXT_NODE) {
    if (live.data !== next.data) live.data = next.data;
    return;
  }
  attributes(live, next);
  for (const type of Object.keys(live._handlers ?? {})) live._handlers[type] = next._handlers?.[type];
  for (const [type, handler] of Object.entries(next._handlers ?? {})) listen(live, type, handler);
  childrenOf(live, next);
}

/** What people open, type and choose is theirs: it stays. */
function isTheirs(element, name) {
  return (name === "open" && (element.nodeName === "DETAILS" || element.nodeName === "DIALOG"))
    || (name === "value" && element === document.activeElement);
}

function attributes(live, next) {
  for (const { name } of [...live.attributes]) {
    if (!next.hasAttribute(name) && !isTheirs(live, name)) live.removeAttribute(name);
  }
  // The policy lets no attribute set a style; its object may.
  if (live.style.cssText !== next.style.cssText) live.style.cssText = next.style.cssText;
  for (const { name, value } of next.attributes) {
    if (name === "style") continue;
    if (live.getAttribute(name) !== value && !isTheirs(live, name)) live.setAttribute(name, value);
  }
}

function childrenOf(live, next) {
  const keyed = new Map();
  for (const child of live.childNodes) if (child._key !== undefined) keyed.set(child._key, child);
  let cursor = live.firstChild;
  for (const wanted of [...next.childNodes]) {
    const known = wanted._key !== undefined ? keyed.get(wanted._key) : cursor?._key === undefined ? cursor : null;
    if (!known) {
      live.insertBefore(wanted, cursor);
      continue;
    }
    keyed.delete(wanted._key);
    if (known === cursor) cursor = cursor.nextSibling;
    else live.insertBefore(known, cursor);
    morph(known, wanted);
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

/** Says something to those who listen to the page. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer && announcer.textContent !== text) announcer.textContent = text;
}
