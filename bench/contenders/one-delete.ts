import { join } from 'node:path';
import { bundled } from '../bundle';
import { asText } from '../engines/engine';
import type { EngineName } from '../entry';
import type { Contender, Measurement } from './contender';
import { CLUSTER_ARN, invokeWithDataApi, SECRET_ARN } from './data-api';
import type { OneDelete } from './one-delete-handler';

const HANDLER = join(__dirname, 'one-delete-handler.ts');

const CUTOFF: Readonly<Record<EngineName, (text: string) => string>> = {
  postgresql: (text) => `timestamptz '${text}Z'`,
  mariadb: (text) => `'${text}'`,
};

const sqlBefore = (engine: EngineName, cutoff: Date) =>
  `DELETE FROM django_session WHERE expire_date < ${CUTOFF[engine](asText(cutoff))}`;

/**
 * A function that sends one statement for the whole table through the Data API, as the superuser, whose planner is free.
 * Its time is that of the handler in a new process.
 */
export function oneDelete({ isWarm = false }: { readonly isWarm?: boolean } = {}): Contender {
  const bundlePath = bundled('one-delete', { entryPoints: [HANDLER] });
  return {
    name: 'one DELETE',
    async purge(task): Promise<Measurement> {
      const { engine, database, superuser, cutoff } = task.target;
      const eventFor = (instant: Date): OneDelete => ({
        resourceArn: CLUSTER_ARN,
        secretArn: SECRET_ARN,
        database,
        sql: sqlBefore(engine, instant),
      });
      const invoked = await invokeWithDataApi(task, superuser, {
        bundlePath,
        env: {},
        event: eventFor(cutoff),
        ...(isWarm && { warmUp: eventFor(new Date(0)) }),
      });
      const { startedAtMs, durationMs, error } = invoked;
      // The Data API ends a statement after 45 s.
      if (error?.errorType === 'StatementTimeoutException')
        return { startedAtMs, durationMs, wasCutOff: true };
      if (error !== undefined && !task.signal.aborted)
        throw new Error(`one DELETE: ${error.errorType}: ${error.errorMessage}`);
      return { startedAtMs, durationMs };
    },
  };
}
