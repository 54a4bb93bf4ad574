// Weekly reports: those that are kept, with their figures, and whether they arrived.
import {get, post} from './api.js';
import {announce, h} from './dom.js';
import {ago, bytes, milliseconds, number, percent, time} from './format.js';
import {back, empty, facts, minor, notice, panel, tag} from './parts.js';
import {link} from './route.js';
import {table} from './table.js';

export const title = 'Reports';
export const needs = ['reports'];

const deliveryStates = {pending: ['warn', 'Not there yet; tried again by itself'], delivered: ['good', 'It arrived'], dead: ['bad', 'Given up, until somebody asks for it again']};
const formats = [['html', 'HTML'], ['markdown', 'Markdown'], ['json', 'JSON'], ['sql', 'SQL']];

const address = (id, format) => `/api/v1/reports/${encodeURIComponent(id)}?format=${format}`;

const downloads = (id) => h('span', {class: 'links'}, formats.map(([format, name]) => h('a', {href: address(id, format), target: '_blank', rel: 'noopener'}, name)));

const deliveries = (report) => (report.deliveries.length === 0 ? minor('to nobody: no mail or webhook is configured') : report.deliveries.map((one) => h('p', {class: 'delivery'},
  `${one.channel} `, tag(one.state, deliveryStates), minor(one.state === 'delivered' ? ago(one.delivered_at) : one.trouble ?? ''))));

const columns = [
  {key: 'subject', name: 'Report', wide: true, value: (report) => report.made_at, cell: (report) => [
    h('a', {href: link('reports', [report.id]), 'data-focus': `report ${report.id}`}, report.subject), minor(time(report.from), ' to ', time(report.to))]},
  {key: 'deliveries', name: 'Delivered', cell: deliveries},
  {key: 'formats', name: 'Read it', cell: (report) => downloads(report.id)},
];

/** An older daemon, or one that was built without reports, answers 404. */
const absent = (list) => list.error?.status === 404;

export const tolerates = (name, error) => name === 'reports' && error.status === 404;

export function render({lists: {reports}}) {
  if (absent(reports)) return empty('This daemon has no reports.', 'Weekly reports are part of a newer pgadvisor.');
  const now = h('p', {class: 'minor'}, 'The last seven days, as a report made now: ', downloads('now'));
  return [now, reports.items.length ? table('Reports', columns, reports.items) : empty('No reports yet.', reports.next_at
    ? ['The first one is due ', time(reports.next_at), '.'] : 'None is planned: report.schedule is empty.'),
  reports.items.length && reports.next_at ? h('p', {class: 'minor'}, 'The next one is due ', time(reports.next_at), '.') : null];
}

const kinds = {
  open: ['Open recommendations', number], open_ms_per_day: ['Could be saved a day', milliseconds], new: ['New in the period', number], done: ['Carried out', number],
  measured_ms_per_day: ['Saved a day, measured', milliseconds], unused: ['Unused indexes', number], unused_bytes: ['They take', bytes],
  redundant: ['Redundant indexes', number], redundant_bytes: ['They take', bytes], foreign_keys: ['Foreign keys without an index', number],
  hotspots: ['Hotspots', number], analysed_share: ['Statement time analysed', percent],
};

const figure = (figures) => ([name, [label, format]]) => (figures[name] === undefined ? null
  : [label, format(figures[name].value), figures[name].before === null ? 'no report before' : `${format(figures[name].before)} the week before`]);

async function deliverAgain(report, refresh) {
  try {
    await post(`reports/${encodeURIComponent(report.id)}/deliver`, {});
    announce('It is delivered again where it did not arrive');
  } catch (error) {
    announce(`Not done: ${error.message}`);
  }
  refresh();
}

/** The figures come with the report itself: fetched when it is looked at. */
function figures(report) {
  const place = h('div', {}, h('p', {class: 'minor'}, 'Loading …'));
  get(`reports/${encodeURIComponent(report.id)}`).then(
    (full) => place.replaceChildren(facts(...Object.entries(kinds).map(figure(full.figures)))),
    (error) => place.replaceChildren(notice('bad', `The report cannot be read: ${error.message}`)));
  return place;
}

export const detailTitle = (id, {reports}) => reports.items.find((one) => one.id === id[0])?.subject ?? 'Report';

export function renderDetail({lists: {reports}, route: {id: [id]}, refresh}) {
  const report = reports.items.find((one) => one.id === id);
  if (!report) return [back('reports', 'Reports'), empty('There is no such report.', 'Old ones are given up after a while: report.keep says how many stay.')];
  const undelivered = report.deliveries.some((one) => one.state !== 'delivered');
  return [back('reports', 'Reports'), h('p', {class: 'minor'}, time(report.from), ' to ', time(report.to), '. Read all of it as ', downloads(report.id)),
    panel('Figures', null, figures(report)),
    panel('Delivery', null, deliveries(report), undelivered ? h('button', {type: 'button', 'data-focus': 'deliver', onclick: () => deliverAgain(report, refresh)},
      'Deliver again where it did not arrive') : null)];
}
