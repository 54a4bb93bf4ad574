// Lists: sorted and filtered by what the reader chooses, and by the address.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {api, column, onPage, openAll, shown, text} from './browser.mjs';

const openOnes = async () => (await api('recommendations')).items;
const rows = (page) => page.locator('#view tbody tr').count();
const sizeOf = (words) => {
  const [, sign, number, unit] = words.match(/^([+−])([\d.]+) (\w+)/);
  return (sign === '+' ? 1 : -1) * number * 1024 ** ['bytes', 'kB', 'MB', 'GB'].indexOf(unit);
};
const isSorted = (values, compare) => values.every((value, i) => i === 0 || compare(values[i - 1], value) <= 0);

test('a click on a heading sorts, a second one the other way round, and the address says so', () =>
  onPage('#/recommendations', async (page) => {
    await shown(page);
    const most = await openOnes();
    assert.equal(await rows(page), most.length);
    const disk = page.getByRole('columnheader', {name: 'Disk'});
    await disk.getByRole('button').click();
    const sizes = async () => (await column(page, 'Disk')).map(sizeOf);
    assert.ok(isSorted(await sizes(), (a, b) => b - a));
    assert.equal(await disk.getAttribute('aria-sort'), 'descending');
    assert.match(page.url(), /sort=-disk/);
    await disk.getByRole('button').click();
    assert.ok(isSorted(await sizes(), (a, b) => a - b));
    assert.equal(await disk.getAttribute('aria-sort'), 'ascending');
    await page.getByRole('button', {name: 'Index'}).click();
    assert.ok(
      isSorted(await page.locator('td.wide a').allInnerTexts(), (a, b) =>
        a.localeCompare(b, 'en', {numeric: true}),
      ),
    );
  }));

test('a phone sorts by a choice', () =>
  onPage(
    '#/statements',
    async (page) => {
      await shown(page);
      await page.getByLabel('Sort by').first().selectOption('-calls');
      const calls = (await column(page, 'Calls')).map((value) => Number(value.replaceAll(',', '')));
      assert.ok(calls.length > 3 && isSorted(calls, (a, b) => b - a));
    },
    {width: 400},
  ));

test('recommendations are filtered by table, kind, state, database and words', () =>
  onPage('#/recommendations', async (page) => {
    await shown(page);
    const all = await openOnes();
    const expect = async (wanted) => assert.equal(await rows(page), wanted.length);
    await page.locator('[data-filter=table]').selectOption('public.orders');
    await expect(all.filter((item) => item.table === 'public.orders'));
    await page.locator('[data-filter=kind]').selectOption('partial');
    const partial = all.filter((item) => item.table === 'public.orders' && item.kind.includes('partial'));
    assert.ok(partial.length > 0);
    await expect(partial);
    await page.getByRole('button', {name: 'Reset'}).click();
    await expect(all);
    await page.getByLabel('Search').pressSequentially('coupon');
    assert.equal(await page.evaluate(() => document.activeElement.type), 'search', 'typing goes on where it was');
    await expect(
      all.filter((item) =>
        JSON.stringify([item.ddl, item.index_name, item.statements.map((s) => s.query)]).includes('coupon'),
      ),
    );
    await page.getByLabel('Search').fill('');
    await page.locator('[data-filter=database]').selectOption('shop');
    await expect(all);
    await page.locator('[data-filter=state]').selectOption('dismissed');
    await page.getByText('Nothing matches these filters.').waitFor();
  }));

test('an address brings back what was chosen', () =>
  onPage('#/recommendations?table=public.orders&sort=disk', async (page) => {
    await shown(page);
    assert.equal(await page.locator('[data-filter=table]').inputValue(), 'public.orders');
    assert.equal(await rows(page), (await openOnes()).filter((item) => item.table === 'public.orders').length);
    assert.equal(await page.getByRole('columnheader', {name: 'Disk'}).getAttribute('aria-sort'), 'ascending');
  }));

test('indexes are filtered by verdict, with what could be freed', () =>
  onPage('#/indexes', async (page) => {
    await shown(page);
    const {items} = await api('indexes');
    await page.locator('[data-filter=verdict]').selectOption('redundant');
    const redundant = items.filter((index) => index.verdict === 'redundant');
    assert.ok(redundant.length > 0);
    assert.equal(await page.locator('#view > .table tbody tr').count(), redundant.length);
    assert.match(await text(page), /coupons_code_idx/);
  }));

test('names that are markup elsewhere are text here', async () => {
  const index = (await api('indexes')).items.find((one) => one.table.startsWith('<img') && one.ddl !== null);
  await onPage('#/indexes?q=onerror', async (page) => {
    await shown(page);
    await page.getByRole('link', {name: index.name, exact: true}).click();
    await page.getByRole('heading', {name: index.name, exact: true}).waitFor();
    await openAll(page);
    const all = await text(page);
    for (const wanted of ['on <img src=x onerror=alert(1)>', '"<script>alert(2)</script>"', ...index.reasons])
      assert.ok(all.includes(wanted), wanted);
    assert.equal(await page.locator('#view img, #view script, #view b[onmouseover]').count(), 0);
  });
});
