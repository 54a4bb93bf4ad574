// Values of the API to DOM nodes. Everything from a database goes through text nodes, never through markup.

/** An element. Children that are strings become text nodes; null ones are left out. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

const compact = new Intl.NumberFormat('en', {notation: 'compact', maximumSignificantDigits: 3});
const precise = new Intl.NumberFormat('en', {maximumSignificantDigits: 3});

export const number = (value) => (value === null ? '–' : compact.format(value));
export const percent = (share) => (share === null ? '–' : `${precise.format(share * 100)} %`);

export function bytes(value) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${precise.format(value)} ${units[unit]}`;
}

export function milliseconds(value) {
  if (value === null) return '–';
  for (const [size, unit] of [[86400e3, 'd'], [3600e3, 'h'], [60e3, 'min'], [1e3, 's']]) {
    if (value >= size) return `${precise.format(value / size)} ${unit}`;
  }
  return `${precise.format(value)} ms`;
}

export const time = (text) => (text === null ? 'never' : new Date(text).toLocaleString());

const qualified = (schema, name) => (schema === 'public' ? name : `${schema}.${name}`);

export const empty = (text) => h('p', {class: 'empty'}, text);

async function copy(event, text) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'copied';
  } catch {
    // No clipboard outside a secure context: select the text, so that one key press copies it.
    getSelection().selectAllChildren(button.parentElement.querySelector('pre'));
    button.textContent = 'selected';
  }
  setTimeout(() => { button.textContent = 'copy'; }, 1500);
}

const code = (text) => h('div', {class: 'code'}, h('pre', {}, text),
  h('button', {class: 'copy', type: 'button', onclick: (event) => copy(event, text)}, 'copy'));

const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** Which <details> are open survives a refresh. */
const opened = new Set();

function details(key, title, content) {
  const element = h('details', {}, h('summary', {}, title));
  const fill = () => { if (element.children.length === 1) element.append(content()); };
  if (opened.has(key)) {
    element.open = true;
    fill();
  }
  element.addEventListener('toggle', () => {
    if (element.open) opened.add(key); else opened.delete(key);
    if (element.open) fill();
  });
  return element;
}

const conditions = ['Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Filter', 'Sort Key', 'Group Key'];

/** A node of EXPLAIN (FORMAT JSON) as the lines that EXPLAIN's text format would print. */
export function planLines(node, depth = 0) {
  const indent = '  '.repeat(depth);
  const using = node['Index Name'] ? ` using ${node['Index Name']}` : '';
  const on = node['Relation Name'] ? ` on ${node['Relation Name']}` : '';
  const lines = [`${indent}${depth > 0 ? '-> ' : ''}${node['Node Type']}${using}${on}`
    + `  (cost=${node['Startup Cost']}..${node['Total Cost']} rows=${node['Plan Rows']})`];
  for (const name of conditions) {
    if (node[name] !== undefined) lines.push(`${indent}     ${name}: ${[node[name]].flat().join(', ')}`);
  }
  for (const child of node.Plans ?? []) lines.push(...planLines(child, depth + 1));
  return lines;
}

const plan = (title, value) => h('div', {}, h('h4', {}, title),
  h('pre', {class: 'plan'}, value.Plan ? planLines(value.Plan).join('\n') : 'not known'));

function served(key, statement) {
  const factor = statement.cost_after > 0 ? statement.cost_before / statement.cost_after : null;
  return details(`${key}/${statement.query_id}`,
    [h('span', {class: 'fall'}, `${number(statement.cost_before)} → ${number(statement.cost_after)}`),
      factor > 1 ? ` (${precise.format(factor)} times cheaper) ` : ' ',
      h('code', {}, statement.query.slice(0, 160))],
    () => h('div', {}, code(statement.query),
      h('div', {class: 'plans'}, plan('Plan before', statement.plan_before), plan('Plan after', statement.plan_after))));
}

export function recommendation(item) {
  const gain = h('div', {class: 'gain', 'aria-hidden': 'true'}, h('i'));
  gain.firstChild.style.setProperty('--share', Math.min(1, Math.max(0, item.benefit.share ?? 0)));
  const confidence = {high: 'good', medium: '', low: 'warn'}[item.confidence];
  return h('article', {class: 'card'},
    h('header', {}, h('h3', {}, `${item.table}: ${item.index_name}`), h('span', {class: 'tag'}, item.database),
      item.kind.map((kind) => h('span', {class: 'tag'}, kind.replaceAll('_', ' '))),
      h('span', {class: `tag ${confidence}`}, `${item.confidence} confidence`)),
    code(item.ddl), gain,
    h('dl', {class: 'facts'},
      fact('saves', `${percent(item.benefit.share)} of the cost`),
      item.benefit.time_per_day_ms === null ? null : fact('time saved a day', milliseconds(item.benefit.time_per_day_ms)),
      fact('size', bytes(item.size_bytes)),
      fact('writes', number(item.write_overhead.writes)),
      item.write_overhead.time_ms === null ? null : fact('write time', milliseconds(item.write_overhead.time_ms))),
    item.reasons.length ? h('ul', {class: 'reasons'}, item.reasons.map((reason) => h('li', {}, reason))) : null,
    details(`${item.id}/statements`, item.statements.length === 1 ? 'One statement gets cheaper' : `${item.statements.length} statements get cheaper`,
      () => h('div', {}, item.statements.map((statement) => served(item.id, statement)))),
    details(`${item.id}/rollback`, 'Rollback', () => code(item.rollback)));
}

/** A table that becomes a list of cards on a phone. Columns: [label, class, value of an item]. */
function table(columns, items) {
  return h('div', {class: 'scroll'}, h('table', {},
    h('thead', {}, h('tr', {}, columns.map(([label, style]) => h('th', {class: style, scope: 'col'}, label)))),
    h('tbody', {}, items.map((item) => h('tr', {},
      columns.map(([label, style, value]) => h('td', {class: style, 'data-label': label}, value(item))))))));
}

export const statements = (items) => table([
  ['Statement', 'sql', (s) => [s.query || `query ${s.query_id}`, h('span', {class: 'minor'}, `${s.database} · ${s.query_id}`)]],
  ['Calls', 'number', (s) => number(s.calls)],
  ['Time', 'number', (s) => milliseconds(s.total_time_ms)],
  ['Cost before', 'number', (s) => number(s.cost_before)],
  ['Cost after', 'number', (s) => h('span', {class: s.cost_after < s.cost_before ? 'fall' : ''}, number(s.cost_after))],
], items);

const verdicts = {unused: 'warn', duplicate: 'warn', redundant: 'warn', bloated: 'warn', invalid: 'bad', ok: 'good'};

function rehearsed(key, rehearsal) {
  if (rehearsal === null) return null;
  if (rehearsal.statements_worse === 0) {
    return h('span', {class: 'minor'}, `Rehearsed: none of ${rehearsal.statements_planned} statements gets worse.`);
  }
  return details(`${key}/rehearsal`, `Rehearsed: ${rehearsal.statements_worse} of ${rehearsal.statements_planned} statements get worse`,
    () => h('div', {}, rehearsal.statements.map((statement) => h('p', {class: 'minor'},
      `${number(statement.cost_before)} → ${number(statement.cost_after)} `, h('code', {}, statement.query.slice(0, 160))))));
}

const sqlBothWays = (key, item) => (item.ddl === null ? null : details(`${key}/sql`, 'SQL', () => h('div', {}, code(item.ddl),
  item.rollback === null ? null : [h('span', {class: 'minor'}, 'and the way back'), code(item.rollback)])));

const indexKey = (i) => `index/${i.database}/${i.schema}/${i.name}`;

export const indexes = (items) => table([
  ['Index', '', (i) => [qualified(i.schema, i.name), h('span', {class: 'minor'}, `${i.database} · on ${qualified(i.table_schema, i.table)}`)]],
  ['Verdict', '', (i) => [h('span', {class: `tag ${verdicts[i.verdict] ?? ''}`}, i.verdict),
    i.reasons.map((reason) => h('span', {class: 'minor'}, reason)), rehearsed(indexKey(i), i.rehearsal), sqlBothWays(indexKey(i), i)]],
  ['Scans', 'number', (i) => number(i.scans)],
  ['Size', 'number', (i) => bytes(i.size_bytes)],
  ['To gain', 'number', (i) => (i.reclaimable_bytes > 0 ? bytes(i.reclaimable_bytes) : '–')],
  ['Since', 'number', (i) => time(i.since)],
], items);

const severities = {critical: 'bad', warning: 'warn'};

export const foreignKeys = (items) => table([
  ['Columns', '', (k) => [`${k.table} (${k.columns.join(', ')})`, h('span', {class: 'minor'}, `${k.database} · references ${k.references}`)]],
  ['Severity', '', (k) => [h('span', {class: `tag ${severities[k.severity] ?? ''}`}, k.severity),
    k.reasons.map((reason) => h('span', {class: 'minor'}, reason)), sqlBothWays(`foreign key/${k.database}/${k.table}/${k.columns.join()}`, k)]],
  ['Rows deleted', 'number', (k) => number(k.changes)],
  ['Table', 'number', (k) => bytes(k.table_bytes)],
], items);

const hotspotStates = {new: 'bad', known: 'warn', resolved: 'good'};
const readers = (t) => t.statements.map((s) => h('span', {class: 'minor'},
  `${s.query_id}${s.foreign_key ? ` (checks ${s.foreign_key})` : ''}: ${s.query}`));

export const hotspots = (items) => table([
  ['Table', '', (t) => [qualified(t.schema, t.table), h('span', {class: 'minor'}, t.database), readers(t)]],
  ['State', '', (t) => [h('span', {class: `tag ${hotspotStates[t.state] ?? ''}`}, t.state),
    h('span', {class: 'minor'}, `since ${time(t.since)}`), t.reasons.map((reason) => h('span', {class: 'minor'}, reason))]],
  ['Read in a day', 'number', (t) => bytes(t.read_bytes)],
  ['Sequential scans', 'number', (t) => number(t.seq_scans)],
  ['Rows read', 'number', (t) => number(t.rows_read)],
  ['Size', 'number', (t) => bytes(t.size_bytes)],
], items);

export const findings = (items) => table([
  ['Kind', '', (f) => h('span', {class: 'tag'}, f.kind.replaceAll('_', ' '))],
  ['Finding', '', (f) => f.message],
  ['About', '', (f) => [f.object ?? '', h('span', {class: 'minor'}, f.query_id ? `${f.database} · ${f.query_id}` : f.database)]],
], items);

export const problem = (item) => h('div', {class: 'notice warn', role: 'alert'},
  h('strong', {}, item.database ? `${item.component} (${item.database})` : item.component), `: ${item.message}`,
  item.hint ? h('p', {class: 'hint'}, item.hint) : null,
  item.since ? h('p', {class: 'minor'}, `since ${time(item.since)}`) : null);

const tile = (value, label) => h('div', {class: 'tile'}, h('b', {}, value), h('span', {}, label));

/** What the shown databases' advice amounts to. */
export function summary(advices) {
  const sum = (value) => advices.reduce((total, advice) => total + (value(advice) ?? 0), 0);
  const before = sum((a) => a.cost.before);
  const after = sum((a) => a.cost.after);
  const timed = advices.filter((a) => a.workload.coverage);
  const seen = timed.reduce((total, a) => total + a.workload.coverage.time_ms, 0);
  const analysed = timed.reduce((total, a) => total + a.workload.coverage.analysed_ms, 0);
  return [
    advices.some((a) => a.cost.saved_ms_per_day !== null)
      ? tile(milliseconds(sum((a) => a.cost.saved_ms_per_day)), 'of database time can be saved a day') : null,
    tile(before > 0 ? percent(1 - after / before) : '–', 'of the workload’s cost can be saved'),
    tile(before > 0 ? percent(1 - sum((a) => a.cost.bound) / before) : '–', 'could be saved by the best choice of candidates'),
    tile(bytes(sum((a) => a.size_bytes)), 'for all recommended indexes'),
    tile(`${sum((a) => a.workload.analysed)} / ${sum((a) => a.workload.statements)}`, 'statements analysed'),
    seen > 0 ? tile(percent(analysed / seen), 'of the statements’ time analysed') : null,
  ].filter((node) => node !== null);
}
