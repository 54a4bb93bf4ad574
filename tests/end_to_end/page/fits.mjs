// Every view at the width of a desk and of a phone: no text runs out of its block, nothing is cut at the edge.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {accessible, api, json, onPage, openAll, shown} from './browser.mjs';
import {places} from './places.mjs';

/** Blocks and rows whose content is wider than they are: nobody scrolls sideways in them. */
const tooNarrow = (page) =>
  page.evaluate(() => {
    const blocks =
      '#view, #view *:is(section, header, div, a.tile, dl, dt, dd, ul, ol, li, p, table, tr, td, th, pre, .figures)';
    return [...document.querySelectorAll(blocks)]
      .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1) // widths are rounded
      .filter((one) => !one.closest('.sr') && !one.matches('.table.short')) // unseen; made to scroll
      .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} in ${one.clientWidth}: ${one.innerText.slice(0, 60)}`);
  });

async function expectFit(page, width, place) {
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, place);
  assert.deepEqual(await tooNarrow(page), [], `${place} at ${width} pixels`);
}

/** The recommendations with the longest words that each figure can take. */
async function wordy() {
  const {items, as_of} = await api('recommendations');
  const name = 'ix_a_name_as_long_as_postgresql_lets_it_be_without_any_break_in_it'.slice(0, 63);
  const long = (item, place) => ({
    ...item,
    index_name: name,
    definition_sql: `public.${name} (${name}, ${name})`,
    benefit: {...item.benefit, share: place % 3 === 2 ? null : 0.99995, time_ms: 32_500, time_per_day_ms: null},
  });
  return json({items: items.map(long), as_of});
}

for (const width of [1280, 400]) {
  test(`at ${width} pixels all of each view fits`, () =>
    onPage(
      '',
      async (page) => {
        for (const place of await places()) {
          await page.goto(`#/${place}`);
          await shown(page);
          await openAll(page);
          await expectFit(page, width, place);
        }
        if (width === 400) await accessible(page, 'phone');
      },
      {width, theme: 'dark'},
    ));

  test(`at ${width} pixels the longest words fit`, async () =>
    onPage(
      '',
      async (page) => {
        for (const place of ['overview', 'recommendations']) {
          await page.goto(`#/${place}`);
          await shown(page);
          assert.match(await page.locator('#view').innerText(), /32.5 s in the time watched/);
          await expectFit(page, width, place);
        }
      },
      {width, routes: {'recommendations?*': await wordy()}},
    ));
}
