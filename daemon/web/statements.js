// The workload: its statements with what they cost, and what could not be analysed.
import {bar} from './bars.js';
import {h} from './dom.js';
import {databaseChoice, filters, matches, search} from './filters.js';
import {count, milliseconds, number, percent} from './format.js';
import {empty, minor, none, panel, statementText, tag} from './parts.js';
import {toStatement} from './route.js';
import {table} from './table.js';

export const title = 'Statements';
export const needs = ['statements', 'findings', 'recommendations', 'hotspots', 'unhelped_statements'];

export const meanTime = (s) => (s.calls > 0 && s.total_time_ms !== null ? s.total_time_ms / s.calls : null);
const saved = (s) => (s.cost_before > 0 && s.cost_after !== null ? 1 - s.cost_after / s.cost_before : null);

const columnsOf = (total) => [
  {
    key: 'statement',
    name: 'Statement',
    wide: true,
    value: (s) => s.query,
    cell: (s) => [
      h(
        'a',
        {href: toStatement(s.database, s.query_id), 'data-focus': `statement ${s.query_id}`},
        statementText(s.query),
      ),
      minor(`query ${s.query_id} · ${s.database}`),
    ],
  },
  {
    key: 'time',
    name: 'Time',
    number: true,
    hint: 'In the time watched',
    value: (s) => s.total_time_ms,
    cell: (s) => [
      bar(total > 0 ? s.total_time_ms / total : 0),
      ' ',
      milliseconds(s.total_time_ms),
      minor(total > 0 ? percent(s.total_time_ms / total) : ''),
    ],
  },
  {key: 'calls', name: 'Calls', number: true, value: (s) => s.calls, cell: (s) => number(s.calls)},
  {key: 'mean', name: 'Mean time', number: true, value: meanTime, cell: (s) => milliseconds(meanTime(s))},
  {
    key: 'cost',
    name: 'Cost',
    number: true,
    hint: 'Planner cost of one execution',
    value: (s) => s.cost_before,
    cell: (s) => number(s.cost_before),
  },
  {
    key: 'saves',
    name: 'Would save',
    number: true,
    hint: 'With all recommendations',
    value: saved,
    cell: (s) =>
      saved(s) === null
        ? 'unknown'
        : saved(s) < 0.005
          ? none('nothing')
          : [h('span', {class: 'fall'}, percent(saved(s))), minor(`cost ${number(s.cost_after)}`)],
  },
];

const findingColumns = [
  {
    key: 'kind',
    name: 'Kind',
    value: (f) => f.kind,
    cell: (f) => tag(f.kind, {not_analysed: ['warn', 'Nothing is known of what would help it']}),
  },
  {key: 'message', name: 'Finding', wide: true, value: (f) => f.message, cell: (f) => f.message},
  {
    key: 'about',
    name: 'About',
    value: (f) => f.object ?? f.query_id,
    cell: (f) => [f.object ?? '', minor(f.query_id ? `query ${f.query_id} · ` : '', f.database)],
  },
];

export function render({lists, route: {params}, status}) {
  const is = (name, one) => !params.get(name) || params.get(name) === one;
  const all = lists.statements.items;
  const shown = all.filter(
    (s) => is('database', s.database) && matches(params.get('q') ?? '', s.query, s.query_id),
  );
  const findings = lists.findings.items.filter((finding) => is('database', finding.database));
  const total = all.reduce((sum, s) => sum + (s.total_time_ms ?? 0), 0);
  return [
    filters(databaseChoice(status, params.get('database') ?? ''), search(params.get('q') ?? '')),
    h(
      'p',
      {class: 'minor', role: 'status'},
      `${number(shown.length)} of ${count(all.length, 'analysed statement')}; time as pg_stat_statements counted it in the time watched`,
    ),
    shown.length
      ? table('Statements', columnsOf(total), shown)
      : empty(
          status.report_as_of === null
            ? 'The first analysis is under way.'
            : all.length
              ? 'Nothing matches these filters.'
              : 'No statement was analysed.',
        ),
    panel(
      'Findings',
      number(findings.length),
      findings.length
        ? table('Findings', findingColumns, findings, {parameter: 'findings_sort'})
        : empty('No findings.', 'Everything that was seen could be analysed.'),
    ),
  ];
}
