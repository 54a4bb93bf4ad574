// The daemon itself: what it watches, how the analysis went, what its tasks cost the server.
import {h} from './dom.js';
import {ago, bytes, count, number, percent, seconds, time, version} from './format.js';
import {advicesOf, health} from './health.js';
import {empty, facts, minor, panel} from './parts.js';
import {table} from './table.js';
import {say} from './words.js';

export const title = 'Status';
export const needs = ['targets'];

const tasks = (status) =>
  table(
    'Tasks',
    [
      {
        key: 'name',
        name: 'Task',
        wide: true,
        value: (task) => task.name,
        cell: (task) => [task.name, task.database ? h('span', {class: 'none'}, ` of ${task.database}`) : null],
      },
      {
        key: 'runs',
        name: 'Runs',
        number: true,
        value: (task) => task.runs,
        cell: (task) => [
          number(task.runs),
          task.failures ? h('span', {class: 'minor bad'}, `${number(task.failures)} failed`) : null,
        ],
      },
      {
        key: 'last',
        name: 'Last success',
        number: true,
        value: (task) => task.last_success,
        cell: (task) => ago(task.last_success),
      },
      {
        key: 'took',
        name: 'Took',
        number: true,
        value: (task) => task.last_duration_seconds,
        cell: (task) => seconds(task.last_duration_seconds),
      },
      {
        key: 'interval',
        name: 'Every',
        number: true,
        hint: 'Stretched by itself where it costs too much',
        value: (task) => task.interval_seconds,
        cell: (task) => (task.interval_seconds > 0 ? seconds(task.interval_seconds) : 'once'),
      },
      {
        key: 'server',
        name: 'Time in the server',
        number: true,
        hint: 'Since the start',
        value: (task) => task.database_seconds,
        cell: (task) => seconds(task.database_seconds),
      },
    ],
    status.tasks,
  );

const members = (status) =>
  table(
    'Replicas',
    [
      {key: 'name', name: 'Replica', wide: true, cell: (member) => member.name},
      {
        key: 'up',
        name: 'Answers',
        cell: (member) => h('span', {class: `state ${member.up ? 'good' : 'bad'}`}, member.up ? 'yes' : 'no'),
      },
      {key: 'role', name: 'Role', cell: (member) => (member.in_recovery ? 'replica' : 'primary')},
      {key: 'poll', name: 'Last poll', number: true, cell: (member) => ago(member.last_poll)},
    ],
    status.members,
    {parameter: 'members_sort'},
  );

const planner = (advice) =>
  h(
    'div',
    {},
    h('h3', {}, advice.database),
    facts(
      ['Statements', `${number(advice.workload.analysed)} of ${number(advice.workload.statements)}`, 'analysed'],
      [
        'Evictions',
        advice.workload.coverage === null ? 'unknown' : number(advice.workload.coverage.evictions),
        'lost to pg_stat_statements',
      ],
      ['Of active time', percent(advice.workload.coverage?.of_active_time ?? null), 'the statements account for'],
      [
        'Planner',
        version(advice.planner.sandbox_version),
        `${number(advice.planner.calls)} calls, ${seconds(advice.planner.seconds)}`,
      ],
      ['Gap to the bound', percent(advice.cost.gap), 'how far from the best choice at most'],
      ['Took', seconds(advice.seconds)],
    ),
    (advice.workload.coverage?.not_analysed ?? []).map((rest) =>
      minor(
        `Not analysed: ${say(rest.reason)}, ${count(rest.statements, 'statement')}, ${seconds(rest.time_ms / 1000)}`,
      ),
    ),
  );

const stages = (status) =>
  facts(...Object.entries(status.stage_seconds).map(([stage, took]) => [say(stage), seconds(took)]));

export function render({lists, status, route: {params}}) {
  const advices = advicesOf(lists.targets.items, params.get('database'));
  const server = status.server;
  return [
    health(status, advices),
    panel(
      'Server',
      null,
      facts(
        ['Name', status.target],
        ['Where', h('span', {class: 'mono'}, status.target_display)],
        ['PostgreSQL', version(server?.version ?? null)],
        ['Started', server ? time(server.started_at) : 'unknown'],
        ['Databases', status.databases.length ? status.databases.join(', ') : 'none yet'],
        ['Role', server ? (server.in_recovery ? 'replica' : 'primary') : 'unknown'],
        ['System identifier', server?.system_identifier ?? 'unknown'],
      ),
    ),
    status.members.length ? panel('Replicas', null, members(status)) : null,
    panel(
      'Analysis',
      ago(status.report_as_of, 'under way'),
      advices.length
        ? [advices.map(planner), h('h3', {}, 'Stages of the last one'), stages(status)]
        : empty('The first analysis is under way.'),
    ),
    panel('Tasks', null, tasks(status)),
    panel(
      'Daemon',
      null,
      facts(
        ['Version', status.version],
        ['Started', time(status.started_at)],
        ['History', bytes(status.history_size_bytes)],
        ['Evictions seen', number(status.evictions), 'by pg_stat_statements'],
        ['Time in the server', seconds(status.database_seconds), 'since the start'],
        [
          'Also here',
          h(
            'span',
            {class: 'links'},
            h('a', {href: '/metrics'}, 'metrics'),
            h('a', {href: '/openapi.json'}, 'API'),
            h('a', {href: '/readyz'}, 'readiness'),
          ),
        ],
      ),
    ),
  ];
}
