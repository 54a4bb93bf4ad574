// Existing indexes and their verdicts; foreign keys without an index.
import {h} from './dom.js';
import {choice, databaseChoice, filters, matches, optionsOf, search} from './filters.js';
import {foreignKeys} from './foreign_keys.js';
import {ago, bytes, count, number, qualified} from './format.js';
import {empty, minor, none, since, tag} from './parts.js';
import {toIndex} from './route.js';
import {table} from './table.js';
import {verdicts} from './words.js';

export const title = 'Indexes';
export const needs = ['indexes', 'foreign_keys', 'recommendations'];

/** They only tell where a drop stands. */
export const tolerates = (name) => name === 'recommendations';

const nameOf = (index) => qualified(index.schema, index.name);
export const tableOf = (index) => qualified(index.table_schema, index.table);

const columns = [
  {
    key: 'index',
    name: 'Index',
    wide: true,
    value: nameOf,
    cell: (index) => [
      h('a', {href: toIndex(index), 'data-focus': `index ${toIndex(index)}`}, nameOf(index)),
      minor(`on ${tableOf(index)} · ${index.database}`),
    ],
  },
  {
    key: 'verdict',
    name: 'Verdict',
    value: (index) => index.verdict,
    cell: (index) => [tag(index.verdict, verdicts), minor(index.reasons[0] ?? '')],
  },
  {
    key: 'freed',
    name: 'Could be freed',
    number: true,
    value: (index) => index.reclaimable_bytes,
    cell: (index) => (index.reclaimable_bytes > 0 ? bytes(index.reclaimable_bytes) : none()),
  },
  {
    key: 'size',
    name: 'Size',
    number: true,
    value: (index) => index.size_bytes,
    cell: (index) => bytes(index.size_bytes),
  },
  {
    key: 'scans',
    name: 'Scans',
    number: true,
    hint: 'On all servers of the cluster',
    value: (index) => index.scans,
    cell: (index) => [number(index.scans), minor('since ', ago(index.since, 'an unknown time'))],
  },
];

export function render({lists, route: {params}, status}) {
  const all = lists.indexes.items;
  const value = (name) => params.get(name) ?? '';
  const is = (name, one) => !params.get(name) || params.get(name) === one;
  const shown = all.filter(
    (index) =>
      is('database', index.database) &&
      is('verdict', index.verdict) &&
      is('table', tableOf(index)) &&
      matches(value('q'), nameOf(index), tableOf(index), index.ddl),
  );
  const foreign = lists.foreign_keys.items.filter((key) => is('database', key.database));
  const waiting = status.report_as_of === null;
  return [
    filters(
      choice({
        name: 'Verdict',
        parameter: 'verdict',
        value: value('verdict'),
        options: optionsOf(
          all.map((index) => index.verdict),
          'all verdicts',
        ),
      }),
      databaseChoice(status, value('database')),
      choice({
        name: 'Table',
        parameter: 'table',
        value: value('table'),
        options: optionsOf(all.map(tableOf), 'all tables'),
      }),
      search(value('q')),
    ),
    h('p', {class: 'minor', role: 'status'}, `${number(shown.length)} of ${count(all.length, 'index', 'indexes')}`),
    shown.length
      ? table('Indexes', columns, shown)
      : empty(
          waiting
            ? 'The first analysis is under way.'
            : all.length
              ? 'Nothing matches these filters.'
              : 'There are no indexes.',
        ),
    foreignKeys(foreign, waiting),
  ];
}
