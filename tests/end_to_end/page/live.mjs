// What happens while somebody looks: an index is created, the daemon goes away.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {test} from 'node:test';

import {api, onPage, shown} from './browser.mjs';

const psql = (sql) => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], {stdio: 'pipe'});

test('once its index is created a recommendation becomes applied, without a reload', async () => {
  const item = (await api('recommendations')).items.find((one) => one.ddl.includes('shipped_at IS NULL'));
  await onPage('#/recommendations', async (page) => {
    const link = page.locator(`td a[href*="${item.id}"]`);
    await link.waitFor();
    await page.evaluate(() => {
      globalThis.loadedOnce = true;
    });
    psql(item.ddl);
    await link.waitFor({state: 'detached'});
    await page.goto(`#/recommendations/${item.id}`);
    await page.locator('.headline').getByText('applied').waitFor();
    await page.goto('#/overview');
    await page.locator('.history').getByText('applied').first().waitFor();
    assert.ok(await page.evaluate(() => globalThis.loadedOnce));
  });
});

test('once an index is dropped its proposal becomes applied, whoever dropped it', async () => {
  const item = (await api('recommendations?action=drop_index&state=all')).items.find((one) => one.table.includes('<img'));
  await onPage(`#/recommendations/${item.id}`, async (page) => {
    await page.getByRole('heading', {name: `Drop ${item.index_name}`}).waitFor();
    psql(item.ddl);
    await page.locator('.headline').getByText('applied').waitFor();
    assert.match(await page.locator('.history').innerText(), /the index is gone from the catalog/);
  });
});

test('when the daemon is gone the page says so and keeps what it knew', () =>
  onPage(
    '#/recommendations',
    async (page) => {
      await shown(page);
      const before = await page.locator('#view tbody tr').count();
      process.kill(Number(process.env.PGADVISOR_PID), 'SIGTERM');
      await page.getByRole('alert').getByText('pgadvisor does not answer').waitFor();
      assert.equal(await page.locator('#health').innerText(), 'No answer');
      assert.equal(await page.locator('#view tbody tr').count(), before);
      assert.match(await page.getByRole('alert').innerText(), /What is shown is old/);
    },
    {faults: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/},
  ));
