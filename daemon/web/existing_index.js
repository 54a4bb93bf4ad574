// One existing index: its verdict, why, what follows from it, and who uses it.
import {bar, costs} from './bars.js';
import {details, h} from './dom.js';
import {ago, bytes, count, milliseconds, number, time} from './format.js';
import {tableOf} from './indexes.js';
import {back, code, empty, facts, list, minor, notice, panel, statementText, tag} from './parts.js';
import {isDrop} from './recommendations.js';
import {toIndex, toRecommendation} from './route.js';
import {table} from './table.js';
import {say, states, verdicts} from './words.js';

const use = (index) =>
  table(
    'Use by server',
    [
      {key: 'member', name: 'Server', wide: true, cell: (member) => member.member},
      {key: 'scans', name: 'Scans', number: true, cell: (member) => number(member.scans)},
      {key: 'since', name: 'Counted since', number: true, cell: (member) => time(member.since)},
      {key: 'last', name: 'Last scan', number: true, cell: (member) => ago(member.last_scan, 'none seen')},
    ],
    index.use,
    {parameter: 'use_sort'},
  );

function rehearsal(index) {
  const {statements_worse: worse, statements_planned: planned, statements} = index.rehearsal;
  return panel(
    'Rehearsed without it',
    null,
    h(
      'p',
      {},
      worse === 0
        ? `None of ${count(planned, 'statement')} that read the table gets more expensive.`
        : `${count(worse, 'statement')} of ${number(planned)} that read the table would cost more.`,
    ),
    statements.map((statement) =>
      h(
        'article',
        {class: 'served'},
        statementText(statement.query),
        costs(statement.cost_before, statement.cost_after, ['With it', 'Without it']),
        details(`${toIndex(index)} ${statement.query_id}`, 'The statement', () =>
          code(statement.query, 'statement'),
        ),
      ),
    ),
  );
}

/** Where the drop stands, and the way to decide on it; for some verdicts none is proposed. */
function proposal(index, all) {
  const item = all.find((one) => isDrop(one) && one.database === index.database && one.ddl === index.ddl);
  if (!item) return null;
  return h(
    'span',
    {class: 'tags'},
    tag(item.lifecycle.state, states),
    h('a', {href: toRecommendation(item.id), 'data-focus': `proposal ${item.id}`}, 'Decide, and see what became of it'),
  );
}

const find = (id, all) =>
  all.find((index) => index.database === id[0] && index.schema === id[1] && index.name === id[2]);

export const detailTitle = (id) => id.at(-1);

export function renderDetail({lists, route: {id}}) {
  const index = find(id, lists.indexes.items);
  if (!index)
    return [
      back('indexes', 'Indexes'),
      empty('There is no such index.', `${id.join('.')} does not exist, or has gone since.`),
    ];
  const size =
    index.size_ratio === null
      ? 'the size of a new one is unknown'
      : `${number(index.size_ratio)} times what a new one would take`;
  return [
    back('indexes', 'Indexes'),
    h(
      'div',
      {class: 'headline'},
      h(
        'div',
        {class: 'tags'},
        tag(index.verdict, verdicts),
        index.detail ? tag(index.detail) : null,
        minor(`on ${tableOf(index)} · ${index.database}`),
      ),
    ),
    facts(
      [
        'Size',
        [
          index.size_bytes > 0 ? bar(index.reclaimable_bytes / index.size_bytes, 'warn') : null,
          ' ',
          bytes(index.size_bytes),
        ],
        size,
      ],
      ['Could be freed', index.reclaimable_bytes > 0 ? bytes(index.reclaimable_bytes) : 'nothing'],
      ['Scans', number(index.scans), ['since ', time(index.since)]],
      [
        'Writes',
        milliseconds(index.write_overhead.time_ms),
        `${count(index.write_overhead.writes, 'row version')} in the time watched`,
      ],
      ['WAL', bytes(index.write_overhead.wal_bytes), 'in the time watched'],
      index.keeper ? ['Stays instead', index.keeper] : null,
    ),
    panel(
      'Why',
      null,
      h('p', {}, `${verdicts[index.verdict]?.[1] ?? say(index.verdict)}.`),
      list(index.reasons, 'for'),
    ),
    index.ddl === null
      ? notice('', 'Nothing is proposed for this index.')
      : panel(
          'SQL',
          proposal(index, lists.recommendations.items),
          code(index.ddl, 'SQL'),
          index.rollback
            ? details(`${toIndex(index)} rollback`, 'The way back', () => code(index.rollback, 'rollback'))
            : null,
        ),
    index.rehearsal ? rehearsal(index) : null,
    panel('Use', null, index.use.length ? use(index) : minor('Use is unknown.')),
  ];
}
