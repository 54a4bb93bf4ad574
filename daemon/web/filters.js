// Choices above a list. What is chosen stands in the address.
import {h} from './dom.js';
import {change} from './route.js';

/** {name, parameter, options: [[value, text]], value}: the first option is what is shown without a choice. */
export const choice = ({name, parameter, options, value}) =>
  h(
    'label',
    {},
    name,
    h(
      'select',
      {
        'data-focus': `filter ${parameter}`,
        'data-filter': parameter,
        onchange: (event) => change({[parameter]: event.target.value === options[0][0] ? '' : event.target.value}),
      },
      options.map(([one, text]) => h('option', {value: one, selected: one === value}, text)),
    ),
  );

/** The database stays chosen from view to view. */
export const databaseChoice = (status, value) =>
  choice({
    name: 'Database',
    parameter: 'database',
    value,
    options: optionsOf(status.databases, 'all databases'),
  });

export const search = (value) =>
  h(
    'label',
    {class: 'search'},
    'Search',
    h('input', {
      type: 'search',
      value,
      'data-focus': 'filter q',
      'data-filter': 'q',
      placeholder: 'table, index or SQL',
      autocomplete: 'off',
      oninput: (event) => change({q: event.target.value}),
    }),
  );

/** Distinct values as options, with "all" before them. */
export const optionsOf = (values, all, text = (value) => value) => [
  ['', all],
  ...[...new Set(values)].sort((a, b) => a.localeCompare(b, 'en')).map((value) => [value, text(value)]),
];

export const filters = (...controls) =>
  h(
    'div',
    {class: 'filters', role: 'search'},
    controls,
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-focus': 'filter reset',
        onclick: () =>
          change(
            Object.fromEntries(['database', 'table', 'kind', 'state', 'verdict', 'q'].map((name) => [name, ''])),
          ),
      },
      'Reset',
    ),
  );

/** Whether any of the texts holds what is searched for. */
export const matches = (query, ...texts) => {
  const wanted = query.trim().toLowerCase();
  return wanted === '' || texts.some((text) => (text ?? '').toLowerCase().includes(wanted));
};
