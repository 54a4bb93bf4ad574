// One hotspot: how much is read over time, who reads it, why, and what cures it.
import {details, h} from './dom.js';
import {ago, bytes, number, percent, rate, time} from './format.js';
import {hotspotChart, readingsOf, readingsTable} from './hotspot_chart.js';
import {back, code, empty, facts, list, minor, panel, statementText, tag} from './parts.js';
import {toHotspot, toRecommendation, toStatement} from './route.js';
import {table} from './table.js';
import {causes, hotspotStates} from './words.js';

const readers = (hotspot) =>
  table(
    'Statements that read it',
    [
      {
        key: 'statement',
        name: 'Statement',
        wide: true,
        cell: (s) => [
          h('a', {href: toStatement(hotspot.database, s.query_id)}, statementText(s.query)),
          minor(`query ${s.query_id}`, s.foreign_key ? `, checks ${s.foreign_key}` : ''),
          s.query
            ? details(`${toHotspot(hotspot)} ${s.query_id}`, 'The statement', () => code(s.query, 'statement'))
            : null,
        ],
      },
      {
        key: 'share',
        name: 'Share',
        number: true,
        hint: 'Of the full scans between two polls',
        value: (s) => s.share,
        cell: (s) => percent(s.share),
      },
      {
        key: 'calls',
        name: 'Calls',
        number: true,
        hint: 'Between two polls',
        value: (s) => s.calls,
        cell: (s) => number(s.calls),
      },
      {
        key: 'blocks',
        name: 'Blocks a call',
        number: true,
        value: (s) => s.blocks_per_call,
        cell: (s) => number(s.blocks_per_call),
      },
      {
        key: 'rows',
        name: 'Rows a call',
        number: true,
        value: (s) => s.rows_per_call,
        cell: (s) => number(s.rows_per_call),
      },
    ],
    hotspot.statements,
    {parameter: 'readers_sort'},
  );

const cure = (all) => (id) => {
  const item = all.find((one) => one.id === id);
  return h('a', {href: toRecommendation(id)}, item ? item.definition_sql : `recommendation ${id}`);
};

export const detailTitle = (id) => id.at(-1);

export function renderDetail({lists, route: {id}}) {
  const hotspot = lists.hotspots.items.find(
    (one) => one.database === id[0] && one.schema === id[1] && one.table === id[2],
  );
  if (!hotspot)
    return [
      back('hotspots', 'Hotspots'),
      empty(
        'This table is no hotspot.',
        `${id.join('.')} is not read whole again and again; resolved ones stay for a week.`,
      ),
    ];
  const readings = readingsOf(hotspot, lists.hotspot_readings.items);
  return [
    back('hotspots', 'Hotspots'),
    h(
      'div',
      {class: 'headline'},
      h(
        'div',
        {class: 'tags'},
        tag(hotspot.state, hotspotStates),
        minor('since ', time(hotspot.since), ` · ${hotspot.database}`),
      ),
    ),
    facts(
      ['Read in a day', bytes(hotspot.read_bytes), `of a table of ${bytes(hotspot.size_bytes)}`],
      [
        'Now',
        rate(hotspot.bytes_per_second),
        hotspot.usual_bytes_per_second === null
          ? 'between the last two polls'
          : `usually ${rate(hotspot.usual_bytes_per_second)} at this hour`,
      ],
      ['Sequential scans', number(hotspot.seq_scans), 'in a day'],
      ['Rows read', number(hotspot.rows_read), 'in a day'],
      ['Last read much', ago(hotspot.last_seen)],
    ),
    panel(
      'Over time',
      null,
      hotspotChart([hotspot], lists.hotspot_readings.items) ?? empty('No readings yet.'),
      readings.length ? readingsTable(`${toHotspot(hotspot)} readings`, readings) : null,
    ),
    panel(
      'Why',
      null,
      h('p', {}, `${causes[hotspot.cause]}.`),
      list(hotspot.reasons, 'for'),
      hotspot.foreign_keys.length
        ? minor(`Foreign keys without an index: ${hotspot.foreign_keys.join(', ')}`)
        : null,
    ),
    panel(
      'What cures it',
      null,
      hotspot.recommendations.length
        ? list(hotspot.recommendations.map(cure(lists.recommendations.items)))
        : minor('No recommendation cures it.'),
    ),
    hotspot.statements.length
      ? panel('Statements that read it', number(hotspot.statements.length), readers(hotspot))
      : null,
  ];
}
