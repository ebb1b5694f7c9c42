import type { Finding } from '../../contract/report';
import { AccessError } from '../terminal/access-error';
import { awsEnvironment } from '../terminal/aws-environment';
import { placeOf, readDatabaseUrl } from '../terminal/database-url';
import { serveLocally } from '../terminal/local-cluster';
import { logIn } from '../terminal/login';
import { startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';
import { type IdleInterval, scheduleFinding } from './auto-pause';
import { clusterFindings, describeCluster, idleIntervalOf } from './cluster';
import { finding } from './finding';
import type { DoctorOptions, Target } from './options';

/** What was found, and whether the cluster pauses itself. */
interface Examined {
  readonly findings: readonly Finding[];
  readonly idle: IdleInterval;
}

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
): Promise<Examined> {
  const database = readDatabaseUrl(url);
  screen.line(`Doctor: ${placeOf(database)}, through a local Data API; nothing is deleted\n`);
  await logIn(database, screen);
  const target = await serveLocally(resources, database);
  const findings = await checkup({ ...target, ...environment }, resources, screen);
  return { findings, idle: 'unknown' };
}

async function examineCluster(
  { clusterArn, secretArn, database }: TargetOf<'cluster'>,
  { environment }: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<Examined> {
  screen.line(
    `Doctor: database ${database} on ${clusterArn}, through its Data API; nothing is deleted\n`,
  );
  const aws = await awsEnvironment(clusterArn);
  screen.status('   looking ...');
  const described = await describeCluster(clusterArn);
  const target = {
    ...aws,
    SESSION_PURGE_CLUSTER_ARN: clusterArn,
    SESSION_PURGE_SECRET_ARN: secretArn,
    SESSION_PURGE_DATABASE: database,
  };
  const findings = await checkup({ ...target, ...environment }, resources, screen);
  return {
    findings: [...findings, ...clusterFindings(described, clusterArn)],
    idle: idleIntervalOf(described),
  };
}

/** Without access there is nothing else to find. */
function onlyFinding(error: unknown): Examined {
  if (!(error instanceof AccessError)) throw error;
  const { requirement, problem, remedy } = error;
  return { findings: [finding(requirement, 'failing', problem, remedy)], idle: 'unknown' };
}

/** Examines all that a purge of this database requires: asks the function, and AWS about its cluster. */
export async function examine(
  options: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<readonly Finding[]> {
  const { target, schedule } = options;
  const examined =
    target.kind === 'cluster'
      ? examineCluster(target, options, resources, screen)
      : examineDatabase(target, options, resources, screen);
  const { findings, idle } = await examined.catch(onlyFinding);
  return schedule === undefined ? findings : [...findings, scheduleFinding(schedule, idle)];
}
