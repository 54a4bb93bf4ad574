// Tables that sequential scans read much of: how much over time, who reads them, why, and what cures it.
import {kMostLines} from './chart.js';
import {details, h} from './dom.js';
import {choice, filters, optionsOf} from './filters.js';
import {ago, bytes, number, percent, qualified, rate, time} from './format.js';
import {hotspotChart, readingsOf, readingsTable} from './hotspot_chart.js';
import {back, code, empty, facts, list, minor, panel, since, statementText, tag} from './parts.js';
import {toHotspot, toRecommendation, toStatement} from './route.js';
import {table} from './table.js';
import {causes, hotspotStates} from './words.js';

export const title = 'Hotspots';
export const needs = ['hotspots', 'hotspot_readings', 'recommendations'];

const nameOf = (hotspot) => qualified(hotspot.schema, hotspot.table);

const columns = [
  {key: 'table', name: 'Table', wide: true, value: nameOf, cell: (hotspot) => [
    h('a', {href: toHotspot(hotspot), 'data-focus': `hotspot ${toHotspot(hotspot)}`}, nameOf(hotspot)), minor(`${bytes(hotspot.size_bytes)} · ${hotspot.database}`)]},
  {key: 'state', name: 'State', value: (hotspot) => hotspot.state, cell: (hotspot) => [tag(hotspot.state, hotspotStates), since('since ', ago(hotspot.since))]},
  {key: 'read', name: 'Read in a day', number: true, value: (hotspot) => hotspot.read_bytes, cell: (hotspot) => bytes(hotspot.read_bytes)},
  {key: 'rate', name: 'Now', number: true, hint: 'Between the last two polls', value: (hotspot) => hotspot.bytes_per_second, cell: (hotspot) => [
    rate(hotspot.bytes_per_second), hotspot.usual_bytes_per_second === null ? null : minor(`usually ${rate(hotspot.usual_bytes_per_second)}`)]},
  {key: 'scans', name: 'Scans in a day', number: true, value: (hotspot) => hotspot.seq_scans, cell: (hotspot) => number(hotspot.seq_scans)},
  {key: 'cause', name: 'Cause', value: (hotspot) => hotspot.cause, cell: (hotspot) => minor(causes[hotspot.cause])},
];

export function render({lists, route: {params}, status}) {
  const is = (name, one) => !params.get(name) || params.get(name) === one;
  const all = lists.hotspots.items;
  const shown = all.filter((hotspot) => is('database', hotspot.database) && is('state', hotspot.state));
  const hot = shown.filter((hotspot) => hotspot.state !== 'resolved');
  const value = (name) => params.get(name) ?? '';
  const chart = hotspotChart(hot, lists.hotspot_readings.items);
  return [
    filters(choice({name: 'State', parameter: 'state', value: value('state'), options: [['', 'all states'], ...Object.keys(hotspotStates).map((one) => [one, one])]}),
      choice({name: 'Database', parameter: 'database', value: value('database'), options: optionsOf(status.databases, 'all databases')})),
    chart ? panel('Read by sequential scans', minor(hot.length > kMostLines ? `the first ${kMostLines}` : 'per second'), chart) : null,
    shown.length ? table('Hotspots', columns, shown) : empty(all.length ? 'Nothing matches these filters.' : 'No hotspots.',
      all.length ? '' : 'No table is read whole again and again. Three polls have to agree before one is called a hotspot.'),
  ];
}

const readers = (hotspot) => table('Statements that read it', [
  {key: 'statement', name: 'Statement', wide: true, cell: (s) => [
    h('a', {href: toStatement(hotspot.database, s.query_id)}, statementText(s.query)), minor(`query ${s.query_id}`, s.foreign_key ? `, checks ${s.foreign_key}` : ''),
    s.query ? details(`${toHotspot(hotspot)} ${s.query_id}`, 'The statement', () => code(s.query, 'statement')) : null]},
  {key: 'share', name: 'Share', number: true, hint: 'Of the full scans between two polls', value: (s) => s.share, cell: (s) => percent(s.share)},
  {key: 'calls', name: 'Calls', number: true, hint: 'Between two polls', value: (s) => s.calls, cell: (s) => number(s.calls)},
  {key: 'blocks', name: 'Blocks a call', number: true, value: (s) => s.blocks_per_call, cell: (s) => number(s.blocks_per_call)},
  {key: 'rows', name: 'Rows a call', number: true, value: (s) => s.rows_per_call, cell: (s) => number(s.rows_per_call)},
], hotspot.statements, {parameter: 'readers_sort'});

const cure = (all) => (id) => {
  const item = all.find((one) => one.id === id);
  return h('a', {href: toRecommendation(id)}, item ? item.definition_sql : `recommendation ${id}`);
};

export const detailTitle = (id) => id.at(-1);

export function renderDetail({lists, route: {id}}) {
  const hotspot = lists.hotspots.items.find((one) => one.database === id[0] && one.schema === id[1] && one.table === id[2]);
  if (!hotspot) return [back('hotspots', 'Hotspots'), empty('This table is no hotspot.', `${id.join('.')} is not read whole again and again; resolved ones stay for a week.`)];
  const readings = readingsOf(hotspot, lists.hotspot_readings.items);
  return [
    back('hotspots', 'Hotspots'),
    h('div', {class: 'headline'}, h('div', {class: 'tags'}, tag(hotspot.state, hotspotStates), minor('since ', time(hotspot.since), ` · ${hotspot.database}`))),
    facts(['Read in a day', bytes(hotspot.read_bytes), `of a table of ${bytes(hotspot.size_bytes)}`],
      ['Now', rate(hotspot.bytes_per_second), hotspot.usual_bytes_per_second === null ? 'between the last two polls' : `usually ${rate(hotspot.usual_bytes_per_second)} at this hour`],
      ['Sequential scans', number(hotspot.seq_scans), 'in a day'], ['Rows read', number(hotspot.rows_read), 'in a day'],
      ['Last read much', ago(hotspot.last_seen)]),
    panel('Over time', null, hotspotChart([hotspot], lists.hotspot_readings.items) ?? empty('No readings yet.'),
      readings.length ? readingsTable(`${toHotspot(hotspot)} readings`, readings) : null),
    panel('Why', null, h('p', {class: 'lead'}, `${causes[hotspot.cause]}.`), list(hotspot.reasons, 'for'),
      hotspot.foreign_keys.length ? minor(`Foreign keys without an index: ${hotspot.foreign_keys.join(', ')}`) : null),
    panel('What cures it', null, hotspot.recommendations.length ? list(hotspot.recommendations.map(cure(lists.recommendations.items)))
      : minor('No recommendation cures it.')),
    hotspot.statements.length ? panel('Statements that read it', number(hotspot.statements.length), readers(hotspot)) : null,
  ];
}
