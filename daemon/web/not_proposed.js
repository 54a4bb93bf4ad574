// What the advice leaves out, and why: strong candidates that were not chosen, statements that no index helps.
import {details, h} from './dom.js';
import {bytes, percent} from './format.js';
import {list, minor, panel, statementText, tag} from './parts.js';
import {toStatement} from './route.js';
import {obstacles} from './words.js';

/** To a tenth of a per cent, as the commands say it: less is the planner's rounding. */
const saving = (share) => percent(Math.round(share * 1000) / 1000);

const candidate = (item) => [
  h('code', {class: 'sql'}, item.definition_sql.replace(/^public\./, '')),
  ' ',
  tag(item.reason, obstacles),
  h('p', {}, item.message),
  minor(
    `saves ${saving(item.saves_alone)} alone, ${saving(item.saves_beside)} beside the proposed ones · ${bytes(item.size_bytes)} · ${item.database}`,
  ),
];

const statement = (item) => [
  h(
    'a',
    {href: toStatement(item.database, item.query_id), 'data-focus': `unhelped ${item.database} ${item.query_id}`},
    statementText(item.query),
  ),
  ' ',
  tag(item.reason),
  h('p', {}, item.message),
  minor(`${percent(item.share)} of the workload’s cost · ${item.database}`),
];

/** Folded, below the recommendations; nothing where there is nothing to say. */
export function notProposed(lists, database) {
  const here = (item) => !database || item.database === database;
  const candidates = lists.alternatives.items.filter(here);
  const statements = lists.unhelped_statements.items.filter(here);
  if (candidates.length + statements.length === 0) return null;
  return details('not proposed', `Not proposed, and why (${candidates.length + statements.length})`, () => [
    candidates.length ? panel('Candidates', null, list(candidates.map(candidate))) : null,
    statements.length ? panel('Statements that stay as they are', null, list(statements.map(statement))) : null,
  ]);
}
