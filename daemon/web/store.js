// What the page knows of the daemon: its status, asked for again and again, and the lists that the view shown needs,
// fetched again only when there is something newer.
import {ApiError, get} from './api.js';

export const kPollMilliseconds = 5000;

const advice = (status) => status.report_as_of;
const everyPoll = (status) => status.as_of;
const proposals = (status) => `${status.report_as_of} ${status.proposals_as_of}`;

/** Where each list is, and what of the status changes when it does. */
const lists = {
  recommendations: {path: 'recommendations?state=all&limit=10000', version: proposals},
  indexes: {path: 'indexes?limit=10000', version: advice},
  foreign_keys: {path: 'foreign_keys?limit=10000', version: advice},
  statements: {path: 'statements?limit=10000', version: advice},
  findings: {path: 'findings?limit=10000', version: advice},
  alternatives: {path: 'alternatives?limit=10000', version: advice},
  unhelped_statements: {path: 'unhelped_statements?limit=10000', version: advice},
  targets: {path: 'targets', version: proposals},
  hotspots: {path: 'hotspots', version: everyPoll},
  hotspot_readings: {path: 'hotspot_readings', version: everyPoll},
  reports: {path: 'reports', version: everyPoll},
};

export const store = {
  status: null, // the last one that was read
  offline: null, // the ApiError that the last poll ended with
  lists: {}, // name: {items, as_of, ...} as the API answered; error: ApiError; version
};

/** Fetches what is older than the status. True when anything is different from before. */
async function load(name) {
  const version = lists[name].version(store.status);
  const before = store.lists[name];
  if (before && !before.error && before.version === version) return false;
  try {
    const answer = await get(lists[name].path);
    store.lists[name] = {...answer, version};
    return !before || Boolean(before.error) || JSON.stringify(answer.items) !== JSON.stringify(before.items);
  } catch (error) {
    if (error.status === 0) throw error;
    store.lists[name] = {items: before?.items ?? [], error, version: null};
    return before?.error?.message !== error.message;
  }
}

/** What a status says, but for figures that change all the time. */
const gist = (status) =>
  JSON.stringify([
    status.up,
    status.ready,
    status.server,
    status.databases,
    status.members.map((member) => member.up),
    status.problems,
    status.report_as_of,
    status.proposals_as_of,
  ]);

/**
 * One poll of the status and of `needed` lists. True when what they say, or whether there is an answer, is different
 * from before; some figures of the status always are.
 */
export async function refresh(needed) {
  const wasOffline = store.offline?.message;
  try {
    const before = store.status;
    store.status = await get('status');
    const changed = await Promise.all(needed.map(load));
    store.offline = null;
    return (
      before === null || gist(before) !== gist(store.status) || wasOffline !== undefined || changed.some(Boolean)
    );
  } catch (error) {
    store.offline = error instanceof ApiError ? error : new ApiError(String(error));
    return wasOffline !== store.offline.message;
  }
}

/** So that the next refresh fetches it, whatever its version: somebody has just changed it. */
export function expire(name) {
  if (store.lists[name]) store.lists[name].version = null;
}

/** The items of a list; [] before it was fetched. */
export const items = (name) => store.lists[name]?.items ?? [];
