import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { parseTableName, type TableName } from '../../contract/table-name';
import { invocationClock } from '../../lambda/clock';
import { dataApi } from '../../lambda/data-api/data-api';
import { dialectsFor } from '../../lambda/database/dialects';
import { sessionDatabase } from '../../lambda/database/session-database';
import type { OpenDatabase } from '../../lambda/purge/port';
import type { ServedDatabase } from './data-api';

/** A table name that is known to be one. */
export function tableName(text: string): TableName {
  const table = parseTableName(text);
  if (typeof table === 'string') throw new Error(`${text} ${table}`);
  return table;
}

/** The tables as the function opens them: over HTTP, with the purger's rights. */
export async function openTables(
  db: ServedDatabase,
  tables: readonly string[] = ['django_session'],
): Promise<OpenDatabase & { close(): void }> {
  const { endpoint, resourceArn, secretArn } = db.dataApi;
  const client = new RDSDataClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const clock = invocationClock({ getRemainingTimeInMillis: () => 60_000 });
  const target = {
    clusterArn: resourceArn,
    secretArn,
    database: db.database,
    wakeBudgetSeconds: 120,
  };
  const database = sessionDatabase(dataApi(target, { client, clock }), dialectsFor('UTC'));
  return { ...(await database.open(tables.map(tableName))), close: () => client.destroy() };
}
