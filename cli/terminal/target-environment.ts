import { variableOf } from '../../contract/settings';
import { awsEnvironment } from './aws-environment';
import { readDatabaseUrl } from './database-url';
import { serveLocally } from './local-cluster';
import { logIn } from './login';
import type { Resources } from './resources';
import type { Screen } from './screen';
import type { Target } from './target';

/** How a message names the database, and the way to it. */
export function placeOf(target: Target): string {
  if (target.kind === 'cluster')
    return `database ${target.database} on ${target.clusterArn}, through its Data API`;
  const { cluster, database, username } = readDatabaseUrl(target.url);
  const { host, port } = cluster;
  return `database ${database} on ${host}:${port} as ${username}, through a local Data API`;
}

/**
 * The environment of a function that purges this database. Starts a local Data API for a database that is named by its
 * URL.
 *
 * @throws {AccessError} when the database refuses the login, or there are no AWS credentials
 */
export async function targetEnvironment(
  target: Target,
  resources: Resources,
  screen: Screen,
): Promise<Record<string, string>> {
  if (target.kind === 'database') {
    const database = readDatabaseUrl(target.url);
    await logIn(database, screen);
    return serveLocally(resources, database);
  }
  return {
    ...(await awsEnvironment(target.clusterArn)),
    [variableOf('clusterArn')]: target.clusterArn,
    [variableOf('secretArn')]: target.secretArn,
    [variableOf('database')]: target.database,
  };
}
