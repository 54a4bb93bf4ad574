// The README's screenshots, into the folder given: of a daemon that watches the demo shop for a minute.
import {api, onPage, shown, start, stop} from './browser.mjs';

const folder = process.argv[2];
const kWatched = 80_000; // milliseconds: hotspots have a history then, and the load is over

await start();
await new Promise((done) => setTimeout(done, kWatched));
const best = (await api('recommendations')).items.find((item) => item.kind.includes('covering'));

/** {file, hash, width, height, theme} */
const shots = [
  {file: 'overview.png', hash: '#/overview', height: 1000},
  {file: 'recommendation.png', hash: `#/recommendations/${best.id}`, height: 1000},
  {file: 'hotspots.png', hash: '#/hotspots', height: 640, theme: 'dark'},
  {file: 'phone.png', hash: '#/recommendations', width: 400, height: 860},
];
for (const {file, hash, width = 1280, height, theme = 'light'} of shots) {
  await onPage(
    hash,
    async (page) => {
      await page.setViewportSize({width, height});
      await shown(page);
      await page.waitForTimeout(1000); // charts are drawn
      await page.screenshot({path: `${folder}/${file}`});
    },
    {width, theme},
  );
}
await stop();
