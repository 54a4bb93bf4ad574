// What became of proposals and hotspots in the last seven days.
import {h} from './dom.js';
import {ago, number, qualified} from './format.js';
import {empty, minor, tag} from './parts.js';
import {nameOf} from './recommendations.js';
import {toHotspot, toRecommendation} from './route.js';
import {hotspotStates, say, states} from './words.js';

const kWeek = 7 * 86400e3;
const kMostChanges = 10;

/** A proposal that is made is news; that it is open again is another. */
const eventOf = (change) => (change.from === null ? 'proposed' : change.to === 'open' ? 'reopened' : change.to);

/** What became of proposals and hotspots in the last seven days, the latest first. */
export function changesOf(recommendations, hotspots, now) {
  const recent = (at) => at !== null && now - new Date(at) < kWeek;
  return [
    ...recommendations.flatMap((item) =>
      item.lifecycle.changes
        .filter((change) => recent(change.at))
        .map((change) => ({
          at: change.at,
          word: eventOf(change),
          words: states,
          name: nameOf(item),
          href: toRecommendation(item.id),
          by: change.by,
          why: change.why,
        })),
    ),
    ...hotspots
      .filter((hotspot) => recent(hotspot.since))
      .map((hotspot) => ({
        at: hotspot.since,
        word: hotspot.state,
        words: hotspotStates,
        name: `Hotspot ${qualified(hotspot.schema, hotspot.table)}`,
        href: toHotspot(hotspot),
        by: 'pgadvisor',
        why: null,
      })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
}

const changeItem = (change) =>
  h(
    'li',
    {},
    tag(change.word, change.words),
    ' ',
    h('a', {href: change.href}, change.name),
    minor(ago(change.at), change.by === 'pgadvisor' ? '' : ` by ${change.by}`, change.why ? `: ${change.why}` : ''),
  );

export function week(changes) {
  if (changes.length === 0) return empty('Nothing changed in the last seven days.');
  const tally = new Map();
  for (const {word} of changes) tally.set(word, (tally.get(word) ?? 0) + 1);
  return [
    h('p', {class: 'minor'}, [...tally].map(([word, many]) => `${many} ${say(word)}`).join(' · ')),
    h('ol', {class: 'history'}, changes.slice(0, kMostChanges).map(changeItem)),
    changes.length > kMostChanges ? minor(`and ${number(changes.length - kMostChanges)} more`) : null,
  ];
}
