// The page in a headless Chromium: PGADVISOR_URL=http://127.0.0.1:7432 and PGADVISOR_PID of a daemon that watches the
// demo shop, PGHOST and the like for the shop. One browser for all; the last test ends the daemon.
import {after, before} from 'node:test';

import {start, stop} from './page/browser.mjs';

before(start);
after(stop);

await import('./page/scripts.mjs');
await import('./page/views.mjs');
await import('./page/fits.mjs');
await import('./page/lists.mjs');
await import('./page/details.mjs');
await import('./page/decisions.mjs');
await import('./page/states.mjs');
await import('./page/live.mjs');
