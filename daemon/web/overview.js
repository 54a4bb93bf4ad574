// The first look: is the collection healthy, what could be saved and freed, what changed this week.
import {bar} from './bars.js';
import {kMostLines} from './chart.js';
import {h} from './dom.js';
import {databaseChoice, filters} from './filters.js';
import {bytes, count, number, perDay, percent, rate} from './format.js';
import {advicesOf, health} from './health.js';
import {hotspotChart} from './hotspot_chart.js';
import {empty, list, minor, panel, tag, tile} from './parts.js';
import {isDrop, nameOf, saving} from './recommendations.js';
import {link, toRecommendation} from './route.js';
import {changesOf, week} from './week.js';
import {states} from './words.js';

export const title = 'Overview';
export const needs = ['recommendations', 'indexes', 'hotspots', 'hotspot_readings', 'targets'];

const sum = (items, value) => items.reduce((total, item) => total + (value(item) ?? 0), 0);
const ofDatabase = (items, database) => (database ? items.filter((item) => item.database === database) : items);

/** What the workload could save: time a day where that is known, and the share of its cost. */
function savedTile(advices) {
  const before = sum(advices, (advice) => advice.cost.before);
  const share = before > 0 ? 1 - sum(advices, (advice) => advice.cost.after) / before : null;
  const bound = before > 0 ? 1 - sum(advices, (advice) => advice.cost.bound) / before : null;
  const more = `of the workload’s planner cost; ${percent(bound)} at best`;
  const timed = advices.filter((advice) => advice.cost.saved_ms_per_day !== null);
  if (timed.length === 0)
    return tile('Could be saved', percent(share), `${more}. Time a day is not known yet.`, link('recommendations'));
  return tile(
    'Could be saved',
    perDay(sum(timed, (advice) => advice.cost.saved_ms_per_day)),
    `${percent(share)} ${more}`,
    link('recommendations'),
  );
}

function tiles(open, indexes, hotspots, advices) {
  const create = open.filter((item) => !isDrop(item));
  const freed = indexes.filter((index) => index.reclaimable_bytes > 0);
  const hot = hotspots.filter((hotspot) => hotspot.state !== 'resolved');
  return h(
    'div',
    {class: 'tiles'},
    savedTile(advices),
    tile(
      'Could be freed',
      bytes(sum(freed, (index) => index.reclaimable_bytes)),
      freed.length
        ? `by ${count(freed.length, 'existing index', 'existing indexes')} that could go or be rebuilt`
        : 'no existing index is known to be dead weight',
      link('indexes'),
    ),
    tile(
      'Open recommendations',
      number(open.length),
      `${bytes(sum(create, (item) => item.size_bytes))} for ${count(create.length, 'new index', 'new indexes')}${
        open.length > create.length ? `, ${count(open.length - create.length, 'drop')}` : ''
      }`,
      link('recommendations'),
    ),
    tile(
      'Hotspots',
      number(hot.length),
      hot.length
        ? `${number(hot.filter((one) => one.state === 'new').length)} new; ${bytes(
            sum(hot, (one) => one.read_bytes),
          )} read by sequential scans in a day`
        : 'no table is read whole again and again',
      link('hotspots'),
    ),
  );
}

const best = (item) =>
  h(
    'li',
    {},
    h('a', {href: toRecommendation(item.id), 'data-focus': `best ${item.id}`}, nameOf(item)),
    h(
      'span',
      {class: 'figures'},
      item.benefit.share === null
        ? minor(`frees ${bytes(item.size_bytes)}`)
        : [bar(item.benefit.share), percent(item.benefit.share), minor(saving(item))],
    ),
  );

/** What changes that were carried out brought, as measured. */
function measured(recommendations) {
  const done = recommendations.filter((item) =>
    ['verified', 'without_effect', 'regressed'].includes(item.lifecycle.state),
  );
  if (done.length === 0) return null;
  return panel(
    'Measured',
    null,
    list(
      done.map((item) => [
        tag(item.lifecycle.state, states),
        ' ',
        h('a', {href: toRecommendation(item.id)}, nameOf(item)),
        minor(
          item.lifecycle.effect?.saved_ms_per_day == null
            ? 'effect unknown'
            : `saves ${perDay(item.lifecycle.effect.saved_ms_per_day)}`,
        ),
      ]),
    ),
  );
}

export function render({lists, route: {params}, status}) {
  const database = params.get('database');
  const recommendations = ofDatabase(lists.recommendations.items, database);
  const hotspots = ofDatabase(lists.hotspots.items, database);
  const open = recommendations.filter((item) => item.lifecycle.state === 'open');
  const advices = advicesOf(lists.targets.items, database);
  const hot = hotspots.filter((one) => one.state !== 'resolved').slice(0, kMostLines);
  return [
    status.databases.length > 1 ? filters(databaseChoice(status, database ?? '')) : null,
    health(status, advices),
    status.report_as_of === null
      ? empty('The first analysis is under way.', 'What could be saved is known as soon as it is done.')
      : tiles(open, ofDatabase(lists.indexes.items, database), hotspots, advices),
    h(
      'div',
      {class: 'columns'},
      h(
        'div',
        {},
        panel(
          'What brings most',
          h('a', {href: link('recommendations')}, 'All recommendations'),
          open.length ? h('ol', {class: 'ranking'}, open.slice(0, 6).map(best)) : empty('Nothing to recommend.'),
        ),
        hot.length
          ? panel(
              'Read by sequential scans',
              [h('a', {href: link('hotspots')}, 'All hotspots')],
              hotspotChart(hot, lists.hotspot_readings.items) ??
                minor(hot.map((one) => `${one.table}: ${rate(one.bytes_per_second)}`).join(', ')),
            )
          : null,
      ),
      h(
        'div',
        {},
        panel('Changed this week', null, week(changesOf(recommendations, hotspots, Date.now()))),
        measured(recommendations),
      ),
    ),
  ];
}
