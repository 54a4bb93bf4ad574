// What the address says: #/recommendations/ID?database=shop&state=open. Every place and filter has one, to share.

/** {view, id: [parts of the id], params: URLSearchParams}; each part may hold any text. */
function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const parts = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return {
    view: parts[0] || 'overview',
    id: parts.slice(1).filter((part) => part !== ''),
    params: new URLSearchParams(query),
  };
}

export const current = () => parse(location.hash);

/** An address of the page. Empty parameters are left out; the database that is looked at stays. */
export function link(view, id = [], params = {}) {
  const database = current().params.get('database');
  const all = Object.entries({...(database ? {database} : {}), ...params}).filter(([, value]) => value);
  const query = new URLSearchParams(all).toString();
  return `#/${[view, ...id].map(encodeURIComponent).join('/')}${query ? `?${query}` : ''}`;
}

/** Changes parameters of where the reader is, without a step in the browser's history. */
export function change(params) {
  const {view, id, params: now} = current();
  const path = [view, ...id].map(encodeURIComponent).join('/');
  for (const [name, value] of Object.entries(params)) {
    if (value) now.set(name, value);
    else now.delete(name);
  }
  history.replaceState(null, '', `#/${path}${now.size ? `?${now}` : ''}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export const toRecommendation = (id) => link('recommendations', [id]);
export const toIndex = (index) => link('indexes', [index.database, index.schema, index.name]);
export const toHotspot = (hotspot) => link('hotspots', [hotspot.database, hotspot.schema, hotspot.table]);
export const toStatement = (database, queryId) => link('statements', [database, queryId]);
