// What a change brought, measured in production: beside what was predicted.
import {h} from './dom.js';
import {bytes, count, milliseconds, number, perDay, percent, qualified, time} from './format.js';
import {facts, list, minor, panel, statementText, tag} from './parts.js';
import {toStatement} from './route.js';
import {table} from './table.js';
import {states} from './words.js';

const roles = {served: 'made for it', reader: 'reads the table', writer: 'writes the table'};

/** "0.42 times (0.40 to 0.45)": how time per call changed, with its 99 % interval. */
function shift(value) {
  if (value === null) return 'unknown';
  return [
    `${number(value.ratio)} times`,
    minor(
      `${number(value.low)} to ${value.high === null ? 'any' : number(value.high)} (99 %), p ${
        value.p_value < 0.001 ? '< 0.001' : `= ${number(value.p_value)}`
      }`,
    ),
  ];
}

function textOf(item, queryId) {
  const served = item.statements.find((one) => one.query_id === queryId);
  return served ? statementText(served.query) : `query ${queryId}`;
}

const beforeAfter = (before, after, format) => `${format(before)} → ${format(after)}`;

/** A column of what one call takes, before and after. */
const perCall = (key, name, member, format) => ({
  key,
  name,
  number: true,
  value: (s) => s.after[member],
  cell: (s) => beforeAfter(s.before[member], s.after[member], format),
});

const statements = (item, effect) =>
  table(
    'Statements before and after',
    [
      {
        key: 'statement',
        name: 'Statement',
        wide: true,
        value: (s) => s.query_id,
        cell: (s) => [
          h('a', {href: toStatement(item.database, s.query_id)}, textOf(item, s.query_id)),
          minor(roles[s.role]),
        ],
      },
      {
        key: 'calls',
        name: 'Calls',
        number: true,
        value: (s) => s.calls_after,
        cell: (s) => beforeAfter(s.calls_before, s.calls_after, number),
      },
      perCall('time', 'Mean time', 'time_ms', milliseconds),
      perCall('rows', 'Rows', 'rows', number),
      perCall('blocks', 'Blocks', 'blocks', number),
      {
        key: 'ratio',
        name: 'Time after / before',
        number: true,
        value: (s) => s.time?.ratio,
        cell: (s) => shift(s.time),
      },
    ],
    effect.statements,
    {parameter: 'effect_sort'},
  );

/** null as long as nothing was measured. */
export function effect(item) {
  const found = item.lifecycle.effect;
  if (found === null) return null;
  return panel(
    'Measured effect',
    tag(found.verdict, states),
    facts(
      [
        'Saves',
        found.saved_ms_per_day === null ? 'unknown' : perDay(found.saved_ms_per_day),
        'measured, over all statements it touches',
      ],
      [
        'Index scans',
        number(found.index_scans),
        `of ${count(found.table_scans, 'scan')} of ${qualified('public', item.table)}`,
      ],
      found.size_bytes === null
        ? null
        : [
            'Real size',
            bytes(found.size_bytes),
            found.predicted_size_bytes === null ? '' : `predicted ${bytes(found.predicted_size_bytes)}`,
          ],
      [
        'HOT updates',
        `${percent(found.hot_share_before)} → ${percent(found.hot_share_after)}`,
        'of all updates of the table',
      ],
      ['Before', time(found.before.from), ['to ', time(found.before.to)]],
      ['After', time(found.after.from), ['to ', time(found.after.to)]],
    ),
    list(found.reasons),
    found.others_meanwhile
      ? minor('Other indexes of the table were changed as well: their effect cannot be told apart.')
      : null,
    found.statements.length ? statements(item, found) : null,
  );
}
