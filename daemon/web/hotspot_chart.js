// Hotspots over time: what sequential scans read of tables, per second.
import {kMostLines, timeChart} from './chart.js';
import {details, h} from './dom.js';
import {qualified, rate, time} from './format.js';

const isOf = (hotspot) => (one) =>
  one.database === hotspot.database && one.schema === hotspot.schema && one.table === hotspot.table;

const at = (text) => new Date(text) / 1000;

/** Points of a line: each reading from its start; null where nothing is known. */
export function pointsOf(readings) {
  const points = [];
  const first = readings.findIndex((reading) => reading.bytes_per_second !== null);
  for (const reading of first < 0 ? [] : readings.slice(first)) {
    const before = points.at(-1);
    const start = at(reading.from);
    // Readings follow one another; a second between them is rounding, more is time that nobody watched.
    if (before && start - before.end > 1) points.push({at: before.end, value: null, end: before.end});
    points.push({at: start, value: reading.bytes_per_second, end: at(reading.to)});
  }
  const last = points.at(-1);
  if (last) points.push({at: last.end, value: last.value});
  return points.map(({at: x, value}) => [x, value]);
}

/** null where there is nothing to draw yet. */
export function hotspotChart(hotspots, readings) {
  const lines = hotspots
    .slice(0, kMostLines)
    .map((hotspot) => ({
      name: qualified(hotspot.schema, hotspot.table),
      hotspot,
      points: pointsOf(readings.find(isOf(hotspot))?.readings ?? []),
    }))
    .filter((line) => line.points.length > 1);
  if (lines.length === 0) return null;
  const summary = `Read by sequential scans over time. Now: ${lines.map((line) => `${line.name} ${rate(line.hotspot.bytes_per_second)}`).join(', ')}.`;
  return timeChart(lines, rate, summary);
}

/** The same as text. */
export const readingsTable = (key, readings) =>
  details(key, 'Readings as a table', () =>
    h(
      'div',
      {class: 'table short', tabindex: '0', role: 'region', 'aria-label': 'Readings'},
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['From', 'To', 'Read'].map((name) =>
              h('th', {scope: 'col', class: name === 'Read' ? 'number' : ''}, name),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          [...readings]
            .reverse()
            .map((one) =>
              h(
                'tr',
                {},
                h('td', {'data-label': 'From'}, time(one.from)),
                h('td', {'data-label': 'To'}, time(one.to)),
                h('td', {class: 'number', 'data-label': 'Read'}, rate(one.bytes_per_second)),
              ),
            ),
        ),
      ),
    ),
  );

export const readingsOf = (hotspot, readings) => readings.find(isOf(hotspot))?.readings ?? [];
