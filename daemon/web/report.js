// One weekly report: its figures, and whether it arrived.
import {get, post} from './api.js';
import {announce, h} from './dom.js';
import {bytes, milliseconds, number, percent, time} from './format.js';
import {back, empty, facts, notice, panel} from './parts.js';
import {deliveries, downloads} from './reports.js';

const kinds = {
  open: ['Open recommendations', number],
  open_ms_per_day: ['Could be saved a day', milliseconds],
  new: ['New in the period', number],
  done: ['Carried out', number],
  measured_ms_per_day: ['Saved a day, measured', milliseconds],
  unused: ['Unused indexes', number],
  unused_bytes: ['Unused ones take', bytes],
  redundant: ['Redundant indexes', number],
  redundant_bytes: ['Redundant ones take', bytes],
  foreign_keys: ['Foreign keys without an index', number],
  hotspots: ['Hotspots', number],
  analysed_share: ['Statement time analysed', percent],
};

const figure =
  (figures) =>
  ([name, [label, format]]) =>
    figures[name] === undefined
      ? null
      : [
          label,
          format(figures[name].value),
          figures[name].before === null ? 'no report before' : `${format(figures[name].before)} the week before`,
        ];

async function deliverAgain(report, refresh) {
  try {
    await post(`reports/${encodeURIComponent(report.id)}/deliver`, {});
    announce('It is delivered again where it did not arrive');
  } catch (error) {
    announce(`Not done: ${error.message}`);
  }
  refresh();
}

/** By report: figures that were fetched. They never change. */
const fetched = new Map();

const shown = (figures) => facts(...Object.entries(kinds).map(figure(figures)));

/** The figures come with the report itself: fetched when it is looked at first. */
function figures(report) {
  if (fetched.has(report.id)) return shown(fetched.get(report.id));
  const place = h('div', {}, h('p', {class: 'minor'}, 'Loading …'));
  get(`reports/${encodeURIComponent(report.id)}`).then(
    (full) => {
      fetched.set(report.id, full.figures);
      place.replaceChildren(shown(full.figures));
    },
    (error) => place.replaceChildren(notice('bad', `The report cannot be read: ${error.message}`)),
  );
  return place;
}

export const detailTitle = (id, {reports}) => reports.items.find((one) => one.id === id[0])?.subject ?? 'Report';

export function renderDetail({
  lists: {reports},
  route: {
    id: [id],
  },
  refresh,
}) {
  const report = reports.items.find((one) => one.id === id);
  if (!report)
    return [
      back('reports', 'Reports'),
      empty('There is no such report.', 'Old ones are given up after a while: report.keep says how many stay.'),
    ];
  const undelivered = report.deliveries.some((one) => one.state !== 'delivered');
  return [
    back('reports', 'Reports'),
    h(
      'p',
      {class: 'minor'},
      time(report.from),
      ' to ',
      time(report.to),
      '. Read all of it as ',
      downloads(report.id),
    ),
    panel('Figures', null, figures(report)),
    panel(
      'Delivery',
      null,
      deliveries(report),
      undelivered
        ? h(
            'button',
            {type: 'button', 'data-focus': 'deliver', onclick: () => deliverAgain(report, refresh)},
            'Deliver again where it did not arrive',
          )
        : null,
    ),
  ];
}
