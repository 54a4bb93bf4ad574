// A table that sorts by its columns, and becomes a list of cards on a phone.
import {h} from './dom.js';
import {change, current} from './route.js';

const compare = (a, b) => {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1; // unknown comes last
  if (b === null || b === undefined) return -1;
  return typeof a === 'string' ? a.localeCompare(b, 'en', {numeric: true}) : a - b;
};

/** Items in the order of "column" or "-column" (the greatest first); as they are without one. */
function sorted(columns, items, order) {
  const descending = order.startsWith('-');
  const column = columns.find((one) => one.key === order.replace(/^-/, '') && one.value);
  if (!column) return items;
  const unknownLast = (a, b) => a === null || b === null || a === undefined || b === undefined;
  return [...items].sort((x, y) => {
    const [a, b] = [column.value(x), column.value(y)];
    return descending && !unknownLast(a, b) ? compare(b, a) : compare(a, b);
  });
}

function heading(column, order, parameter) {
  const properties = {scope: 'col', role: 'columnheader', class: column.number ? 'number' : ''};
  if (!column.value) return h('th', properties, column.name);
  const descending = order === `-${column.key}`;
  const active = descending || order === column.key;
  // Figures are looked at from the greatest down, names from A on.
  const next = active
    ? descending
      ? column.key
      : `-${column.key}`
    : column.number
      ? `-${column.key}`
      : column.key;
  return h(
    'th',
    {...properties, 'aria-sort': active ? (descending ? 'descending' : 'ascending') : null},
    h(
      'button',
      {
        type: 'button',
        class: 'sort',
        'data-focus': `sort ${parameter} ${column.key}`,
        title: column.hint,
        onclick: () => change({[parameter]: next}),
      },
      column.name,
      h('span', {class: 'arrow', 'aria-hidden': 'true'}, active ? (descending ? '▾' : '▴') : ''),
    ),
  );
}

/** The same choice where a phone shows no heading. */
function sortChoice(columns, order, usual, parameter) {
  const options = [
    ...(usual ? [] : [['', 'Most important first']]),
    ...columns
      .filter((column) => column.value)
      .flatMap((column) => [
        [`-${column.key}`, `${column.name}, ${column.number ? 'greatest first' : 'Z to A'}`],
        [column.key, `${column.name}, ${column.number ? 'smallest first' : 'A to Z'}`],
      ]),
  ];
  return h(
    'label',
    {class: 'sort-choice'},
    'Sort by ',
    h(
      'select',
      {'data-focus': `choice ${parameter}`, onchange: (event) => change({[parameter]: event.target.value})},
      options.map(([value, name]) => h('option', {value, selected: value === order}, name)),
    ),
  );
}

/**
 * Columns: {key, name, hint, number: true for figures, value(item) to sort by (left out: not sortable),
 * cell(item): nodes}. The order is the route's parameter `parameter`, else `order`.
 */
export function table(caption, columns, items, {order = '', parameter = 'sort'} = {}) {
  const by = current().params.get(parameter) ?? order;
  return h(
    'div',
    {class: 'table'},
    sortChoice(columns, by, order, parameter),
    h(
      'table',
      {role: 'table'},
      h('caption', {class: 'sr'}, caption),
      h(
        'thead',
        {role: 'rowgroup'},
        h(
          'tr',
          {role: 'row'},
          columns.map((column) => heading(column, by, parameter)),
        ),
      ),
      h(
        'tbody',
        {role: 'rowgroup'},
        sorted(columns, items, by).map((item) =>
          h(
            'tr',
            {role: 'row'},
            columns.map((column) =>
              h(
                'td',
                {
                  role: 'cell',
                  class: `${column.number ? 'number' : ''} ${column.wide ? 'wide' : ''}`,
                  'data-label': column.name,
                },
                h('div', {}, column.cell(item)),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
