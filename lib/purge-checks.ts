import { Annotations, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { otherPlace } from '../contract/arn';
import { shown } from '../contract/text';
import { known } from './prop-mistakes';
import { masterSecretWarning } from './purge-secret';
import type { ResolvedProps } from './resolve-props';
import { endWarning, overlapWarning } from './schedule-limits';
import type { SessionPurgeProps } from './session-purge-props';
import { twoHyphensWarning } from './stack-names';

const warningId = (id: string) => `cdk-django-session-purge:${id}`;

const TWO_HYPHENS = 'two-hyphens';

/** Leaves out the warning of two hyphens in the name of a purge, where a fleet has put them there. */
export function acceptTwoHyphens(stack: Stack): void {
  Annotations.of(stack).acknowledgeWarning(warningId(TWO_HYPHENS));
}

/** A purge that has a name, and where its metrics go. */
interface Named {
  readonly name: string;
  readonly path: string;
  readonly stack: Stack;
}

/** The named purges of an app. */
const NAMED = new WeakMap<object, Named[]>();

/** Whether two stacks have one place: yes, no, or that it is not known before they are deployed. */
function shareAPlace(one: Stack, other: Stack): boolean | undefined {
  if (one === other) return true;
  const places = [known(one), known(other)] as const;
  if (otherPlace(...places) !== undefined) return false;
  if (places.every(({ account, region }) => account && region)) return true;
  // Stages are there to be deployed to different places.
  return Stage.of(one) === Stage.of(other) ? undefined : false;
}

/**
 * Two purges of one name would send the same metrics, and each would silence the alarms of the other. Returns a warning
 * where that is so if their stacks go to one place, and throws where they are known to do so.
 */
function claimName({ node }: Construct, name: string, stack: Stack): string | undefined {
  const purges = NAMED.get(node.root) ?? [];
  NAMED.set(node.root, [...purges, { name, path: node.path, stack }]);
  const others = purges.filter((other) => other.name === name && other.path !== node.path);
  const placed = others.map((other) => ({ ...other, isHere: shareAPlace(stack, other.stack) }));
  const rule = 'must be unique in an account and region';
  const got = `got ${JSON.stringify(name)}, which`;
  const here = placed.find(({ isHere }) => isHere === true);
  if (here !== undefined) {
    throw new Error(
      `${node.path}: purgeName ${rule}, ${got} ${here.path} has; leave it out, or choose another`,
    );
  }
  const perhaps = placed.find(({ isHere }) => isHere === undefined);
  if (perhaps === undefined) return undefined;
  return `purgeName ${rule}, ${got} ${perhaps.path} has, whose stack may be deployed to the same; leave it out, choose another, or give both stacks an env`;
}

/** A database's name may have a comma, and somebody who writes one is likely to mean two databases. */
function commaWarning({ database }: SessionPurgeProps): string | undefined {
  if (!database.includes(',')) return undefined;
  return `the database's name has a comma and is taken for one name, got ${shown(database)}; if you mean several databases, make a purge for each`;
}

/**
 * Warns of runs that may overlap or end with a year, of the master's login, of a comma in the database's name, and of a name
 * that another purge may have in the same place. Throws an `Error` under the construct's path if it is known to have it there.
 */
export function checkPurge(
  purge: Construct,
  given: SessionPurgeProps,
  { purgeName, schedule, timeout }: ResolvedProps,
): void {
  const warn = (id: string, text: string | undefined) =>
    text && Annotations.of(purge).addWarningV2(warningId(id), text);
  if (purgeName !== undefined) {
    warn('shared-name', claimName(purge, purgeName, Stack.of(purge)));
    warn(TWO_HYPHENS, twoHyphensWarning(purgeName));
  }
  warn('overlapping-runs', overlapWarning(schedule, timeout));
  warn('ending-schedule', endWarning(schedule));
  warn('master-secret', masterSecretWarning(given));
  warn('comma-in-database', commaWarning(given));
  if (given.maxSleep !== undefined && given.whenPaused !== 'skip') {
    warn(
      'max-sleep',
      "maxSleep has no effect without whenPaused: 'skip'; set that, or leave maxSleep out",
    );
  }
}
