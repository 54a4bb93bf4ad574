// A plan of EXPLAIN (FORMAT JSON) as a tree: what each node does, what it costs by itself and how many rows it gives.
import {bar} from './bars.js';
import {h, hidden} from './dom.js';
import {number} from './format.js';

const conditions = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'Sort Key',
  'Presorted Key',
  'Group Key',
];

const total = (node) => node['Total Cost'] ?? 0;

/** A node's cost without its children's. An inner side that is read again costs more than it says: never below 0. */
export const ownCost = (node) =>
  Math.max(0, total(node) - (node.Plans ?? []).reduce((sum, child) => sum + total(child), 0));

/** "Parallel Seq Scan on orders o", as EXPLAIN's text has it. */
export function nodeTitle(node) {
  const parallel = node['Parallel Aware'] ? 'Parallel ' : '';
  const using = node['Index Name'] ? ` using ${node['Index Name']}` : '';
  const name = node['Relation Name'] ?? node['CTE Name'] ?? node['Function Name'];
  const alias = node.Alias && node.Alias !== name ? ` ${node.Alias}` : '';
  return `${parallel}${node['Node Type']}${using}${name ? ` on ${name}${alias}` : ''}`;
}

function toneOf(node, index) {
  if (index !== null && node['Index Name'] === index) return 'good';
  return node['Node Type'] === 'Seq Scan' ? 'warn' : '';
}

function nodeItem(node, most, index) {
  const own = ownCost(node);
  const said = conditions.filter((name) => node[name] !== undefined);
  return h(
    'li',
    {},
    h(
      'div',
      {class: `node ${toneOf(node, index)}`},
      h('span', {class: 'title'}, nodeTitle(node)),
      h(
        'span',
        {class: 'figures'},
        bar(most > 0 ? own / most : 0),
        hidden('Own cost '),
        number(own),
        h('span', {class: 'minor'}, `of ${number(total(node))} · ${number(node['Plan Rows'])} rows`),
      ),
    ),
    said.length
      ? h(
          'ul',
          {class: 'conditions'},
          said.map((name) => h('li', {}, `${name}: `, h('code', {}, [node[name]].flat().join(', ')))),
        )
      : null,
    node.Plans?.length
      ? h(
          'ul',
          {},
          node.Plans.map((child) => nodeItem(child, most, index)),
        )
      : null,
  );
}

/** `index`: the name of the one that is recommended, to find it in the tree; null: none. */
export function plan(title, value, index = null) {
  const root = value?.Plan;
  return h(
    'div',
    {class: 'plan'},
    h('h4', {}, title),
    root
      ? h('ul', {class: 'tree'}, nodeItem(root, total(root), index))
      : h('p', {class: 'minor'}, 'The plan is unknown.'),
  );
}
