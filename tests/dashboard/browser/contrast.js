// Gives the texts whose contrast with their ground is below 4.5:1 (3:1 for large ones), by WCAG 2.2.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const over = (top, below) => {
  const alpha = top[3] ?? 1;
  return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
};
const luminance = (colour) => {
  const [r, g, b] = colour.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  if (element === null) return [255, 255, 255];
  const colour = getComputedStyle(element).backgroundColor;
  return /^rgba?\(/.test(colour) ? over(channels(colour), channels(colour)[3] === 1 || channels(colour).length === 3 ? [0, 0, 0] : ground(element.parentElement)) : ground(element.parentElement);
};
const opacity = (element) => (element === null ? 1 : Number(getComputedStyle(element).opacity) * opacity(element.parentElement));
const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  const style = getComputedStyle(element);
  // What is disabled or not seen need not be read.
  if (texts.currentNode.data.trim() === "" || !element.checkVisibility({ checkOpacity: true })) continue;
  if (element.closest(":disabled, .unseen, .skip, script, noscript, svg") || opacity(element) < 1) continue;
  const behind = ground(element);
  const [a, b] = [luminance(over(channels(style.color), behind)), luminance(behind)];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${texts.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
}
return [...new Set(faint)];
