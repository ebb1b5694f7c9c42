import { flag, optionalText, type Row } from '../../data-api/rows';
import type { TableId } from '../dialect';
import type { Obstacle } from '../trouble';
import { byOwner } from '../who-runs-it';
import { qualified } from './sql';

/** The dialect's `createIndex`. */
export function createIndex(table: TableId): string {
  return `ALTER TABLE ${qualified(table)} ADD INDEX (expire_date), ALGORITHM = INPLACE, LOCK = NONE`;
}

/** What stores it otherwise knows no transactions, and locks all of the table for each DELETE. */
function wrongEngine(row: Row, table: TableId, name: string): Obstacle[] {
  const engine = optionalText(row, 'engine');
  if (engine === null || engine === 'InnoDB') return [];
  const index = flag(row, 'hasExpireDateIndex') ? '' : ', ADD INDEX (expire_date)';
  return [
    {
      of: 'table',
      problem: `table "${name}" is stored by ${engine}, so that each DELETE would lock all of it and could not be taken back`,
      remedy: byOwner(row, `ALTER TABLE ${qualified(table)} ENGINE = InnoDB${index}`),
    },
  ];
}

function noIndex(row: Row, table: TableId, name: string): Obstacle[] {
  if (flag(row, 'hasExpireDateIndex')) return [];
  const problem = `table "${name}" has no index that starts with expire_date and can be used, so that each DELETE would lock all of it`;
  return [{ of: 'index', problem, remedy: byOwner(row, createIndex(table)) }];
}

/** The dialect's `obstacles`. A DELETE locks each row that it reads, and without the index it reads live sessions. */
export function obstacles(row: Row, table: TableId, name: string): Obstacle[] {
  const ofEngine = wrongEngine(row, table, name);
  const ofIndex = noIndex(row, table, name);
  // The statement that changes the engine adds the index, too.
  const remedy = ofEngine[0]?.remedy;
  return [...ofEngine, ...ofIndex.map((it) => ({ ...it, remedy: remedy ?? it.remedy }))];
}
