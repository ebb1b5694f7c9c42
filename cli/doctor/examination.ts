import type { Finding } from '../../contract/report';
import { callersAws } from '../terminal/callers-aws';
import { databaseOf, LoginError } from '../terminal/database-url';
import { serveLocally } from '../terminal/local-cluster';
import { startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';
import { type IdleInterval, scheduleFinding } from './auto-pause';
import { clusterFindings, describeCluster, idleIntervalOf } from './cluster';
import { finding } from './finding';
import type { DoctorOptions, Target } from './options';

/** Asks the function that would be deployed. */
async function checkup(
  environment: Readonly<Record<string, string>>,
  resources: Resources,
  screen: Screen,
): Promise<readonly Finding[]> {
  const purgeFunction = await startPurgeFunction(resources, environment, {
    onWarning: (text) => warning(screen, text),
    onProgress: () => {},
  });
  screen.status('   looking ...');
  const { findings } = await purgeFunction.check();
  screen.status('');
  return findings;
}

type TargetOf<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>;

async function examineDatabase(
  { url }: TargetOf<'database'>,
  { environment }: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<readonly Finding[]> {
  const { pathname, host, username } = new URL(url);
  const where = `database ${pathname.slice(1)} on ${host} as ${username}`;
  screen.line(`Doctor: ${where}, through a local Data API; nothing is deleted\n`);
  try {
    const database = await databaseOf(url);
    const target = await serveLocally(resources, database);
    return await checkup({ ...target, ...environment }, resources, screen);
  } catch (error) {
    if (!(error instanceof LoginError)) throw error;
    const fix = 'check the URL: user, password, host, port, database and TLS';
    return [finding('database', 'failing', error.message, fix)];
  }
}

function noCredentials({ message }: Error): Finding {
  const fix = 'log in to AWS: aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret';
  return finding('credentials', 'failing', message, fix);
}

async function examineCluster(
  { clusterArn, secretArn, database }: TargetOf<'cluster'>,
  { environment }: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<readonly [readonly Finding[], IdleInterval]> {
  screen.line(
    `Doctor: database ${database} on ${clusterArn}, through its Data API; nothing is deleted\n`,
  );
  const aws = await callersAws(clusterArn).catch((error: Error) => error);
  if (aws instanceof Error) return [[noCredentials(aws)], 'unknown'];
  screen.status('   looking ...');
  const described = await describeCluster(clusterArn);
  const target = {
    ...aws,
    SESSION_PURGE_CLUSTER_ARN: clusterArn,
    SESSION_PURGE_SECRET_ARN: secretArn,
    SESSION_PURGE_DATABASE: database,
  };
  const findings = await checkup({ ...target, ...environment }, resources, screen);
  const ofCluster = clusterFindings(described, clusterArn);
  return [[...findings, ...ofCluster], idleIntervalOf(described)];
}

/** Looks at all that a purge of this database requires: the function does, and AWS is asked about its cluster. */
export async function examine(
  options: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<readonly Finding[]> {
  const { target, schedule } = options;
  const [findings, idle] =
    target.kind === 'cluster'
      ? await examineCluster(target, options, resources, screen)
      : [await examineDatabase(target, options, resources, screen), 'unknown' as const];
  return schedule === undefined ? findings : [...findings, scheduleFinding(schedule, idle)];
}
