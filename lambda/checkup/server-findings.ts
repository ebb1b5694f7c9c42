import type { Finding } from '../../contract/report';
import type { DataApi } from '../data-api/data-api';
import { remedyFor } from '../data-api/read-failure';
import type { ServerCheckup, ServerSettings } from '../database/checkup-engine';
import { DatabaseError } from '../errors';
import { attempt } from './attempt';
import { failing, ok, unknown, warning } from './findings';
import { settingsFindings } from './role-settings';

/** Whether the database takes deletes at all. A run ends with the same remedy. */
function writesFinding(server: ServerCheckup, settings: ServerSettings): Finding {
  const refusals = server.refusals(settings);
  if (refusals.length === 0) return ok('writes', 'the database takes them');
  const problems = refusals.map(({ problem }) => problem).join(', ');
  const remedies = new Set(
    refusals.flatMap(({ error, remedy }) => remedy ?? remedyFor(error) ?? []),
  );
  return failing('writes', problems, [...remedies].join('; '));
}

const LOCK_WAIT = 'innodb_lock_wait_timeout';

const DEFAULT_LOCK_WAIT_SECONDS = 50;

/**
 * MySQL: how long a statement waits for a row that the application holds.
 *
 * It is a setting of all users. Its default lets the service end a statement first, after 45 s, as it does with any that
 * waits. With more, the database goes on waiting for rows that nobody asks for any more.
 */
function lockWaitFindings({ values }: ServerSettings): Finding[] {
  const seconds = values.get(LOCK_WAIT);
  if (seconds === undefined) return [];
  const seen = `${LOCK_WAIT} is ${seconds} s`;
  return [
    Number(seconds) <= DEFAULT_LOCK_WAIT_SECONDS
      ? ok('timeouts', seen)
      : warning(
          'timeouts',
          `${seen}: a statement may go on waiting for the application after the service has cut it off`,
          `set ${LOCK_WAIT} to its default, ${DEFAULT_LOCK_WAIT_SECONDS}, or less in the parameter group of the cluster`,
        ),
  ];
}

/** The findings on the server and on the settings that are in force in the Data API's connection. */
export async function serverFindings(
  api: Pick<DataApi, 'send'>,
  server: ServerCheckup,
): Promise<Finding[]> {
  const settings = await attempt(async () => server.read((await api.send(server.settings)).rows));
  if (settings instanceof DatabaseError)
    return server.requirements.map((requirement) => unknown(requirement, settings.message));
  return [
    writesFinding(server, settings),
    ...lockWaitFindings(settings),
    ...settingsFindings(settings),
  ];
}
