import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { count, optionalText, type Row } from '../data-api/rows';
import type { Dialect, InspectionPart } from './dialect';

/** So many rows stay below the service's limit of 1 MiB, even if each has long lists. */
const ROWS_AT_ONCE = 400;

const START: InspectionPart['after'] = { at: -1, schema: '' };

/** All rows of a dialect's `inspect`: one statement for each 400 of them. */
export async function inspectTables(
  api: Pick<DataApi, 'send'>,
  dialect: Pick<Dialect, 'inspect'>,
  wanted: readonly TableName[],
  withRange: boolean,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  let after = START;
  for (;;) {
    const part = { withRange, after, limit: ROWS_AT_ONCE };
    const { rows } = await api.send(dialect.inspect(wanted, part));
    all.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return all;
    after = { at: count(last, 'wanted'), schema: optionalText(last, 'schema') ?? '' };
  }
}
