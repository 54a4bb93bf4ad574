// Foreign keys that no index serves: each referenced row that goes makes PostgreSQL read the whole table.
import {bytes, number} from './format.js';
import {empty, minor, panel, sqlBothWays, tag} from './parts.js';
import {table} from './table.js';
import {severities} from './words.js';

const columns = [
  {
    key: 'columns',
    name: 'Foreign key',
    wide: true,
    value: (key) => key.table,
    cell: (key) => [
      `${key.table.replace(/^public\./, '')} (${key.columns.join(', ')})`,
      minor(`references ${key.references} · ${key.database}`),
      sqlBothWays(`key ${key.database} ${key.table} ${key.columns.join()}`, key),
    ],
  },
  {
    key: 'severity',
    name: 'Severity',
    value: (key) => ['critical', 'warning', 'info'].indexOf(key.severity),
    cell: (key) => [tag(key.severity, severities), key.reasons.map((reason) => minor(reason))],
  },
  {
    key: 'changes',
    name: 'Rows deleted',
    number: true,
    hint: 'Referenced rows that were deleted or re-keyed',
    value: (key) => key.changes,
    cell: (key) => number(key.changes),
  },
  {
    key: 'table',
    name: 'Each reads',
    number: true,
    value: (key) => key.table_bytes,
    cell: (key) => bytes(key.table_bytes),
  },
];

/** `waiting`: there was no analysis yet. */
export const foreignKeys = (keys, waiting) =>
  panel(
    'Foreign keys without an index',
    number(keys.length),
    keys.length
      ? table('Foreign keys', columns, keys, {parameter: 'keys_sort'})
      : empty(waiting ? 'The first analysis is under way.' : 'Every foreign key has an index.'),
  );
