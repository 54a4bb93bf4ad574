// The list of recommendations, with filters that stand in the address.
import {bar} from './bars.js';
import {h} from './dom.js';
import {choice, databaseChoice, filters, matches, optionsOf, search} from './filters.js';
import {ago, bytes, count, milliseconds, number, perDay, percent} from './format.js';
import {notProposed} from './not_proposed.js';
import {empty, minor, since, tag} from './parts.js';
import {toRecommendation} from './route.js';
import {table} from './table.js';
import {confidences, say, states} from './words.js';

export const title = 'Recommendations';
export const needs = ['recommendations', 'alternatives', 'unhelped_statements'];

export const isDrop = (item) => item.action === 'drop_index';

/** "orders (store_id, created_at)": what it is about, without the schema that goes without saying. */
export const nameOf = (item) =>
  isDrop(item) ? `Drop ${item.index_name}` : item.definition_sql.replace(/^public\./, '');

/** Time saved: a day where the window allows to say so, else in the window that was watched. */
export function saving(item) {
  if (item.benefit.time_per_day_ms !== null) return perDay(item.benefit.time_per_day_ms);
  return item.benefit.time_ms === null ? 'unknown' : `${milliseconds(item.benefit.time_ms)} in the time watched`;
}

const benefit = (item) =>
  item.benefit.share === null
    ? minor(isDrop(item) ? 'frees disk and write time' : 'unknown')
    : [bar(item.benefit.share), ' ', percent(item.benefit.share), minor(saving(item))];

export const disk = (item) => `${isDrop(item) ? '−' : '+'}${bytes(item.size_bytes)}`;

const writes = (item) => [
  `${isDrop(item) && item.write_overhead.time_ms > 0 ? '−' : ''}${milliseconds(item.write_overhead.time_ms)}`,
  item.write_overhead.writes === null ? null : minor(count(item.write_overhead.writes, 'row version')),
];

const columns = [
  {
    key: 'index',
    name: 'Index',
    wide: true,
    value: nameOf,
    cell: (item) => [
      h('a', {href: toRecommendation(item.id), 'data-focus': `recommendation ${item.id}`}, nameOf(item)),
      h(
        'span',
        {class: 'tags'},
        isDrop(item) ? tag('drop') : null,
        item.kind.map((kind) => tag(kind)),
        minor(item.database),
      ),
    ],
  },
  {
    key: 'saves',
    name: 'Saves',
    number: true,
    hint: 'Share of the workload’s planner cost',
    value: (item) => item.benefit.share,
    cell: benefit,
  },
  {
    key: 'disk',
    name: 'Disk',
    number: true,
    hint: 'Predicted size of an index to create, real size of one to drop',
    value: (item) => (isDrop(item) ? -1 : 1) * item.size_bytes,
    cell: disk,
  },
  {
    key: 'writes',
    name: 'Write overhead',
    number: true,
    hint: 'In the time watched',
    value: (item) => item.write_overhead.time_ms,
    cell: writes,
  },
  {
    key: 'confidence',
    name: 'Confidence',
    value: (item) => ['low', 'medium', 'high'].indexOf(item.confidence),
    cell: (item) => (item.confidence === null ? minor('unknown') : tag(item.confidence, confidences)),
  },
  {
    key: 'state',
    name: 'State',
    value: (item) => item.lifecycle.state,
    cell: (item) => [tag(item.lifecycle.state, states), since(ago(item.lifecycle.since))],
  },
];

const kindOf = (item) => [item.action, ...item.kind];

const stateOptions = (all) => [
  ['open', `open (${all.filter((item) => item.lifecycle.state === 'open').length})`],
  ['all', 'all states'],
  ...Object.keys(states)
    .filter((state) => state !== 'open')
    .map((state) => [state, `${say(state)} (${all.filter((item) => item.lifecycle.state === state).length})`]),
];

function wanted(item, params) {
  const is = (name, values) => !params.get(name) || values.includes(params.get(name));
  const state = params.get('state') ?? 'open';
  return (
    (state === 'all' || item.lifecycle.state === state) &&
    is('database', [item.database]) &&
    is('table', [item.table]) &&
    is('kind', kindOf(item)) &&
    matches(params.get('q') ?? '', nameOf(item), item.index_name, item.ddl, ...item.statements.map((s) => s.query))
  );
}

export function render({lists, route: {params}, status}) {
  const all = lists.recommendations.items;
  const shown = all.filter((item) => wanted(item, params));
  const value = (name) => params.get(name) ?? '';
  const nothing =
    status.report_as_of === null
      ? empty('The first analysis is under way.', 'Recommendations appear here as soon as it is done.')
      : all.some((item) => item.lifecycle.state === 'open')
        ? empty('Nothing matches these filters.')
        : empty('Nothing to recommend.', 'No change of indexes would save enough: cost before equals cost after.');
  return [
    filters(
      choice({name: 'State', parameter: 'state', value: params.get('state') ?? 'open', options: stateOptions(all)}),
      databaseChoice(status, value('database')),
      choice({
        name: 'Table',
        parameter: 'table',
        value: value('table'),
        options: optionsOf(
          all.map((item) => item.table),
          'all tables',
        ),
      }),
      choice({
        name: 'Kind',
        parameter: 'kind',
        value: value('kind'),
        options: optionsOf(all.flatMap(kindOf), 'all kinds', say),
      }),
      search(value('q')),
    ),
    h('p', {class: 'minor', role: 'status'}, `${number(shown.length)} of ${count(all.length, 'recommendation')}`),
    shown.length ? table('Recommendations', columns, shown) : nothing,
    notProposed(lists, value('database')),
  ];
}
