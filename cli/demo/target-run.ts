import { styleText } from 'node:util';
import { awsEnvironment } from '../terminal/aws-environment';
import { placeOf, readDatabaseUrl } from '../terminal/database-url';
import { countOf, formatCount } from '../terminal/format';
import { serveLocally } from '../terminal/local-cluster';
import { logIn } from '../terminal/login';
import { PurgeFailure, startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';
import { listed } from '../terminal/tables';
import type { ClusterOptions, DatabaseOptions, TargetOptions } from './options';
import { purgeRows } from './purge-summary';
import { outcomeText } from './target-outcome';

/** The user's settings, as the function takes them. */
function settings({ tables, graceSeconds, timeZone }: TargetOptions): Record<string, string> {
  return {
    ...(tables !== undefined && { SESSION_PURGE_TABLES: tables }),
    ...(graceSeconds !== undefined && { SESSION_PURGE_GRACE_SECONDS: graceSeconds }),
    ...(timeZone !== undefined && { SESSION_PURGE_TIME_ZONE: timeZone }),
  };
}

/** One invocation, with what it logs of its progress. */
async function invoke(
  env: Record<string, string>,
  { deletes }: TargetOptions,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  const status = deletes ? 'purging' : 'counting';
  const purgeFunction = await startPurgeFunction(resources, env, {
    onWarning: (text) => {
      warning(screen, text);
      screen.status(`   ${status} ...`);
    },
    onProgress: ({ rowsDeleted, rowsPerSecond }) =>
      screen.status(
        `   ${countOf(rowsDeleted, 'row')} deleted, ${formatCount(rowsPerSecond)} a second ...`,
      ),
  });
  screen.status(`   ${status} ...`);
  try {
    screen.line(outcomeText(await purgeFunction.purge(deletes ? {} : { dryRun: true })));
  } catch (failure) {
    screen.status('');
    if (failure instanceof PurgeFailure && deletes && failure.report !== undefined)
      screen.line(`\n${listed(purgeRows(failure.report))}`);
    throw failure;
  }
}

function announce(screen: Screen, { deletes }: TargetOptions, where: string): void {
  const what = styleText('bold', deletes ? 'Purge' : 'Dry run');
  screen.line(`${what} of ${where}${deletes ? '' : '; nothing is deleted'}`);
}

/** Runs the function on a database of the user's own, through a local Data API and as the URL's user. */
export async function runOnDatabase(
  options: DatabaseOptions,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  const database = readDatabaseUrl(options.url);
  announce(screen, options, `${placeOf(database)}, through a local Data API`);
  await logIn(database, screen);
  const target = await serveLocally(resources, database);
  await invoke({ ...target, ...settings(options) }, options, resources, screen);
}

/** Runs the function on a cluster of the user's own, through its Data API and with the user's credentials. */
export async function runOnCluster(
  options: ClusterOptions,
  resources: Resources,
  screen: Screen,
): Promise<void> {
  const { clusterArn, secretArn, database } = options;
  announce(screen, options, `database ${database} on ${clusterArn}, through its Data API`);
  const env = {
    ...(await awsEnvironment(clusterArn)),
    SESSION_PURGE_CLUSTER_ARN: clusterArn,
    SESSION_PURGE_SECRET_ARN: secretArn,
    SESSION_PURGE_DATABASE: database,
    ...settings(options),
  };
  await invoke(env, options, resources, screen);
}
