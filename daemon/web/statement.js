// One statement: what it costs, and what is recommended for it.
import {costs} from './bars.js';
import {h} from './dom.js';
import {milliseconds, number, qualified} from './format.js';
import {back, code, empty, facts, list, minor, panel, tag} from './parts.js';
import {nameOf} from './recommendations.js';
import {toHotspot, toRecommendation} from './route.js';
import {meanTime} from './statements.js';
import {say, states} from './words.js';

export const detailTitle = (id) => `Statement ${id.at(-1)}`;

export function renderDetail({
  lists,
  route: {
    id: [database, queryId],
  },
}) {
  const isIt = (one) => one.query_id === queryId;
  const here = (one) => one.database === database;
  const statement = lists.statements.items.find((s) => here(s) && isIt(s));
  const helping = lists.recommendations.items.filter((item) => here(item) && item.statements.some(isIt));
  const read = lists.hotspots.items.filter((hotspot) => here(hotspot) && hotspot.statements.some(isIt));
  const findings = lists.findings.items.filter((finding) => here(finding) && isIt(finding));
  const unhelped = lists.unhelped_statements.items.find((one) => here(one) && isIt(one));
  const text =
    statement?.query ||
    helping.flatMap((item) => item.statements).find(isIt)?.query ||
    read.flatMap((one) => one.statements).find(isIt)?.query;
  if (!statement && !text && !findings.length)
    return [
      back('statements', 'Statements'),
      empty('There is no such statement.', `Query ${queryId} was not seen in ${database}.`),
    ];
  return [
    back('statements', 'Statements'),
    panel(
      'SQL',
      minor(`query ${queryId} · ${database}`),
      text ? code(text, 'statement') : minor('Its text is unknown.'),
    ),
    statement
      ? [
          facts(
            ['Time', milliseconds(statement.total_time_ms), 'in the time watched'],
            ['Calls', number(statement.calls)],
            ['Mean time', milliseconds(meanTime(statement)), 'a call'],
          ),
          panel('Planner cost', null, costs(statement.cost_before, statement.cost_after)),
        ]
      : minor('It is not among the analysed statements.'),
    panel(
      'Recommended for it',
      null,
      helping.length
        ? list(
            helping.map((item) => [
              h('a', {href: toRecommendation(item.id)}, nameOf(item)),
              ' ',
              tag(item.lifecycle.state, states),
            ]),
          )
        : minor(unhelped?.message ?? 'No index is recommended for it.'),
    ),
    read.length
      ? panel(
          'Hotspots it reads',
          null,
          list(read.map((hotspot) => h('a', {href: toHotspot(hotspot)}, qualified(hotspot.schema, hotspot.table)))),
        )
      : null,
    findings.length
      ? panel('Findings', null, list(findings.map((finding) => `${say(finding.kind)}: ${finding.message}`)))
      : null,
  ];
}
