import { Annotations, Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { masterSecretWarning } from './purge-secret';
import type { ResolvedProps } from './resolve-props';
import { overlapWarning } from './schedule-limits';
import type { SessionPurgeProps } from './session-purge-props';

/** The paths of the purges of an app, by the name and the place of their metrics. */
const PURGES = new WeakMap<object, Map<string, string>>();

/**
 * Two purges of one name would send the same metrics, and each would silence the alarms of the other. Stages whose place
 * is not known yet may be deployed to different ones.
 */
function claimName({ node }: Construct, name: string, stack: Stack): void {
  const place = [stack.account, stack.region].map((part) =>
    Token.isUnresolved(part) ? { of: Stage.of(stack)?.node.path } : part,
  );
  const paths = PURGES.get(node.root) ?? new Map<string, string>();
  PURGES.set(node.root, paths);
  const key = JSON.stringify([name, place]);
  const other = paths.get(key);
  if (other !== undefined && other !== node.path) {
    throw new Error(
      `${node.path}: purgeName must be unique in an account and region, got ${JSON.stringify(name)}, which ${other} has; leave it out, or choose another`,
    );
  }
  paths.set(key, node.path);
}

/**
 * Warns of runs that may overlap, and of the master's login. Throws an `Error` under the construct's path if another purge
 * of the app has the same name.
 */
export function checkPurge(
  purge: Construct,
  given: SessionPurgeProps,
  { purgeName, schedule, timeout }: ResolvedProps,
): void {
  if (purgeName !== undefined) claimName(purge, purgeName, Stack.of(purge));
  const warn = (id: string, text: string | undefined) =>
    text && Annotations.of(purge).addWarningV2(`cdk-django-session-purge:${id}`, text);
  warn('overlapping-runs', overlapWarning(schedule, timeout));
  warn('master-secret', masterSecretWarning(given));
  if (given.maxSleep !== undefined && given.whenPaused !== 'skip') {
    warn(
      'max-sleep',
      "maxSleep has no effect without whenPaused: 'skip'; set that, or leave maxSleep out",
    );
  }
}
