// The page's modules by themselves, in the browser that they are for.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {base, onPage} from './browser.mjs';

/** What it is about, module, function, and [arguments, result] each. */
const cases = [
  [
    'sizes are readable, and count as PostgreSQL does',
    'format.js',
    'bytes',
    [
      [[null], 'unknown'],
      [[0], '0 bytes'],
      [[1], '1 byte'],
      [[1536], '1.5 kB'],
      [[3 * 1024 ** 3], '3 GB'],
      [[-2048], '-2 kB'],
    ],
  ],
  [
    'durations are readable',
    'format.js',
    'milliseconds',
    [
      [[null], 'unknown'],
      [[0.25], '0.25 ms'],
      [[1500], '1.5 s'],
      [[90e3], '1.5 min'],
      [[36 * 3600e3], '1.5 days'],
    ],
  ],
  [
    'numbers are readable',
    'format.js',
    'number',
    [
      [[null], 'unknown'],
      [[0], '0'],
      [[0.01234], '0.0123'],
      [[12345], '12,345'],
      [[2.5e6], '2.5 million'],
      [[7e9], '7 billion'],
    ],
  ],
  [
    'what is not all is not called all',
    'format.js',
    'percent',
    [
      [[null], 'unknown'],
      [[0], '0 %'],
      [[0.00042], '0.042 %'],
      [[0.342], '34.2 %'],
      [[0.9999], 'over 99.9 %'],
      [[1], '100 %'],
    ],
  ],
  [
    'nothing is called cheaper that is not',
    'format.js',
    'factor',
    [
      [[100, 5], '20 times cheaper'],
      [[5, 100], ''],
      [[5, 5], ''],
      [[5, 0], ''],
    ],
  ],
  [
    'an address holds any text',
    'route.js',
    'link',
    [
      [['indexes', ['shop', 'a/b', '<i>?#%']], '#/indexes/shop/a%2Fb/%3Ci%3E%3F%23%25'],
      [['indexes', [], {q: 'a b', table: ''}], '#/indexes?q=a+b'],
    ],
  ],
  [
    'time that nobody watched is a gap in the line',
    'hotspot_chart.js',
    'pointsOf',
    [
      [
        [
          [
            {from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:00:10Z', bytes_per_second: 5},
            {from: '1970-01-01T00:00:10Z', to: '1970-01-01T00:00:20Z', bytes_per_second: null},
            {from: '1970-01-01T00:01:00Z', to: '1970-01-01T00:01:10Z', bytes_per_second: 7},
          ],
        ],
        [
          [0, 5],
          [10, null],
          [20, null],
          [60, 7],
          [70, 7],
        ],
      ],
    ],
  ],
  [
    'a plan node costs what its children do not',
    'plan.js',
    'ownCost',
    [
      [[{'Total Cost': 10, Plans: [{'Total Cost': 3}, {'Total Cost': 4}]}], 3],
      [[{'Total Cost': 10, Plans: [{'Total Cost': 40}]}], 0],
      [[{}], 0],
    ],
  ],
  [
    'a plan node is called as EXPLAIN does',
    'plan.js',
    'nodeTitle',
    [
      [
        [{'Node Type': 'Seq Scan', 'Parallel Aware': true, 'Relation Name': 'orders', Alias: 'o'}],
        'Parallel Seq Scan on orders o',
      ],
      [
        [{'Node Type': 'Index Scan', 'Index Name': 'ix', 'Relation Name': 't', Alias: 't'}],
        'Index Scan using ix on t',
      ],
    ],
  ],
];

test('the modules do what they are for', () =>
  onPage('#/status', async (page) => {
    for (const [title, module, name, calls] of cases) {
      const found = await page.evaluate(
        async ([file, key, lists]) => {
          const what = (await import(`/assets/${file}`))[key];
          return lists.map((list) => what(...list));
        },
        [module, name, calls.map(([list]) => list)],
      );
      assert.deepEqual(
        found,
        calls.map(([, wanted]) => wanted),
        title,
      );
    }
  }));

test('the policy forbids inline scripts, inline styles, markup from text and every other host', async () => {
  const policy = (await fetch(`${base}/`)).headers.get('content-security-policy');
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ])
    assert.ok(policy.includes(part), part);
  assert.doesNotMatch(policy, /unsafe|data:|https?:|\*/);
  await onPage(
    '',
    async (page) => {
      const refused = await page.evaluate(() => {
        try {
          document.querySelector('#view').innerHTML = '<i></i>';
          return false;
        } catch {
          return true;
        }
      });
      assert.ok(refused);
    },
    {faults: /TrustedHTML|Trusted Type/},
  );
});
