// Tables that sequential scans read much of, and how much over time.
import {kMostLines} from './chart.js';
import {h} from './dom.js';
import {choice, databaseChoice, filters} from './filters.js';
import {ago, bytes, number, qualified, rate} from './format.js';
import {hotspotChart} from './hotspot_chart.js';
import {empty, minor, panel, since, tag} from './parts.js';
import {toHotspot} from './route.js';
import {table} from './table.js';
import {causes, hotspotStates} from './words.js';

export const title = 'Hotspots';
export const needs = ['hotspots', 'hotspot_readings', 'recommendations'];

const nameOf = (hotspot) => qualified(hotspot.schema, hotspot.table);

const columns = [
  {
    key: 'table',
    name: 'Table',
    wide: true,
    value: nameOf,
    cell: (hotspot) => [
      h('a', {href: toHotspot(hotspot), 'data-focus': `hotspot ${toHotspot(hotspot)}`}, nameOf(hotspot)),
      minor(`${bytes(hotspot.size_bytes)} · ${hotspot.database}`),
    ],
  },
  {
    key: 'state',
    name: 'State',
    value: (hotspot) => hotspot.state,
    cell: (hotspot) => [tag(hotspot.state, hotspotStates), since('since ', ago(hotspot.since))],
  },
  {
    key: 'read',
    name: 'Read in a day',
    number: true,
    value: (hotspot) => hotspot.read_bytes,
    cell: (hotspot) => bytes(hotspot.read_bytes),
  },
  {
    key: 'rate',
    name: 'Now',
    number: true,
    hint: 'Between the last two polls',
    value: (hotspot) => hotspot.bytes_per_second,
    cell: (hotspot) => [
      rate(hotspot.bytes_per_second),
      hotspot.usual_bytes_per_second === null ? null : minor(`usually ${rate(hotspot.usual_bytes_per_second)}`),
    ],
  },
  {
    key: 'scans',
    name: 'Scans in a day',
    number: true,
    value: (hotspot) => hotspot.seq_scans,
    cell: (hotspot) => number(hotspot.seq_scans),
  },
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
    filters(
      choice({
        name: 'State',
        parameter: 'state',
        value: value('state'),
        options: [['', 'all states'], ...Object.keys(hotspotStates).map((one) => [one, one])],
      }),
      databaseChoice(status, value('database')),
    ),
    chart
      ? panel(
          'Read by sequential scans',
          minor(hot.length > kMostLines ? `the first ${kMostLines}` : 'per second'),
          chart,
        )
      : null,
    shown.length
      ? table('Hotspots', columns, shown)
      : empty(
          all.length ? 'Nothing matches these filters.' : 'No hotspots.',
          all.length
            ? ''
            : 'No table is read whole again and again. Three polls have to agree before one is called a hotspot.',
        ),
  ];
}
