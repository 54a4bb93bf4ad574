// Polls the API and shows it. Lists are fetched again only when there is a newer report: with plans they are large.
import * as view from './view.js';

const kPollMilliseconds = 10000;
const kTimeoutMilliseconds = 8000;

const lists = {
  recommendations: {render: (items) => view.h('div', {}, items.map(view.recommendation)),
    nothing: 'No index would save enough: nothing to recommend.'},
  statements: {render: view.statements, nothing: 'No statement was analysed.'},
  indexes: {render: view.indexes, nothing: 'Nothing to say about existing indexes.'},
  foreign_keys: {render: view.foreignKeys, nothing: 'Every foreign key has an index.'},
  hotspots: {render: view.hotspots, nothing: 'No table is read by large sequential scans.'},
  findings: {render: view.findings, nothing: 'No further findings.'},
};

const state = {reportAsOf: undefined, items: {}, advices: [], database: ''};
const byId = (id) => document.getElementById(id);

async function get(path) {
  const response = await fetch(`/api/v1/${path}`, {signal: AbortSignal.timeout(kTimeoutMilliseconds)});
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const shown = (item) => state.database === '' || item.database === state.database;

function showLists() {
  for (const [name, list] of Object.entries(lists)) {
    const section = byId(name);
    const items = state.items[name].filter(shown);
    const nothing = state.reportAsOf === null ? 'The first analysis is under way.' : list.nothing;
    section.querySelector('.list').replaceChildren(items.length ? list.render(items) : view.empty(nothing));
    section.querySelector('h2').replaceChildren(name[0].toUpperCase() + name.slice(1),
      view.h('span', {class: 'count'}, items.length ? String(items.length) : ''));
  }
  byId('summary').replaceChildren(...(state.reportAsOf === null ? [] : view.summary(state.advices.filter(shown))));
}

function showFilter() {
  const select = byId('filter').querySelector('select');
  const names = state.advices.map((advice) => advice.database);
  if (!names.includes(state.database)) state.database = '';
  select.replaceChildren(view.h('option', {value: ''}, 'all'), ...names.map((name) => view.h('option', {value: name}, name)));
  select.value = state.database;
  byId('filter').hidden = names.length < 2;
}

function showStatus(status) {
  const health = byId('health');
  health.textContent = status.ready ? 'healthy' : status.up ? 'needs attention' : 'server not reachable';
  health.className = `pill ${status.ready ? 'good' : status.up ? 'warn' : 'bad'}`;
  const version = status.server ? ` · PostgreSQL ${Math.floor(status.server.version / 10000)}.${status.server.version % 10000}` : '';
  byId('target').textContent = `${status.target}${version}${status.target_display ? ` · ${status.target_display}` : ''}`;
  byId('target').title = byId('target').textContent;
  byId('problems').replaceChildren(...status.problems.map(view.problem));
  byId('about').textContent = `pgadvisor ${status.version} · advice of ${view.time(status.report_as_of)}`
    + ` · updated ${view.time(status.as_of)}`;
}

async function loadLists(reportAsOf) {
  const names = Object.keys(lists);
  const [targets, ...answers] = await Promise.all([get('targets'), ...names.map((name) => get(name))]);
  state.items = Object.fromEntries(names.map((name, i) => [name, answers[i].items]));
  state.advices = targets.items.flatMap((target) => target.databases).map((database) => database.advice)
    .filter((advice) => advice !== null);
  state.reportAsOf = reportAsOf;
  showFilter();
  showLists();
}

async function poll() {
  try {
    const status = await get('status');
    showStatus(status);
    if (status.report_as_of !== state.reportAsOf) await loadLists(status.report_as_of);
    byId('offline').hidden = true;
    document.querySelector('main').classList.remove('stale');
  } catch (error) {
    byId('offline').textContent = `pgadvisor does not answer (${error.message}). Trying again every ${kPollMilliseconds / 1000} seconds.`;
    byId('offline').hidden = false;
    byId('health').textContent = 'no answer';
    byId('health').className = 'pill bad';
    document.querySelector('main').classList.add('stale');
  }
  setTimeout(poll, kPollMilliseconds);
}

byId('filter').querySelector('select').addEventListener('change', (event) => {
  state.database = event.target.value;
  showLists();
});
for (const name of Object.keys(lists)) byId(name).querySelector('.list').replaceChildren(view.empty('Loading …'));
poll();
