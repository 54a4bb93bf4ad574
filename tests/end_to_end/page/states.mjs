// Loading, empty and error states: answers of the daemon as they come rarely.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {accessible, api, json, onPage, problem, shown, text} from './browser.mjs';

const nothing = json({items: [], as_of: null});
const lists = [
  'recommendations?*',
  'indexes?*',
  'foreign_keys?*',
  'statements?*',
  'findings?*',
  'alternatives?*',
  'unhelped_statements?*',
  'targets',
  'hotspots',
  'hotspot_readings',
];
const emptyLists = Object.fromEntries(lists.map((list) => [list, nothing]));

test('before the first analysis the page says that it is under way', async () => {
  const status = {...(await api('status')), report_as_of: null, proposals_as_of: null};
  await onPage(
    '',
    async (page) => {
      for (const view of ['overview', 'recommendations', 'indexes', 'statements', 'status']) {
        await page.goto(`#/${view}`);
        await page.getByText('The first analysis is under way.').first().waitFor();
      }
      await accessible(page, 'under way');
    },
    {routes: {...emptyLists, status: json(status)}},
  );
});

test('with nothing to recommend the page says so, not that something is wrong', () =>
  onPage(
    '',
    async (page) => {
      for (const [view, words] of [
        ['overview', 'Nothing to recommend.'],
        ['recommendations', 'cost before equals cost after'],
        ['hotspots', 'No hotspots.'],
        ['indexes', 'Every foreign key has an index.'],
        ['statements', 'No findings.'],
      ]) {
        await page.goto(`#/${view}`);
        await page.getByText(words).first().waitFor();
      }
      assert.equal(await page.locator('[role=alert]:visible').count(), 0);
    },
    {routes: emptyLists},
  ));

test('while an answer is outstanding the page says that it loads', async () => {
  let answer;
  const waiting = new Promise((done) => {
    answer = done;
  });
  await onPage(
    '#/recommendations',
    async (page) => {
      await page.getByText('Loading …').waitFor();
      answer();
      await page.locator('#view tbody tr').first().waitFor();
    },
    {
      routes: {
        'recommendations?*': async (route) => {
          await waiting;
          await route.continue();
        },
      },
    },
  );
});

for (const status of [500, 503]) {
  test(`an answer of ${status} is shown with its reason, and goes away by itself`, async () => {
    let broken = true;
    await onPage(
      '#/recommendations',
      async (page) => {
        await page
          .getByRole('alert')
          .getByText(`recommendations cannot be read: the log says why (${status})`)
          .waitFor();
        assert.equal(await page.getByText('Nothing to recommend').count(), 0, 'unknown is not empty');
        await accessible(page, 'an error');
        await page.getByRole('link', {name: 'Indexes'}).click();
        await page.locator('#view tbody tr').first().waitFor();
        broken = false;
        await page.getByRole('link', {name: /Recommendations/}).click();
        await page.locator('#view tbody tr').first().waitFor();
        await page.waitForFunction(() =>
          [...document.querySelectorAll('[role=alert]')].every((one) => !one.checkVisibility()),
        );
        assert.equal(await page.locator('[role=alert]:visible').count(), 0);
      },
      {
        faults: new RegExp(status),
        routes: {
          'recommendations?*': (route) => (broken ? problem(status, 'the log says why')(route) : route.continue()),
        },
      },
    );
  });
}

test('what keeps the daemon from its job is shown with the fix', async () => {
  const status = {
    ...(await api('status')),
    ready: false,
    problems: [
      {
        component: 'statements',
        database: 'shop',
        message: 'pg_stat_statements is <b>missing</b>',
        hint: 'CREATE EXTENSION pg_stat_statements',
        since: '2026-01-01T00:00:00Z',
      },
    ],
  };
  await onPage(
    '#/overview',
    async (page) => {
      await page.getByText('pg_stat_statements is <b>missing</b>').waitFor();
      await page.getByRole('button', {name: 'Copy fix'}).waitFor();
      assert.equal(await page.locator('#health').innerText(), 'Needs attention');
      await accessible(page, 'a problem');
    },
    {routes: {status: json(status)}},
  );
  await onPage(
    '#/status',
    async (page) => {
      await page.locator('#health').getByText('Server not reachable').waitFor();
    },
    {routes: {status: json({...status, up: false})}},
  );
});

test('a choice of database reaches every view', async () => {
  const status = {...(await api('status')), databases: ['shop', 'other']};
  await onPage(
    '#/recommendations?database=other',
    async (page) => {
      await page.getByText('Nothing matches these filters.').waitFor();
      await page.getByRole('link', {name: 'Overview'}).click();
      await page.getByText('Nothing to recommend.').waitFor();
      await page.getByRole('link', {name: 'Hotspots', exact: true}).click();
      await page.getByText('Nothing matches these filters.').waitFor();
      assert.equal(await page.getByLabel('Database').inputValue(), 'other');
    },
    {routes: {status: json(status)}},
  );
});

test('what is not proposed is folded below the recommendations, with its reason', async () => {
  const alternative = {
    id: 'a1',
    ddl: 'CREATE INDEX CONCURRENTLY x ON public.t (a)',
    table: 'public.t',
    definition_sql: 'public."<i>t</i>" (a)',
    size_bytes: 8192,
    saves_alone: 0.25,
    saves_beside: 0.01,
    writes_share: 0,
    reason: 'served',
    served_by: '<b>ix</b>',
    query_id: null,
    message: '"<b>ix</b>", which is proposed, serves the same statements.',
    database: 'shop',
  };
  const statement = {
    query_id: '7',
    query: 'SELECT * FROM t',
    share: 0.3,
    reason: 'no_condition',
    alternative: null,
    message: 'It asks for all of public.t: no condition, join or order to index.',
    database: 'shop',
  };
  const summary = {
    query_id: '7',
    query: 'SELECT * FROM t',
    calls: 1,
    total_time_ms: 1,
    cost_before: 100,
    cost_after: 100,
    database: 'shop',
  };
  await onPage(
    '#/recommendations',
    async (page) => {
      await page.getByText('Not proposed, and why (2)').click();
      for (const words of [
        '"<i>t</i>" (a)',
        alternative.message,
        'saves 25.0 % alone, 1.0 % beside the proposed ones · 8 kB · shop',
        statement.message,
        '30.0 % of the workload’s cost · shop',
      ])
        await page.getByText(words).waitFor();
      await accessible(page, 'not proposed');
      await page.getByRole('link', {name: statement.query}).click();
      await page.getByText(statement.message).waitFor();
    },
    {
      routes: {
        'statements?*': json({items: [summary], as_of: null}),
        'alternatives?*': json({items: [alternative], as_of: null}),
        'unhelped_statements?*': json({items: [statement], as_of: null}),
      },
    },
  );
});

const report = {
  id: '20260105T0700Z',
  from: '2025-12-29T07:00:00Z',
  to: '2026-01-05T07:00:00Z',
  made_at: '2026-01-05T07:00:00Z',
  subject: '<i>demo</i>: 3 open',
  deliveries: [
    {
      channel: 'mail',
      state: 'delivered',
      attempts: 1,
      since: '2026-01-05T07:00:00Z',
      next_at: null,
      delivered_at: '2026-01-05T07:00:01Z',
      trouble: null,
    },
    {
      channel: 'slack',
      state: 'dead',
      attempts: 9,
      since: '2026-01-05T07:00:00Z',
      next_at: null,
      delivered_at: null,
      trouble: 'the webhook answered 404',
    },
  ],
};

test('reports: none, not available, and one with its figures and deliveries', async () => {
  await onPage('#/reports', (page) => page.getByText('No reports yet.').waitFor(), {
    routes: {reports: json({items: [], as_of: null, next_at: '2026-01-12T07:00:00Z'})},
  });
  await onPage(
    '#/reports',
    async (page) => {
      await page.getByText('This daemon has no reports.').waitFor();
      assert.equal(await page.locator('[role=alert]:visible').count(), 0);
    },
    {routes: {reports: problem(404, 'there is nothing')}, faults: /404/},
  );
  let asked = 0;
  await onPage(
    '#/reports',
    async (page) => {
      await page.getByRole('link', {name: '<i>demo</i>: 3 open'}).click();
      await page.getByText('12 min').waitFor();
      await page.getByText('9 min the week before').waitFor();
      const all = await text(page);
      for (const wanted of [
        '9 min the week before',
        'no report before',
        'the webhook answered 404',
        'delivered',
        'dead',
      ])
        assert.ok(all.includes(wanted), wanted);
      await accessible(page, 'a report');
      await page.getByRole('button', {name: /Deliver again/}).click();
      await page.getByText('It is delivered again').waitFor();
      assert.equal(asked, 1);
    },
    {
      routes: {
        reports: json({items: [report], as_of: report.made_at, next_at: null}),
        [`reports/${report.id}`]: json({
          figures: {open: {value: 3, before: null}, open_ms_per_day: {value: 720e3, before: 540e3}},
        }),
        [`reports/${report.id}/deliver`]: (route) => {
          asked += 1;
          return json(report)(route);
        },
      },
    },
  );
});

test('a thousand recommendations are shown', async () => {
  const {
    items: [item],
  } = await api('recommendations');
  const items = Array.from({length: 1000}, (_, i) => ({...item, id: `r${i}`, statements: []}));
  await onPage(
    '#/recommendations',
    async (page) => {
      await shown(page);
      assert.equal(await page.locator('#view tbody tr').count(), 1000);
      assert.match(await text(page, '#view > [role=status]'), /1,000 of 1,000/);
    },
    {routes: {'recommendations?*': json({items, as_of: item.lifecycle.since})}},
  );
});
