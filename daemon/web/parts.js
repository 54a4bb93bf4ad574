// Small parts that several views are made of.
import {details, h} from './dom.js';
import {shorten} from './format.js';
import {link} from './route.js';
import {say} from './words.js';

/** A word of the API with its meaning, from one of the tables of words.js. */
export function tag(word, meanings = {}) {
  const [tone, meaning] = meanings[word] ?? ['', ''];
  return h('span', {class: `tag ${tone}`, title: meaning}, say(word));
}

/** Since when something is so, in one line. */
export const since = (...content) => h('span', {class: 'minor when'}, content);

/** There is none of it, which is no news. */
export const none = (text = 'none') => h('span', {class: 'none'}, text);

export const minor = (...content) => h('span', {class: 'minor'}, content);

/** Nothing to show, and why that is. */
export const empty = (title, text) =>
  h('div', {class: 'empty'}, h('strong', {}, title), text ? h('p', {}, text) : null);

export const notice = (tone, ...content) => h('div', {class: `notice ${tone}`}, content);

export const panel = (title, aside, ...content) =>
  h(
    'section',
    {class: 'panel'},
    h('header', {}, h('h2', {}, title), aside ? h('div', {class: 'aside'}, aside) : null),
    content,
  );

/** Figures with their names: [name, value, more about it]. */
export const facts = (...entries) =>
  h(
    'dl',
    {class: 'facts'},
    entries
      .filter(Boolean)
      .map(([name, value, more]) => h('div', {}, h('dt', {}, name), h('dd', {}, value, more ? minor(more) : null))),
  );

/** A figure that a page starts with. */
export const tile = (name, value, more, href) =>
  h(
    href ? 'a' : 'div',
    {class: 'tile', href},
    h('span', {class: 'name'}, name),
    h('b', {}, value),
    h('span', {class: 'minor'}, more),
  );

export const list = (texts, style = 'plain') =>
  h(
    'ul',
    {class: style},
    texts.map((text) => h('li', {}, text)),
  );

/** The way back from a detail to its list. */
export const back = (view, name) =>
  h('p', {class: 'back'}, h('a', {href: link(view), 'data-focus': 'back'}, `← ${name}`));

async function copy(button, pre) {
  try {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = 'Copied';
  } catch {
    // No clipboard outside a secure context: select the text, so that one key press copies it.
    getSelection().selectAllChildren(pre);
    button.textContent = 'Selected';
  }
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2000);
}

/** SQL to copy. `name` tells screen readers and the focus what it is. */
export function code(text, name) {
  const pre = h('pre', {tabindex: '0', 'aria-label': name, role: 'group'}, text);
  const button = h(
    'button',
    {type: 'button', class: 'copy', 'data-focus': `copy ${name} ${text}`, 'aria-label': `Copy ${name}`},
    'Copy',
  );
  button.addEventListener('click', () => copy(button, pre));
  return h('div', {class: 'code'}, pre, button);
}

/** A statement's text in one line, all of it on demand. */
export const statementText = (text) => h('code', {class: 'sql'}, text ? shorten(text) : 'text unknown');

export const sqlBothWays = (key, item) =>
  item.ddl === null
    ? null
    : details(`${key} sql`, 'SQL, and the way back', () => [
        code(item.ddl, 'SQL'),
        item.rollback ? [minor('The way back'), code(item.rollback, 'rollback')] : null,
      ]);
