// Shows what the address asks for, and asks the daemon for news. Views are modules: title, needs (lists), render(),
// and for places with an id renderDetail() and detailTitle().
import {byId, h, redraw} from './dom.js';
import {ago, tickTimes, version} from './format.js';
import * as existingIndex from './existing_index.js';
import * as hotspot from './hotspot.js';
import * as hotspots from './hotspots.js';
import {standing} from './health.js';
import * as indexes from './indexes.js';
import * as overview from './overview.js';
import {empty} from './parts.js';
import * as recommendations from './recommendations.js';
import * as recommendation from './recommendation.js';
import * as report from './report.js';
import * as reports from './reports.js';
import {current, link} from './route.js';
import * as statement from './statement.js';
import * as statements from './statements.js';
import * as status from './status.js';
import {expire, items, kPollMilliseconds, refresh, store} from './store.js';
import {startTheme} from './theme.js';

const views = {
  overview,
  recommendations: {...recommendations, ...recommendation},
  indexes: {...indexes, ...existingIndex},
  hotspots: {...hotspots, ...hotspot},
  statements: {...statements, ...statement},
  reports: {...reports, ...report},
  status,
};
/** Its figures are of the status itself: drawn at each poll. */
const kLive = 'status';

const viewOf = (route) => views[route.view];
const isDetail = (route, view) => route.id.length > 0 && view.renderDetail;

function showHead() {
  const [tone, word] = store.offline
    ? ['bad', 'No answer']
    : store.status
      ? standing(store.status)
      : ['', 'Loading'];
  byId('health').textContent = word;
  byId('health').className = `state ${tone}`;
  const server = store.status?.server;
  byId('target').textContent = store.status?.target ?? '';
  byId('server').textContent = server ? `PostgreSQL ${version(server.version)}` : '';
  for (const place of document.querySelectorAll('[data-updated]'))
    redraw(place, store.status ? ago(store.status.as_of) : '');
  byId('offline').hidden = !store.offline;
  byId('offline').textContent = store.offline
    ? `pgadvisor does not answer (${store.offline.message}). ${
        store.status ? 'What is shown is old. ' : ''
      }Trying again every ${kPollMilliseconds / 1000} seconds.`
    : '';
  byId('main').classList.toggle('stale', Boolean(store.offline) && store.status !== null);
}

function showNavigation(route) {
  for (const anchor of document.querySelectorAll('nav a')) {
    const {view} = anchor.dataset;
    anchor.href = link(view);
    if (view === route.view) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
    const open = {
      recommendations: items('recommendations').filter((item) => item.lifecycle.state === 'open'),
      hotspots: items('hotspots').filter((item) => item.state === 'new'),
    }[view];
    if (open) anchor.querySelector('.count').textContent = open.length ? String(open.length) : '';
  }
}

function content(route, view) {
  if (!view) return ['Not found', empty('There is no such place.', 'The address names no part of this page.')];
  const waiting = view.needs.filter((name) => !store.lists[name]);
  if (!store.status || waiting.length)
    return [
      view.title,
      store.offline ? empty('Nothing to show yet.', 'pgadvisor has not answered so far.') : empty('Loading …'),
    ];
  const failed = view.needs.filter(
    (name) => store.lists[name].error && !view.tolerates?.(name, store.lists[name].error),
  );
  const errors = failed.map((name) =>
    h(
      'div',
      {class: 'notice bad', role: 'alert'},
      `${name.replaceAll('_', ' ')} cannot be read: ${
        store.lists[name].error.message
      } (${store.lists[name].error.status}). Trying again by itself.`,
    ),
  );
  const context = {lists: store.lists, status: store.status, route, refresh: decided};
  const body = isDetail(route, view) ? view.renderDetail(context) : view.render(context);
  // Of a list that was never read nothing can be said, least of all that it is empty.
  const blind = failed.some((name) => store.lists[name].items.length === 0);
  return [
    isDetail(route, view) ? view.detailTitle(route.id, store.lists) : view.title,
    blind ? errors : [errors, body],
  ];
}

function show() {
  const route = current();
  const [title, body] = content(route, viewOf(route));
  document.title = `${title} · pgadvisor`;
  byId('title').textContent = title;
  redraw(byId('view'), body);
  showNavigation(route);
}

/** Nobody's selection is taken away. */
const isSelecting = () => !getSelection().isCollapsed && byId('main').contains(getSelection().anchorNode);

let polling = null;
let timer = 0;

async function poll() {
  clearTimeout(timer);
  const route = current();
  const changed = await refresh(viewOf(route)?.needs ?? []);
  showHead();
  if ((changed || route.view === kLive) && !isSelecting()) show();
  timer = setTimeout(pollOnce, kPollMilliseconds);
}

/** One poll at a time; whoever asks meanwhile waits for the one under way. */
function pollOnce() {
  polling ??= poll().finally(() => {
    polling = null;
  });
  return polling;
}

async function decided() {
  expire('recommendations');
  await polling;
  await pollOnce();
  show();
}

let place = '';
async function navigate() {
  const route = current();
  const here = [route.view, ...route.id].join('/');
  const moved = place !== '' && here !== place;
  place = here;
  show();
  // On a phone the views stand in a row that is wider than the screen.
  document.querySelector('nav [aria-current]')?.scrollIntoView({block: 'nearest', inline: 'nearest'});
  if (!moved) return;
  scrollTo(0, 0);
  byId('title').focus({preventScroll: true});
  await polling;
  await pollOnce();
  show();
}

addEventListener('hashchange', navigate);
setInterval(tickTimes, kPollMilliseconds);
startTheme(show);
navigate();
showHead();
pollOnce();
