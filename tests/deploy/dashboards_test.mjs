// Dashboards as Grafana wants them (schema version 37, Grafana 9.2): complete, readable, without a fixed data source.
// Whether their expressions return data: tests/end_to_end/monitoring_test.sh.
import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'deploy', 'grafana', 'dashboards');
const dashboards = readdirSync(folder).map((file) => ({file, ...JSON.parse(readFileSync(join(folder, file), 'utf8'))}));
const source = {type: 'prometheus', uid: '${datasource}'};
const types = ['row', 'stat', 'state-timeline', 'table', 'timeseries'];
const units = ['none', 's', 'ms', 'bytes', 'Bps', 'ops', 'percentunit'];
const transformations = ['merge', 'organize'];
const panels = dashboards.flatMap((dashboard) => dashboard.panels.map((panel) => (
  {dashboard, panel, place: `${dashboard.title}, ${panel.title}`})));
const shown = panels.filter(({panel}) => panel.type !== 'row');

test('dashboards can be found and told apart', () => {
  assert.deepEqual(dashboards.map((dashboard) => `${dashboard.uid}.json`), dashboards.map((dashboard) => dashboard.file));
  assert.equal(new Set(dashboards.map((dashboard) => dashboard.title)).size, dashboards.length);
  for (const {title, description, tags, schemaVersion, time, links, id} of dashboards) {
    assert.ok(tags.includes('pgadvisor') && description.length > 20, title);
    assert.equal(schemaVersion, 37);
    assert.deepEqual(Object.keys(time), ['from', 'to']);
    assert.ok(links.some((link) => link.tags.includes('pgadvisor')), `${title} leads to the others`);
    assert.equal(id, undefined, 'the number is the receiving Grafana\'s to give');
  }
});

test('the reader chooses data source, job and daemon', () => {
  for (const {title, templating} of dashboards) {
    assert.deepEqual(templating.list.slice(0, 3).map((one) => one.name), ['datasource', 'job', 'instance'], title);
    const [first, ...queries] = templating.list;
    assert.deepEqual([first.type, first.query], ['datasource', 'prometheus']);
    for (const one of queries) {
      assert.equal(one.type, 'query');
      assert.deepEqual(one.datasource, source);
      assert.match(one.query.query, /^label_values\(pgadvisor_\w+(\{[^}]*\})?, \w+\)$/);
    }
    for (const one of templating.list.slice(1, 3)) assert.ok(one.multi && one.includeAll, `${title}: ${one.name}`);
  }
});

test('each panel has a title, a description, a unit and the chosen data source', () => {
  for (const {panel, place} of panels) {
    assert.ok(types.includes(panel.type), `${place}: ${panel.type}`);
    assert.ok(panel.title, place);
  }
  for (const {panel, place} of shown) {
    assert.match(panel.description, /^[A-Z/].+\.$/, place);
    assert.ok(units.includes(panel.fieldConfig.defaults.unit), place);
    assert.deepEqual(panel.datasource, source, place);
    for (const {id} of panel.transformations ?? []) assert.ok(transformations.includes(id), place);
    for (const {matcher, properties} of panel.fieldConfig.overrides) {
      assert.equal(matcher.id, 'byName', place);
      for (const {id, value} of properties) assert.ok(id === 'unit' && units.includes(value), place);
    }
  }
});

test('each panel asks for the chosen daemons, and rates fit the scrape interval', () => {
  for (const {panel, place} of shown) {
    assert.ok(panel.targets.length > 0, place);
    assert.equal(new Set(panel.targets.map((target) => target.refId)).size, panel.targets.length, place);
    for (const {expr, format, instant, legendFormat} of panel.targets) {
      for (const [, labels] of expr.matchAll(/pgadvisor_[a-z0-9_:]+(\{[^}]*\})?/g)) {
        assert.ok(labels?.startsWith('{job=~"$job", instance=~"$instance"'), `${place}: ${expr}`);
      }
      for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g)) assert.match(range, /^(\$__rate_interval|1h)$/, place);
      if (panel.type === 'table') assert.ok(format === 'table' && instant, place);
      if (panel.type === 'timeseries' || panel.type === 'state-timeline') assert.ok(legendFormat, place);
    }
  }
});

test('a table renames columns that it has, and sorts by one of them', () => {
  for (const {panel, place} of shown.filter(({panel: one}) => one.type === 'table')) {
    const {renameByName, indexByName} = panel.transformations.at(-1).options;
    assert.deepEqual(Object.keys(renameByName), Object.keys(indexByName), place);
    assert.equal(panel.transformations.length, panel.targets.length > 1 ? 2 : 1, place);
    const columns = Object.values(renameByName);
    for (const {displayName} of panel.options.sortBy ?? []) assert.ok(columns.includes(displayName), `${place}: ${displayName}`);
    for (const {matcher} of panel.fieldConfig.overrides) assert.ok(columns.includes(matcher.options), `${place}: ${matcher.options}`);
  }
});

test('panels lie side by side within 24 columns, and none on another', () => {
  for (const {title, panels: all} of dashboards) {
    const taken = new Map();
    assert.equal(new Set(all.map((panel) => panel.id)).size, all.length, title);
    for (const {title: name, gridPos: {x, y, w, h}} of all) {
      assert.ok(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, `${title}, ${name}`);
      for (let cell = 0; cell < w * h; ++cell) {
        const place = `${x + cell % w},${y + Math.floor(cell / w)}`;
        assert.equal(taken.get(place), undefined, `${title}: ${name} lies on ${taken.get(place)}`);
        taken.set(place, name);
      }
    }
  }
});
