// One Chromium for all tests of the page, and what they ask of it.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {readFile} from 'node:fs/promises';

import {chromium} from 'playwright-core';

export const base = process.env.PGADVISOR_URL;
if (!base) throw new Error('set PGADVISOR_URL to the address of a running daemon');

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kPatience = 90_000; // milliseconds, for what the daemon has to find out first

let browser;

export const api = async (path) => (await fetch(`${base}/api/v1/${path}`)).json();

/** Waits until `find` returns something. */
export async function soon(what, find) {
  for (const until = Date.now() + kPatience; Date.now() < until;) {
    const found = await find();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`in vain: ${what}`);
}

/** The browser, and a daemon that has something to say on everything. */
export async function start() {
  const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  assert.ok(program, 'no Chromium: apt-get install chromium');
  // Chromium's own sandbox does not work for root.
  browser = await chromium.launch({executablePath: program, args: process.getuid() === 0 ? ['--no-sandbox'] : []});
  await soon('recommendations', async () => (await api('recommendations?action=create_index')).items.length > 4);
  await soon('hotspots', async () => (await api('hotspot_readings')).items.some((one) => one.readings.length > 1));
}

export const stop = () => browser?.close();

/**
 * Opens the page at `hash` and calls `use(page)`. Afterwards: nothing but the daemon was asked, nothing was written to
 * the console as an error, no script failed. `faults`: errors that the test makes, as a pattern.
 */
export async function onPage(
  hash,
  use,
  {width = 1280, theme = 'light', faults = null, routes = {}, script = ''} = {},
) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: {width, height: 900},
    colorScheme: theme,
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(kPatience);
  const page = await context.newPage();
  const troubles = [];
  const trouble = (text) => {
    if (!faults?.test(text)) troubles.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) trouble(message.text());
  });
  page.on('pageerror', (error) => trouble(`${error.message}\n${error.stack}`));
  page.on('dialog', (dialog) => {
    trouble(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== base) trouble(`asked ${request.url()}`);
  });
  if (script) await page.addInitScript(script);
  for (const [path, answer] of Object.entries(routes)) await page.route(`${base}/api/v1/${path}`, answer);
  try {
    await page.goto(`${base}/${hash}`);
    await use(page, context);
    assert.deepEqual(troubles, []);
  } finally {
    await context.close();
  }
}

/** The view is drawn, not loading. */
export async function shown(page) {
  await page.waitForFunction(
    () =>
      document.querySelector('#view')?.childElementCount > 0 &&
      !document.querySelector('#view').textContent.startsWith('Loading'),
  );
}

/** Opens every part of the view that is closed. */
export async function openAll(page) {
  const closed = page.locator('#view details:not([open]) > summary');
  while ((await closed.count()) > 0) await closed.first().click();
  // What is inside is made a moment later.
  const filled = () =>
    [...document.querySelectorAll('#view details')].every((one) => one.open && one.children.length > 1);
  await page.waitForFunction(filled);
}

export async function accessible(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const {passes, violations} = await page.evaluate(() =>
    globalThis.axe.run(document, {resultTypes: ['violations']}),
  );
  assert.ok(
    passes.some(({id}) => id === 'color-contrast'),
    'colours were looked at',
  );
  assert.deepEqual(
    violations.map(({id, nodes}) => [
      id,
      nodes.slice(0, 3).map((node) => `${node.target}: ${node.failureSummary}`),
    ]),
    [],
    where,
  );
}

/** An answer of the API, as page.route() takes it. */
export const json =
  (value, status = 200) =>
  (route) =>
    route.fulfill({
      status,
      contentType: status < 400 ? 'application/json' : 'application/problem+json',
      body: JSON.stringify(value),
    });

export const problem = (status, detail) =>
  json({type: 'about:blank', title: 'Problem', status, detail, instance: '/'}, status);

/** The texts of a column of the first table. */
export const column = (page, name) =>
  page.$$eval(`#view td[data-label="${name}"]`, (cells) => cells.map((cell) => cell.textContent));

export const text = (page, selector = '#view') => page.locator(selector).innerText();
