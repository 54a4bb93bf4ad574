// Existing indexes and their verdicts, and foreign keys without an index.
import {bar, costs} from './bars.js';
import {details, h} from './dom.js';
import {choice, filters, matches, optionsOf, search} from './filters.js';
import {ago, bytes, count, milliseconds, number, qualified, time} from './format.js';
import {back, code, empty, facts, list, minor, none, notice, panel, sqlBothWays, statementText, tag} from './parts.js';
import {toIndex} from './route.js';
import {table} from './table.js';
import {say, severities, verdicts} from './words.js';

export const title = 'Indexes';
export const needs = ['indexes', 'foreign_keys'];

const nameOf = (index) => qualified(index.schema, index.name);
const tableOf = (index) => qualified(index.table_schema, index.table);

const columns = [
  {key: 'index', name: 'Index', wide: true, value: nameOf, cell: (index) => [
    h('a', {href: toIndex(index), 'data-focus': `index ${toIndex(index)}`}, nameOf(index)), minor(`on ${tableOf(index)} · ${index.database}`)]},
  {key: 'verdict', name: 'Verdict', value: (index) => index.verdict, cell: (index) => [tag(index.verdict, verdicts), minor(index.reasons[0] ?? '')]},
  {key: 'freed', name: 'Could be freed', number: true, value: (index) => index.reclaimable_bytes,
    cell: (index) => (index.reclaimable_bytes > 0 ? bytes(index.reclaimable_bytes) : none())},
  {key: 'size', name: 'Size', number: true, value: (index) => index.size_bytes, cell: (index) => bytes(index.size_bytes)},
  {key: 'scans', name: 'Scans', number: true, hint: 'On all servers of the cluster', value: (index) => index.scans,
    cell: (index) => [number(index.scans), minor('since ', ago(index.since, 'an unknown time'))]},
];

const keys = [
  {key: 'columns', name: 'Foreign key', wide: true, value: (key) => key.table, cell: (key) => [
    `${key.table.replace(/^public\./, '')} (${key.columns.join(', ')})`, minor(`references ${key.references} · ${key.database}`),
    sqlBothWays(`key ${key.database} ${key.table} ${key.columns.join()}`, key)]},
  {key: 'severity', name: 'Severity', value: (key) => ['critical', 'warning', 'info'].indexOf(key.severity),
    cell: (key) => [tag(key.severity, severities), key.reasons.map((reason) => minor(reason))]},
  {key: 'changes', name: 'Rows deleted', number: true, hint: 'Referenced rows that were deleted or re-keyed', value: (key) => key.changes, cell: (key) => number(key.changes)},
  {key: 'table', name: 'Each reads', number: true, value: (key) => key.table_bytes, cell: (key) => bytes(key.table_bytes)},
];

export function render({lists, route: {params}, status}) {
  const all = lists.indexes.items;
  const value = (name) => params.get(name) ?? '';
  const is = (name, one) => !params.get(name) || params.get(name) === one;
  const shown = all.filter((index) => is('database', index.database) && is('verdict', index.verdict) && is('table', tableOf(index))
    && matches(value('q'), nameOf(index), tableOf(index), index.ddl));
  const foreign = lists.foreign_keys.items.filter((key) => is('database', key.database));
  const waiting = status.report_as_of === null;
  return [
    filters(choice({name: 'Verdict', parameter: 'verdict', value: value('verdict'), options: optionsOf(all.map((index) => index.verdict), 'all verdicts')}),
      choice({name: 'Database', parameter: 'database', value: value('database'), options: optionsOf(status.databases, 'all databases')}),
      choice({name: 'Table', parameter: 'table', value: value('table'), options: optionsOf(all.map(tableOf), 'all tables')}), search(value('q'))),
    h('p', {class: 'minor', role: 'status'}, `${number(shown.length)} of ${count(all.length, 'index', 'indexes')}`),
    shown.length ? table('Indexes', columns, shown) : empty(waiting ? 'The first analysis is under way.' : all.length ? 'Nothing matches these filters.' : 'There are no indexes.'),
    panel('Foreign keys without an index', number(foreign.length), foreign.length ? table('Foreign keys', keys, foreign, {parameter: 'keys_sort'})
      : empty(waiting ? 'The first analysis is under way.' : 'Every foreign key has an index.')),
  ];
}

const use = (index) => table('Use by server', [
  {key: 'member', name: 'Server', wide: true, cell: (member) => member.member},
  {key: 'scans', name: 'Scans', number: true, cell: (member) => number(member.scans)},
  {key: 'since', name: 'Counted since', number: true, cell: (member) => time(member.since)},
  {key: 'last', name: 'Last scan', number: true, cell: (member) => ago(member.last_scan, 'none seen')},
], index.use, {parameter: 'use_sort'});

function rehearsal(index) {
  const {statements_worse: worse, statements_planned: planned, statements} = index.rehearsal;
  return panel('Rehearsed without it', null, h('p', {}, worse === 0 ? `None of ${count(planned, 'statement')} that read the table gets more expensive.`
    : `${count(worse, 'statement')} of ${number(planned)} that read the table would cost more.`),
  statements.map((statement) => h('article', {class: 'served'}, statementText(statement.query), costs(statement.cost_before, statement.cost_after),
    details(`${toIndex(index)} ${statement.query_id}`, 'The statement', () => code(statement.query, 'statement')))));
}

const find = (id, all) => all.find((index) => index.database === id[0] && index.schema === id[1] && index.name === id[2]);

export const detailTitle = (id) => id.at(-1);

export function renderDetail({lists, route: {id}}) {
  const index = find(id, lists.indexes.items);
  if (!index) return [back('indexes', 'Indexes'), empty('There is no such index.', `${id.join('.')} does not exist, or has gone since.`)];
  const size = index.size_ratio === null ? 'the size of a new one is unknown' : `${number(index.size_ratio)} times what a new one would take`;
  return [
    back('indexes', 'Indexes'),
    h('div', {class: 'headline'}, h('div', {class: 'tags'}, tag(index.verdict, verdicts), index.detail ? tag(index.detail) : null, minor(`on ${tableOf(index)} · ${index.database}`))),
    facts(['Size', [index.size_bytes > 0 ? bar(index.reclaimable_bytes / index.size_bytes, 'warn') : null, ' ', bytes(index.size_bytes)], size],
      ['Could be freed', index.reclaimable_bytes > 0 ? bytes(index.reclaimable_bytes) : 'nothing'],
      ['Scans', number(index.scans), ['since ', time(index.since)]],
      ['Writes', milliseconds(index.write_overhead.time_ms), `${count(index.write_overhead.writes, 'row version')} in the time watched`],
      index.keeper ? ['Stays instead', index.keeper] : null),
    panel('Why', null, h('p', {class: 'lead'}, `${say(index.verdict)}: ${verdicts[index.verdict]?.[1] ?? ''}.`), list(index.reasons, 'for')),
    index.ddl === null ? notice('', 'Nothing is proposed for this index.') : panel('SQL', null, code(index.ddl, 'SQL'),
      index.rollback ? details(`${toIndex(index)} rollback`, 'The way back', () => code(index.rollback, 'rollback')) : null),
    index.rehearsal ? rehearsal(index) : null,
    panel('Use', null, index.use.length ? use(index) : minor('Use is unknown.')),
  ];
}
