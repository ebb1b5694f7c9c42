import type { Finding } from '../../contract/report';
import { AccessError } from '../terminal/access-error';
import { startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';
import { placeOf, targetEnvironment } from '../terminal/target-environment';
import { type IdleInterval, scheduleFinding } from './auto-pause';
import { clusterFindings, describeCluster, idleIntervalOf } from './cluster';
import { finding } from './finding';
import type { DoctorOptions } from './options';

/** What was found, and when the cluster pauses itself. */
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
  const { findings } = await purgeFunction.check();
  screen.status('');
  return findings;
}

async function examineTarget(
  { target, environment }: DoctorOptions,
  resources: Resources,
  screen: Screen,
): Promise<Examined> {
  const access = await targetEnvironment(target, resources, screen);
  const askFunction = () => checkup({ ...access, ...environment }, resources, screen);
  screen.status('   looking ...');
  if (target.kind === 'database') return { findings: await askFunction(), idle: 'unknown' };
  const described = await describeCluster(target.clusterArn);
  const findings = [...(await askFunction()), ...clusterFindings(described, target.clusterArn)];
  return { findings, idle: idleIntervalOf(described) };
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
  screen.line(`Doctor: ${placeOf(target)}; nothing is deleted\n`);
  const { findings, idle } = await examineTarget(options, resources, screen).catch(onlyFinding);
  return schedule === undefined ? findings : [...findings, scheduleFinding(schedule, idle)];
}
