// DOM nodes from values. Everything from a database goes through text nodes, never through markup.

/**
 * An element. Children that are strings become text nodes; null, undefined and false are left out. `on...` are
 * listeners, `vars` custom properties of CSS (set one by one, which the content security policy allows).
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'vars') Object.entries(value).forEach(([key, one]) => element.style.setProperty(key, one));
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

/** Appends as h() does, arrays of any depth included. */
export function append(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export const byId = (id) => document.getElementById(id);

let quiet = 0;

/** Says for a while what was done, to the eye and to screen readers. */
export function announce(text) {
  clearTimeout(quiet);
  byId('say').textContent = text;
  quiet = setTimeout(() => {
    byId('say').textContent = '';
  }, 6000);
}

/** Text that only screen readers get. */
export const hidden = (text) => h('span', {class: 'sr'}, text);

/** Which <details> are open survives drawing anew; `content` is made when it is first opened. */
const opened = new Set();

export function details(key, title, content, open = false) {
  const element = h('details', {}, h('summary', {'data-focus': key}, title));
  const fill = () => {
    if (element.children.length === 1) append(element, content());
  };
  element.open = opened.has(key) || (open && !opened.has(`${key}/closed`));
  if (element.open) fill();
  element.addEventListener('toggle', () => {
    opened.delete(element.open ? `${key}/closed` : key);
    opened.add(element.open ? key : `${key}/closed`);
    if (element.open) fill();
  });
  return element;
}

/**
 * Replaces what is in `place` and puts the focus back to the element with the same data-focus, the caret of a text
 * field included.
 */
export function redraw(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.focus;
  const caret = focused?.selectionStart;
  place.replaceChildren();
  append(place, children);
  if (!key) return;
  const again = [...place.querySelectorAll('[data-focus]')].find((one) => one.dataset.focus === key);
  again?.focus({preventScroll: true});
  if (again && typeof caret === 'number') again.setSelectionRange(caret, caret);
}
