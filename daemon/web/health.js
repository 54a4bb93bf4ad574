// Whether the collection is healthy, and what keeps the daemon from doing all of its job.
import {h} from './dom.js';
import {ago, number, percent} from './format.js';
import {code, facts, minor} from './parts.js';

/** [tone, word] for the state of the collection. */
export function standing(status) {
  if (!status.up) return ['bad', 'Server not reachable'];
  return status.problems.length > 0 || !status.ready ? ['warn', 'Needs attention'] : ['good', 'Healthy'];
}

/** What was advised for the database, or for all. */
export const advicesOf = (targets, database) =>
  targets
    .flatMap((target) => target.databases)
    .map((one) => one.advice)
    .filter((advice) => advice !== null && (!database || advice.database === database));

const problem = (item) =>
  h(
    'div',
    {class: 'notice warn'},
    h(
      'p',
      {},
      h('strong', {}, item.database ? `${item.component} (${item.database})` : item.component),
      ` ${item.message}`,
      minor('since ', ago(item.since, 'the start')),
    ),
    item.hint ? code(item.hint, 'fix') : null,
  );

/** Share of the time in statements that the analysis accounts for. */
function coverage(advices) {
  const timed = advices.filter((advice) => advice.workload.coverage);
  const of = (name) => timed.reduce((total, advice) => total + advice.workload.coverage[name], 0);
  return of('time_ms') > 0 ? of('analysed_ms') / of('time_ms') : null;
}

/** The health of the collection in one strip, with what is wrong below. */
export function health(status, advices) {
  const [tone, word] = standing(status);
  const members = status.members.length;
  return h(
    'section',
    {class: 'health', 'aria-label': 'Health of the collection'},
    facts(
      [
        'Collection',
        h('span', {class: `state ${tone}`}, word),
        status.problems.length ? `${number(status.problems.length)} to look at` : 'nothing to look at',
      ],
      ['Last look', h('span', {'data-updated': true}, ago(status.as_of))],
      ['Last advice', ago(status.report_as_of, 'under way')],
      ['Analysed', percent(coverage(advices)), 'of the time in statements'],
      ['Costs the server', percent(status.duty_cycle), 'of one core'],
      members
        ? ['Replicas', `${status.members.filter((member) => member.up).length} of ${members}`, 'answer']
        : null,
    ),
    status.problems.map(problem),
  );
}
