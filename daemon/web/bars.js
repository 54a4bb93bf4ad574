// Bars that stand beside figures; the figures are the text, so bars are hidden from screen readers.
import {h} from './dom.js';
import {factor, number, percent} from './format.js';

/** `share` of the width, 0 to 1. */
export const bar = (share, tone = '') =>
  h(
    'span',
    {class: `bar ${tone}`, 'aria-hidden': 'true', vars: {'--share': Math.min(1, Math.max(0, share || 0))}},
    h('i'),
  );

const side = (name, cost, most, tone) =>
  h(
    'div',
    {class: 'cost'},
    h('span', {class: 'name'}, name),
    bar(most > 0 ? cost / most : 0, tone),
    h('span', {class: 'figure'}, number(cost)),
  );

function verdict(before, after) {
  if (after > before * 1.005) return `${percent(after / before - 1)} more expensive`;
  return factor(before, after) || 'stays as it is';
}

/** A statement's planner cost in two cases, to one scale. */
export function costs(before, after, names = ['Cost before', 'Cost after']) {
  if (before === null || after === null) return h('p', {class: 'minor'}, 'cost unknown');
  const most = Math.max(before, after);
  return h(
    'div',
    {class: 'costs'},
    side(names[0], before, most, ''),
    side(names[1], after, most, after > before ? 'bad' : 'good'),
    h('span', {class: 'minor'}, verdict(before, after)),
  );
}
