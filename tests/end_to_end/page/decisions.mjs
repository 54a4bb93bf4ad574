// People's decisions, taken on the page with the keyboard or the mouse.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {accessible, api, onPage, problem, shown, text} from './browser.mjs';

const pick = async (place) => (await api('recommendations')).items.at(place);
const stateOf = async (id) => (await api(`recommendations/${id}`)).lifecycle;

test('snooze, and reopen', async () => {
  const {id} = await pick(-1);
  await onPage(`#/recommendations/${id}`, async (page) => {
    await page.getByRole('button', {name: 'Snooze'}).click();
    await accessible(page, 'the dialog');
    await page.getByLabel('How long').selectOption('30');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('dialog').getByRole('button', {name: 'Snooze'}).click();
    await page
      .getByRole('status')
      .getByText(/Snoozed until/)
      .waitFor();
    await page.locator('.headline').getByText('snoozed').waitFor();
    const {state, by, snoozed_until: until} = await stateOf(id);
    assert.equal(state, 'snoozed');
    assert.equal(by, 'Ada');
    assert.ok(Math.abs(new Date(until) - Date.now() - 30 * 86400e3) < 600e3);
    await page.goto('#/recommendations?state=snoozed');
    await page.locator(`a[href*="${id}"]`).click();
    await page.getByRole('button', {name: 'Reopen'}).click();
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Ada', 'the browser remembers');
    await page.getByRole('dialog').getByRole('button', {name: 'Reopen'}).click();
    await page.locator('.headline').getByText('open', {exact: true}).waitFor();
    assert.equal((await stateOf(id)).state, 'open');
  });
});

test('dismiss, by keyboard only; without a reason it is not done', async () => {
  const {id} = await pick(-2);
  await onPage(`#/recommendations/${id}`, async (page) => {
    await page.getByRole('button', {name: 'Dismiss'}).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.getByLabel('Your name').fill('Grace');
    await page.keyboard.press('Enter');
    assert.ok(await page.getByRole('dialog').isVisible());
    assert.equal((await stateOf(id)).state, 'open');
    await page.keyboard.press('Escape');
    assert.ok(await page.getByRole('dialog').isHidden());
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Dismiss', 'the focus comes back');
    await page.keyboard.press('Enter');
    await page.keyboard.type('The table goes next month');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Grace');
    await page.keyboard.press('Enter');
    await page.getByText('Dismissed by Grace: The table goes next month').waitFor();
    assert.equal((await stateOf(id)).why, 'The table goes next month');
    await page.goto('#/overview');
    await shown(page);
    assert.match(await text(page), /dismissed[\s\S]*by Grace: The table goes next month/);
  });
});

test('the drop of an index is decided from its verdict', async () => {
  const index = (await api('indexes')).items.find((one) => one.name === 'coupons_code_idx');
  const open = (await api('recommendations?action=drop_index')).items;
  const {id} = open.find((one) => one.index_name === index.name);
  await onPage(`#/indexes/shop/public/${index.name}`, async (page) => {
    await page.getByRole('link', {name: 'Decide, and see what became of it'}).click();
    await page.getByRole('heading', {name: `Drop ${index.name}`}).waitFor();
    const all = await text(page);
    for (const wanted of [index.ddl, 'redundant', ...index.reasons, 'by the verdict on an existing index'])
      assert.ok(all.includes(wanted), wanted);
    await page.getByRole('button', {name: 'Dismiss'}).click();
    await page.getByLabel('Why').fill('Next quarter');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('dialog').getByRole('button', {name: 'Dismiss'}).click();
    await page.getByText('Dismissed by Ada: Next quarter').waitFor();
    assert.equal((await stateOf(id)).state, 'dismissed');
    await page.goBack();
    await page.locator('.panel header').getByText('dismissed').waitFor();
    await page.goto('#/recommendations?kind=drop_index');
    await shown(page);
    assert.equal(await page.locator('#view tbody tr').count(), open.length - 1);
  });
});

test('a decision that is refused says why, and can be tried again', async () => {
  const {id} = await pick(0);
  await onPage(
    `#/recommendations/${id}`,
    async (page) => {
      await page.getByRole('button', {name: 'Dismiss'}).click();
      await page.getByLabel('Why').fill('no');
      await page.getByLabel('Your name').fill('Ada');
      await page.getByRole('dialog').getByRole('button', {name: 'Dismiss'}).click();
      await page.getByText('Not done: it could not be written down').waitFor();
      assert.ok(await page.getByRole('dialog').getByRole('button', {name: 'Dismiss'}).isEnabled());
      assert.equal((await stateOf(id)).state, 'open');
    },
    {routes: {'recommendations/*/dismiss': problem(503, 'it could not be written down')}, faults: /503/},
  );
});

test('the keyboard alone reaches everything: skip link, views, sorting, a detail', () =>
  onPage('#/overview', async (page) => {
    await shown(page);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    const tabTo = async (isIt) => {
      for (let presses = 0; presses < 80; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(isIt)) return;
      }
      assert.fail(`not reached: ${isIt}`);
    };
    await tabTo(() => document.activeElement.dataset.view === 'recommendations');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', {name: 'Recommendations', level: 1}).waitFor();
    await shown(page);
    await tabTo(() => document.activeElement.dataset.focus === 'sort sort disk');
    await page.keyboard.press('Enter');
    assert.equal(
      await page.evaluate(() => document.activeElement.dataset.focus),
      'sort sort disk',
      'the focus stays',
    );
    assert.match(page.url(), /sort=-disk/);
    await tabTo(() => document.activeElement.closest('td.wide'));
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, 'solid', 'the focus is seen');
    await page.keyboard.press('Enter');
    await page.getByRole('button', {name: 'Copy SQL'}).waitFor();
    await tabTo(() => document.activeElement.tagName === 'SUMMARY');
    await page.keyboard.press('Space');
    await page.getByText('DROP INDEX CONCURRENTLY').first().waitFor();
  }));
