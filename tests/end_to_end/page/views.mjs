// Every view in both themes: drawn, and accessible.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {accessible, api, onPage, shown, soon} from './browser.mjs';
import {places} from './places.mjs';

for (const theme of ['light', 'dark']) {
  test(`every view is accessible in the ${theme} theme`, () =>
    onPage(
      '',
      async (page) => {
        for (const place of await places()) {
          await page.goto(`#/${place}`);
          await shown(page);
          await page.waitForFunction(
            (name) => document.querySelector('nav [aria-current]')?.dataset.view === name,
            place.split('/')[0],
          );
          assert.equal(await page.locator('[role=alert]:visible').count(), 0, place);
          assert.ok((await page.title()) !== 'pgadvisor', place);
          await accessible(page, `${place}, ${theme}`);
        }
      },
      {theme},
    ));
}

test('the theme follows the system until somebody chooses, and the choice stays', () =>
  onPage('', async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.emulateMedia({colorScheme: 'dark'});
    const dark = await background();
    assert.notEqual(dark, light);
    await page.getByRole('button', {name: /Theme/}).click();
    assert.equal(await background(), light);
    await page.reload();
    assert.equal(await page.getByRole('button', {name: /Theme/}).innerText(), 'Theme: light');
    assert.equal(await background(), light);
  }));

test('charts are drawn, say in words what they show, and have their readings as text', () =>
  onPage('#/hotspots', async (page) => {
    await page.waitForSelector('.chart canvas');
    // A hotspot that was just found is in the list before it has readings for a line.
    const [first] = await soon('a summary that names the first hotspots', async () => {
      const hot = (await api('hotspots')).items.filter(({state}) => state !== 'resolved').slice(0, 4);
      const summary = await page.locator('.chart [role=img]').getAttribute('aria-label');
      return hot.length > 0 && hot.every(({table}) => summary.includes(table)) ? hot : null;
    });
    await page.waitForFunction(() => {
      const canvas = document.querySelector('.chart canvas');
      return canvas
        ?.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value > 0);
    });
    await page.getByRole('link', {name: first.table, exact: true}).first().click();
    await page.getByText('Readings as a table').click();
    await page.locator('.table.short tbody tr').nth(1).waitFor();
  }));
