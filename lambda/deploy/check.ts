import { type Finding, kindOf } from '../../contract/report';
import { SETTINGS, variableOf } from '../../contract/settings';
import { saysTable } from '../../contract/table-name';
import { checkup } from '../checkup/checkup';
import { ofTable } from '../checkup/findings';
import { dataApi } from '../data-api/data-api';
import { joined } from './answer';
import type { StackEvent, Wish } from './request';
import { isRollback } from './stack-services';
import { WAKE_BUDGET_SECONDS } from './user';
import type { DeploymentWorld } from './world';

const IN_PASSING = 'the deployment goes on, since a lock passes and the next run purges the table';

/** Deployments go along with migrations. To take all back for a lock of theirs would mend nothing. */
function isPassing({ requirement, table }: Finding): boolean {
  return table !== null && requirement === ofTable('locks', table).requirement;
}

function inWords(finding: Finding): string {
  const { requirement, table, detail, fix } = finding;
  const isNamed = table !== null && saysTable(detail, table);
  const kind = isNamed ? kindOf(finding) : requirement;
  const parts = [detail, fix, isPassing(finding) ? IN_PASSING : null];
  // Who deploys has given the setting, and not the variable that the function gets.
  return `${kind}: ${parts.filter(Boolean).join('; ')}`.replaceAll(
    variableOf('timeZone'),
    'timeZone',
  );
}

/**
 * Runs the check-up as the purge's user, and returns its warnings; a lock on a table is one of them. Throws an `Error` with
 * all that fails and its fix, after the problems that are known already.
 *
 * Where CloudFormation goes back to what was deployed before, what fails is a warning, too: the stack would be stuck
 * otherwise.
 */
export async function warningsOfCheckup(
  wish: Wish,
  { StackId }: StackEvent,
  world: DeploymentWorld,
  problems: readonly string[],
): Promise<readonly string[]> {
  const target = { ...wish, wakeBudgetSeconds: WAKE_BUDGET_SECONDS };
  const plan = { ...target, graceSeconds: SETTINGS.graceSeconds.fallback };
  const { findings } = await checkup(wish.tables, plan, dataApi(target, world), world.clock);
  const isBad = (finding: Finding) => finding.state === 'failing' && !isPassing(finding);
  const isWarning = (finding: Finding) =>
    finding.state === 'warning' || (finding.state === 'failing' && isPassing(finding));
  const failing = findings.filter(isBad).map(inWords);
  const warnings = findings.filter(isWarning).map(inWords);
  if (failing.length === 0) return warnings;
  if (isRollback(await world.stack.statusOf(StackId))) return [...failing, ...warnings];
  const all = joined([...problems, ...failing]);
  throw new Error(
    `the check-up found what keeps the purge from its work; mend it and deploy again, or deploy with checkOnDeploy=false: ${all}`,
  );
}
