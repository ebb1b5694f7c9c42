import { SETTINGS } from '../../contract/settings';
import { checkup } from '../checkup/checkup';
import { dataApi } from '../data-api/data-api';
import { joined } from './answer';
import type { StackEvent, Wish } from './request';
import { isRollback } from './stack-services';
import { WAKE_BUDGET_SECONDS } from './user';
import type { DeploymentWorld } from './world';

/**
 * Runs the check-up as the purge's user, and returns its warnings. What fails is a warning, too, where CloudFormation goes
 * back to what was deployed before: the stack would be stuck otherwise. Else it throws an `Error` with all that fails and
 * its fix, after the problems that are known already.
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
  const textsOf = (state: 'failing' | 'warning') =>
    findings
      .filter((finding) => finding.state === state)
      .map(({ requirement, detail, fix }) => `${requirement}: ${detail}${fix ? `; ${fix}` : ''}`);
  const [failing, warnings] = [textsOf('failing'), textsOf('warning')];
  if (failing.length === 0) return warnings;
  if (isRollback(await world.stack.statusOf(StackId))) return [...failing, ...warnings];
  const all = joined([...problems, ...failing]);
  throw new Error(
    `the check-up found what keeps the purge from its work; mend it and deploy again, or deploy with checkOnDeploy=false: ${all}`,
  );
}
