// Light, dark, or as the system has it. The choice stays in this browser.
import {byId} from './dom.js';

const kKey = 'pgadvisor-theme';
const order = ['system', 'light', 'dark'];

/** A browser that keeps nothing for this page keeps no choice either. */
function stored() {
  try {
    return localStorage.getItem(kKey) ?? 'system';
  } catch {
    return 'system';
  }
}

function apply(theme) {
  const button = byId('theme');
  document.documentElement.dataset.theme = theme;
  button.textContent = `Theme: ${theme}`;
  button.setAttribute('aria-label', `Theme: ${theme}. Change it`);
}

/** `changed` is called after each change, also one of the system: charts are drawn with colours of the theme. */
export function startTheme(changed) {
  let theme = order.includes(stored()) ? stored() : 'system';
  apply(theme);
  byId('theme').addEventListener('click', () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    apply(theme);
    try {
      localStorage.setItem(kKey, theme);
    } catch {
      // It is the theme until the page is left.
    }
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}
