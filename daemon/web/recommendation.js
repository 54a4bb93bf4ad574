// One recommendation: what to do, what it brings, what speaks for and against it, and what became of it.
import {bar, costs} from './bars.js';
import {decisions} from './decide.js';
import {details, h} from './dom.js';
import {effect} from './effect.js';
import {ago, bytes, count, milliseconds, number, percent, shorten, time} from './format.js';
import {back, code, empty, facts, list, minor, notice, panel, statementText, tag} from './parts.js';
import {plan} from './plan.js';
import {disk, isDrop, nameOf, saving} from './recommendations.js';
import {toStatement} from './route.js';
import {confidences, states} from './words.js';

const origins = {
  advice: 'by the advice',
  verdict: 'by the verdict on an existing index',
  catalog: 'somebody changed the catalog',
};

function figures(item) {
  const {time_ms: writeTime, writes, wal_bytes: wal} = item.write_overhead;
  return facts(
    item.benefit.share === null
      ? null
      : ['Saves', [bar(item.benefit.share), ' ', percent(item.benefit.share)], 'of the workload’s cost'],
    item.benefit.share === null ? null : ['Time saved', saving(item)],
    ['Disk', disk(item), isDrop(item) ? 'freed' : 'predicted'],
    [
      isDrop(item) ? 'Saves writes' : 'Write overhead',
      writeTime === null ? 'unknown' : milliseconds(writeTime),
      writes === null ? '' : `${count(writes, 'row version')} in the time watched`,
    ],
    wal === null ? null : ['WAL', bytes(wal), 'in the time watched'],
    ['Confidence', item.confidence === null ? 'unknown' : tag(item.confidence, confidences)],
    ['First proposed', ago(item.lifecycle.first_seen), origins[item.lifecycle.origin]],
  );
}

/** What a careful engineer holds against it. */
function against(item) {
  const {time_ms: writeTime, writes, lost_hot_updates: lost} = item.write_overhead;
  if (isDrop(item)) {
    return [
      'A plan that nobody ran while pgadvisor watched may want it: keep the way back at hand.',
      'DROP INDEX CONCURRENTLY waits for transactions that use the table.',
    ];
  }
  return [
    `It takes ${bytes(item.size_bytes)} of disk (predicted), and its share of the cache and of each backup.`,
    writes === null
      ? 'What it costs writes is unknown.'
      : writes === 0
        ? 'It costs writes nothing in the time watched: none were seen. More writes later would have to keep it up to date.'
        : `Each new row version has to be entered: ${count(writes, 'entry', 'entries')}${writeTime === null ? '' : `, ${milliseconds(writeTime)}`} in the time watched.`,
    lost >= 1 ? `${count(lost, 'update')} would no longer be HOT: each enters every index of the table.` : null,
    item.confidence === 'high'
      ? null
      : item.confidence === null
        ? null
        : `Confidence is ${item.confidence}. ${confidences[item.confidence][1]}.`,
    'Building it reads the whole table once. CONCURRENTLY does not block writes, but waits for long transactions.',
  ].filter(Boolean);
}

const served = (item) => (statement) =>
  h(
    'article',
    {class: 'served'},
    h(
      'h3',
      {},
      h(
        'a',
        {href: toStatement(item.database, statement.query_id), 'data-focus': `statement ${statement.query_id}`},
        statementText(statement.query),
      ),
    ),
    h(
      'p',
      {class: 'minor'},
      `query ${statement.query_id}`,
      statement.weight === null ? '' : ` · ${count(statement.weight, 'execution')} in the time watched`,
    ),
    costs(statement.cost_before, statement.cost_after),
    details(
      `${item.id} ${statement.query_id} plans`,
      'Plans before and after',
      () => [
        shorten(statement.query) === statement.query ? null : code(statement.query, 'statement'),
        h(
          'div',
          {class: 'side-by-side'},
          plan('Before', statement.plan_before),
          plan('After', statement.plan_after, item.index_name),
        ),
      ],
      item.statements.indexOf(statement) === 0,
    ),
  );

/** What the new index makes superfluous: the second half of one change. */
const replacement = (item, replaced) => [
  h(
    'p',
    {},
    'Once it is valid, ',
    h('strong', {}, replaced.index),
    ` can go, which frees ${bytes(replaced.size_bytes)}:`,
  ),
  code(replaced.ddl, 'SQL of the drop'),
  details(`${item.id} ${replaced.index} rollback`, 'The way back', () =>
    code(replaced.rollback, 'rollback of the drop'),
  ),
];

const change = (entry) =>
  h('li', {}, tag(entry.to, states), ' ', time(entry.at), ` by ${entry.by}`, entry.why ? minor(entry.why) : null);

function standing(item) {
  const {state, snoozed_until: until, why, by, proposes} = item.lifecycle;
  if (state === 'snoozed') return notice('', 'Snoozed until ', time(until), ` by ${by}.`, why ? minor(why) : null);
  if (state === 'dismissed') return notice('', `Dismissed by ${by}: ${why ?? 'no reason given'}`);
  if (['regressed', 'without_effect'].includes(state) && proposes) {
    return notice(
      'warn',
      h('p', {}, 'Measured: this change did not help. To take it back:'),
      code(proposes, 'way back'),
    );
  }
  return null;
}

export const detailTitle = (id, {recommendations}) => {
  const item = recommendations.items.find((one) => one.id === id[0]);
  return item ? nameOf(item) : 'Recommendation';
};

export function renderDetail({
  lists,
  route: {
    id: [id],
  },
  refresh,
}) {
  const item = lists.recommendations.items.find((one) => one.id === id);
  if (!item)
    return [
      back('recommendations', 'Recommendations'),
      empty('There is no such recommendation.', `Nothing is known of ${id}: it may be of another server.`),
    ];
  const statements = item.statements;
  return [
    back('recommendations', 'Recommendations'),
    h(
      'div',
      {class: 'headline'},
      h(
        'div',
        {class: 'tags'},
        tag(item.lifecycle.state, states),
        isDrop(item) ? tag('drop') : null,
        item.kind.map((kind) => tag(kind)),
        minor(`${item.database} · ${item.id}`),
      ),
      decisions(item, refresh),
    ),
    standing(item),
    figures(item),
    panel(
      'SQL',
      null,
      item.ddl === null ? minor('Somebody did it without being asked.') : code(item.ddl, 'SQL'),
      details(`${item.id} rollback`, 'The way back', () => code(item.rollback, 'rollback')),
      item.replaces.map((replaced) => replacement(item, replaced)),
    ),
    effect(item),
    h(
      'div',
      {class: 'side-by-side'},
      panel('Why', null, item.reasons.length ? list(item.reasons, 'for') : minor('Nobody worked it out.')),
      panel('Why not', null, list(against(item), 'against')),
    ),
    statements.length ? panel('Statements', number(statements.length), statements.map(served(item))) : null,
    panel('History', null, h('ol', {class: 'history'}, [...item.lifecycle.changes].reverse().map(change))),
  ];
}
