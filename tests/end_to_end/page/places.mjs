// Where the page can be looked at.
import {api} from './browser.mjs';

const views = ['overview', 'recommendations', 'indexes', 'hotspots', 'statements', 'reports', 'status'];
const part = encodeURIComponent;

/** Addresses of all views and of one detail of each kind. */
export async function places() {
  const [[recommendation], [index], [hotspot], [statement]] = await Promise.all(
    ['recommendations', 'indexes', 'hotspots', 'statements'].map(async (list) => (await api(list)).items),
  );
  const drop = (await api('recommendations?action=drop_index')).items[0];
  return [
    ...views,
    `recommendations/${recommendation.id}`,
    `recommendations/${drop.id}`,
    `indexes/${part(index.database)}/${part(index.schema)}/${part(index.name)}`,
    `hotspots/${part(hotspot.database)}/${part(hotspot.schema)}/${part(hotspot.table)}`,
    `statements/${part(statement.database)}/${statement.query_id}`,
  ];
}
