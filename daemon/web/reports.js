// Weekly reports that are kept, and whether they arrived.
import {h} from './dom.js';
import {ago, time} from './format.js';
import {empty, minor, tag} from './parts.js';
import {link} from './route.js';
import {table} from './table.js';

export const title = 'Reports';
export const needs = ['reports'];

const deliveryStates = {
  pending: ['warn', 'Not there yet; tried again by itself'],
  delivered: ['good', 'It arrived'],
  dead: ['bad', 'Given up, until somebody asks for it again'],
};
const formats = [
  ['html', 'HTML'],
  ['markdown', 'Markdown'],
  ['json', 'JSON'],
  ['sql', 'SQL'],
];

const address = (id, format) => `/api/v1/reports/${encodeURIComponent(id)}?format=${format}`;

export const downloads = (id) =>
  h(
    'span',
    {class: 'links'},
    formats.map(([format, name]) => h('a', {href: address(id, format), target: '_blank', rel: 'noopener'}, name)),
  );

export const deliveries = (report) =>
  report.deliveries.length === 0
    ? minor('to nobody: no mail or webhook is configured')
    : report.deliveries.map((one) =>
        h(
          'p',
          {class: 'delivery'},
          `${one.channel} `,
          tag(one.state, deliveryStates),
          minor(one.state === 'delivered' ? ago(one.delivered_at) : (one.trouble ?? '')),
        ),
      );

const columns = [
  {
    key: 'subject',
    name: 'Report',
    wide: true,
    value: (report) => report.made_at,
    cell: (report) => [
      h('a', {href: link('reports', [report.id]), 'data-focus': `report ${report.id}`}, report.subject),
      minor(time(report.from), ' to ', time(report.to)),
    ],
  },
  {key: 'deliveries', name: 'Delivered', cell: deliveries},
  {key: 'formats', name: 'Read it', cell: (report) => downloads(report.id)},
];

/** An older daemon, or one that was built without reports, answers 404. */
const absent = (list) => list.error?.status === 404;

export const tolerates = (name, error) => name === 'reports' && error.status === 404;

export function render({lists: {reports}}) {
  if (absent(reports)) return empty('This daemon has no reports.', 'Weekly reports are part of a newer pgadvisor.');
  const now = h('p', {class: 'minor'}, 'The last seven days, as a report made now: ', downloads('now'));
  return [
    now,
    reports.items.length
      ? table('Reports', columns, reports.items)
      : empty(
          'No reports yet.',
          reports.next_at
            ? ['The first one is due ', time(reports.next_at), '.']
            : 'None is planned: report.schedule is empty.',
        ),
    reports.items.length && reports.next_at
      ? h('p', {class: 'minor'}, 'The next one is due ', time(reports.next_at), '.')
      : null,
  ];
}
