// Lines over time, drawn by uPlot. What they show stands beside them as text, for those who do not see them.
import uPlot from './uPlot.esm.js';

import {h} from './dom.js';
import {absolute} from './format.js';

const kHeight = 180;
const colours = ['--chart-1', '--chart-2', '--chart-3', '--chart-4'];
export const kMostLines = colours.length;

/** A colour of the theme, as the canvas wants it. */
function colour(name) {
  const probe = document.body.appendChild(h('span', {class: 'probe', vars: {'--probe': `var(${name})`}}));
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Days where ticks are days apart, else the time of day. */
const clock = (step) => (at) =>
  new Date(at * 1000).toLocaleString(
    'en-GB',
    step >= 86400
      ? {day: 'numeric', month: 'short'}
      : {hour: '2-digit', minute: '2-digit', ...(step < 60 ? {second: '2-digit'} : {})},
  );

function axes(format) {
  const common = {stroke: colour('--soft'), font: '12px system-ui, sans-serif', ticks: {show: false}};
  const grid = {stroke: colour('--line'), width: 1};
  return [
    {
      ...common,
      grid: {show: false},
      space: 90,
      size: 28,
      values: (_, ticks, __, ___, step) => ticks.map(clock(step)),
    },
    // Bytes go by powers of two.
    {
      ...common,
      grid,
      size: 76,
      space: 24,
      incrs: Array.from({length: 60}, (_, i) => 2 ** i),
      values: (_, ticks) => ticks.map(format),
    },
  ];
}

/** Each value holds from its time to the next one; null: not known. */
const stepped = uPlot.paths.stepped({align: 1});

function options(lines, format, width, readout) {
  return {
    width,
    height: kHeight,
    legend: {show: false},
    cursor: {y: false, points: {size: 6}},
    scales: {y: {range: (_, low, high) => [0, Math.max(high, 1) * 1.08]}},
    axes: axes(format),
    series: [
      {},
      ...lines.map((line, i) => ({
        label: line.name,
        stroke: colour(colours[i]),
        width: 1.75,
        paths: stepped,
        points: {show: false},
        ...(lines.length === 1 ? {fill: colour('--chart-fill')} : {}),
      })),
    ],
    hooks: {setCursor: [(plot) => readout(plot.cursor.idx, plot.data)]},
  };
}

/**
 * Lines: {name, points: [[seconds since the epoch, value]]}, at most kMostLines; `format` makes a value readable;
 * `summary` is what the chart says, in words.
 */
export function timeChart(lines, format, summary) {
  const place = h('div', {class: 'canvas', role: 'img', 'aria-label': summary});
  const legend = h('ul', {class: 'legend', 'aria-hidden': 'true'});
  const data = uPlot.join(
    lines.map((line) => [line.points.map(([at]) => at), line.points.map(([, value]) => value)]),
  );
  const readout = (index) =>
    legend.replaceChildren(
      ...lines.map((line, i) => {
        const at = index ?? data[0].length - 1;
        return h(
          'li',
          {},
          h('i', {class: `swatch s${i + 1}`}),
          line.name,
          ' ',
          h('b', {}, format(data[i + 1][at] ?? null)),
        );
      }),
      h('li', {class: 'at'}, absolute(data[0][index ?? data[0].length - 1] * 1000)),
    );
  let plot = null;
  new ResizeObserver(
    ([
      {
        contentRect: {width},
      },
    ]) => {
      if (width === 0 || !place.isConnected) return;
      if (plot) plot.setSize({width, height: kHeight});
      else plot = new uPlot(options(lines, format, width, readout), data, place);
    },
  ).observe(place);
  readout(null);
  return h('figure', {class: 'chart'}, legend, place);
}
