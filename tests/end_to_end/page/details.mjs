// Details, each at an address of its own.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {api, json, onPage, openAll, shown, text} from './browser.mjs';

/** The one with the most to show. */
const rich = async () => (await api('recommendations')).items.find((item) => item.kind.includes('foreign_key'));

test('a recommendation shows its SQL, statements, plans, costs, size and what speaks for and against it', async () => {
  const item = await rich();
  await onPage(`#/recommendations/${item.id}`, async (page) => {
    await shown(page);
    const all = await text(page);
    for (const wanted of [
      item.ddl,
      ...item.reasons,
      'Why not',
      'Write overhead',
      'Cost before',
      'of the workload’s cost',
      'times cheaper',
      'predicted',
    ]) {
      assert.ok(all.includes(wanted), wanted);
    }
    await openAll(page);
    assert.ok((await text(page)).includes(item.rollback));
    const [before, after] = await page
      .locator('.plan')
      .evaluateAll((plans) => plans.slice(0, 2).map((plan) => plan.textContent));
    assert.match(before, /^Before.*Seq Scan on orders/);
    assert.match(after, new RegExp(`^After.*${item.index_name}`));
    assert.equal(await page.locator('.plan').count(), item.statements.length * 2);
    const tops = await page
      .locator('.served')
      .first()
      .locator('.plan')
      .evaluateAll((plans) => plans.map((plan) => plan.getBoundingClientRect().top));
    assert.equal(tops[0], tops[1], 'side by side');
  });
});

test('the SQL is copied as it is', async () => {
  const item = await rich();
  await onPage(`#/recommendations/${item.id}`, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', {name: 'Copy SQL'}).click();
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), item.ddl);
  });
});

test('without a clipboard the SQL is selected', async () => {
  const item = await rich();
  await onPage(
    `#/recommendations/${item.id}`,
    async (page) => {
      await page.getByRole('button', {name: 'Copy SQL'}).click();
      await page.getByText('Selected').waitFor();
      assert.equal(await page.evaluate(() => getSelection().toString()), item.ddl);
    },
    {script: 'Object.defineProperty(navigator, "clipboard", {value: undefined});'},
  );
});

test('a statement leads to what is recommended for it, and back', async () => {
  const item = await rich();
  const [statement] = item.statements;
  await onPage(`#/statements/shop/${encodeURIComponent(statement.query_id)}`, async (page) => {
    await shown(page);
    assert.ok((await text(page)).includes(statement.query));
    await page.getByRole('link', {name: 'orders (coupon_id)'}).first().click();
    await page.getByRole('heading', {name: 'orders (coupon_id)'}).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'title', 'the focus goes along');
    await page.goBack();
    await page.getByRole('heading', {name: /^Statement/}).waitFor();
  });
});

test('what is not there is said so', () =>
  onPage('#/recommendations/none', async (page) => {
    await page.getByText('There is no such recommendation.').waitFor();
    for (const [place, words] of [
      ['indexes/shop/public/none', 'There is no such index.'],
      ['hotspots/shop/public/none', 'This table is no hotspot.'],
      ['statements/shop/1', 'There is no such statement.'],
      ['nothing', 'There is no such place.'],
    ]) {
      await page.goto(`#/${place}`);
      await page.getByText(words).waitFor();
    }
  }));

const window = {from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z'};
const perCall = (time) => ({time_ms: time, rows: 3, blocks: 40});
const measured = (item, state) => ({
  ...item,
  lifecycle: {
    ...item.lifecycle,
    state,
    proposes: state === 'regressed' ? item.rollback : null,
    effect: {
      verdict: state,
      reasons: ['Calls take a tenth of the time.'],
      before: window,
      after: window,
      saved_ms_per_day: state === 'verified' ? 7200e3 : -60e3,
      index_scans: 500,
      table_scans: 600,
      size_bytes: 9e6,
      predicted_size_bytes: 8e6,
      hot_share_before: 0.9,
      hot_share_after: null,
      others_meanwhile: true,
      roles: [],
      statements: [
        {
          query_id: item.statements[0].query_id,
          role: 'served',
          calls_before: 100,
          calls_after: 120,
          before: perCall(50),
          after: perCall(5),
          time: {ratio: 0.1, low: 0.08, high: 0.13, p_value: 0.00001, slices_before: 9, slices_after: 9},
        },
      ],
    },
  },
});

test('a measured effect stands beside the prediction; a regression names the way back', async () => {
  const item = await rich();
  for (const [state, words] of [
    [
      'verified',
      [
        '2 h a day',
        '8.58 MB',
        'predicted 7.63 MB',
        '90.0 % → unknown',
        '50 ms → 5 ms',
        '0.1 times',
        '0.08 to 0.13 (99 %), p < 0.001',
      ],
    ],
    ['regressed', ['To take it back', item.rollback]],
  ]) {
    const items = [measured(item, state)];
    await onPage(
      `#/recommendations/${item.id}`,
      async (page) => {
        await shown(page);
        const all = await text(page);
        for (const wanted of [...words, 'Calls take a tenth of the time.', 'cannot be told apart'])
          assert.ok(all.includes(wanted), `${wanted} in ${all}`);
      },
      {routes: {'recommendations?*': json({items, as_of: window.to})}},
    );
  }
});

test('what a recommended index replaces is shown as part of the change', async () => {
  const drop = 'DROP INDEX CONCURRENTLY public.ix_narrow';
  const rollback = 'CREATE INDEX CONCURRENTLY ix_narrow ON public.orders (coupon_id)';
  const replaces = [{index: 'public.ix_narrow', size_bytes: 8000000, ddl: drop, rollback}];
  const item = {...(await rich()), replaces};
  await onPage(
    `#/recommendations/${item.id}`,
    async (page) => {
      await shown(page);
      for (const wanted of ['Once it is valid, public.ix_narrow can go', '7.63 MB', drop])
        assert.ok((await text(page)).includes(wanted), wanted);
      await openAll(page);
      assert.ok((await text(page)).includes(rollback));
    },
    {routes: {'recommendations?*': json({items: [item], as_of: window.to})}},
  );
});

test('queries, reasons and people’s words that are markup elsewhere are text here', async () => {
  const bad = '<img src=x onerror=alert(1)><script>alert(2)</script> &lt;b&gt;';
  const hostile = (one) => ({...one, query: `SELECT '${bad}'`});
  const item = await rich();
  const items = [
    {
      ...item,
      reasons: [bad],
      statements: item.statements.map(hostile),
      lifecycle: {...item.lifecycle, state: 'dismissed', by: bad, why: bad},
    },
  ];
  const statements = (await api('statements')).items.map(hostile);
  await onPage(
    `#/recommendations/${item.id}`,
    async (page) => {
      for (const place of [
        `recommendations/${item.id}`,
        'statements',
        `statements/shop/${statements[0].query_id}`,
        'overview',
      ]) {
        await page.goto(`#/${place}`);
        await shown(page);
        await openAll(page);
        if (place !== 'overview') assert.ok((await text(page)).includes(bad.slice(0, 40)), place);
        assert.equal(await page.locator('#view :is(img, script, b b)').count(), 0, place);
      }
    },
    {
      routes: {
        'recommendations?*': json({items, as_of: window.to}),
        'statements?*': json({items: statements, as_of: window.to}),
      },
    },
  );
});
