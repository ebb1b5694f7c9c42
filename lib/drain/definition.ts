import type { StopReason } from '../../contract/report';
import { ENDS, type EndName } from './ends';
import {
  COUNT_ASSIGN,
  COUNTED_NOTHING,
  FIRST_VALUES,
  LEFT_ASSIGN,
  LOST_ASSIGN,
  PROBLEM_ASSIGN,
  PROGRESS,
  REFUSED_ASSIGN,
  ROUND_ASSIGN,
  THROTTLED_ASSIGN,
} from './figures';
import { FIELDS_OF_INPUT } from './input';
import { jsonata } from './jsonata';

/** What the definition of a drain's state machine depends on. */
export interface DrainPlan {
  /** `aws`, `aws-cn`, ... */
  readonly partition: string;
  readonly functionArn: string;
  /** How long to wait while the purge is paused or throttled, the database busy or the cluster asleep; whole seconds. */
  readonly patienceSeconds: number;
  /** The longest time of a drain; whole seconds. */
  readonly timeoutSeconds: number;
}

/** So many failures in a row end the drain. */
const MOST_FAILURES = 5;

/** So many rounds that ran out of time without a row end the drain. */
const MOST_IDLE_ROUNDS = 3;

/**
 * An execution may have 25 000 events in its history, and a round with a wait after it has eleven, or twelve if its report
 * cannot be read. That leaves no room for a `Retry` of rounds.
 */
const MOST_ROUNDS = 2000;

/** How long a round works. Stopping a drain does not stop the round that runs, so it should not be long. */
const ROUND_SECONDS = 300;

/** Longer than any function runs. */
const TASK_SECONDS = 960;

const COUNT_EVENT = { dryRun: true, report: 'always' };

const ROUND_EVENT = { report: 'always', maxSeconds: ROUND_SECONDS };

/** What follows on a round, by why it ended. A stop reason without one does not compile. */
const AFTER = {
  drained: 'Is the total exact?',
  'time-budget': 'Purge one round',
  'row-limit': 'Purge one round',
  'switched-off': 'Wait while the purge is paused',
  'database-busy': 'Wait while the database is busy',
  asleep: 'Wait while the cluster is asleep',
  failed: 'Wait after a failure',
  'dry-run': 'Not a purge',
} as const satisfies Readonly<Record<StopReason, StateName>>;

/** What a round without a report ended with instead of a stop reason. */
const AFTER_NO_REPORT = {
  'no report': 'Wait after a failure',
  refused: 'Wait after a failure',
  throttled: 'Wait while Lambda has no room',
} as const satisfies Readonly<Record<string, StateName>>;

type StateName =
  | 'Begin'
  | 'Is anything asked for?'
  | 'Count what has expired'
  | 'Purge one round'
  | 'Progress'
  | 'What next?'
  | 'Wait while the purge is paused'
  | 'Wait while the database is busy'
  | 'Wait while the cluster is asleep'
  | 'Wait while Lambda has no room'
  | 'Wait after a failure'
  | 'Is the total exact?'
  | 'Count what is left'
  | EndName;

type State = Readonly<Record<string, unknown>>;

/** A throttled call did not start the function. After any other failed call it may have run, so it is a lost round. */
const THROTTLED = { ErrorEquals: ['Lambda.TooManyRequestsException'] };

const COUNT_RETRY = [{ ...THROTTLED, IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 6 }];

function choice(condition: string, next: StateName): State {
  return { Condition: jsonata(condition), Next: next };
}

const whenEnded = ([ended, next]: [string, StateName]) => choice(`$ended = '${ended}'`, next);

const waitFor = (seconds: number | string): State => ({
  Type: 'Wait',
  Seconds: seconds,
  Next: 'Purge one round',
});

/** The states that invoke the function. */
function tasks({ partition, functionArn }: DrainPlan) {
  const invoke = (payload: object): State => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: functionArn, Payload: payload },
    TimeoutSeconds: TASK_SECONDS,
    Output: {},
  });
  const count = { ...invoke(COUNT_EVENT), Retry: COUNT_RETRY };
  return {
    'Count what has expired': {
      ...count,
      Assign: COUNT_ASSIGN,
      Catch: [
        {
          ErrorEquals: ['RequestError', 'SettingsError'],
          Assign: PROBLEM_ASSIGN,
          Next: 'Refused',
        },
        { ErrorEquals: ['States.ALL'], Assign: COUNTED_NOTHING, Next: 'Purge one round' },
      ],
      Next: 'Purge one round',
    },
    'Purge one round': {
      ...invoke(ROUND_EVENT),
      Assign: ROUND_ASSIGN,
      Catch: [
        { ErrorEquals: ['RequestError'], Assign: REFUSED_ASSIGN, Next: 'Refused' },
        // Somebody may mend the control parameter, or its service may come back.
        { ErrorEquals: ['SettingsError'], Assign: REFUSED_ASSIGN, Next: 'Progress' },
        { ...THROTTLED, Assign: THROTTLED_ASSIGN, Next: 'Progress' },
        { ErrorEquals: ['States.ALL'], Assign: LOST_ASSIGN, Next: 'Progress' },
      ],
      Next: 'Progress',
    },
    'Count what is left': {
      ...count,
      Assign: LEFT_ASSIGN,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Drained, with a total that is not exact' }],
      Next: 'Drained, with a total that is not exact',
    },
  } as const satisfies Partial<Record<StateName, State>>;
}

const CHOICES = {
  'Is anything asked for?': {
    Type: 'Choice',
    Choices: [choice(`$count(${FIELDS_OF_INPUT}) = 0`, 'Count what has expired')],
    Default: 'Asked for something',
  },
  'What next?': {
    Type: 'Choice',
    Choices: [
      choice(`$failuresInARow >= ${MOST_FAILURES}`, 'Failed too often'),
      choice(`$idleInARow >= ${MOST_IDLE_ROUNDS}`, 'No progress'),
      choice(`$rounds >= ${MOST_ROUNDS} and $ended != 'drained'`, 'Too many rounds'),
      ...Object.entries({ ...AFTER, ...AFTER_NO_REPORT }).map(whenEnded),
    ],
    Default: 'Not a purge',
  },
  'Is the total exact?': {
    Type: 'Choice',
    Choices: [choice('$lost = 0 and $unknown = 0', 'Drained')],
    Default: 'Count what is left',
  },
} as const;

const waits = ({ patienceSeconds }: DrainPlan) => ({
  'Wait while the purge is paused': waitFor(patienceSeconds),
  'Wait while the database is busy': waitFor(patienceSeconds),
  'Wait while the cluster is asleep': waitFor(patienceSeconds),
  'Wait while Lambda has no room': waitFor(patienceSeconds),
  'Wait after a failure': waitFor(
    jsonata('$min([900, 60 * $power(2, $max([0, $failuresInARow - 1]))])'),
  ),
});

/**
 * The definition of the state machine that purges round after round until nothing is left, in the Amazon States Language
 * with JSONata.
 *
 * Variables hold the sums. Each state reads the values that they had when it was entered, so a state of its own, `Progress`,
 * shows what a round has changed.
 */
export function drainDefinition(plan: DrainPlan) {
  const states: Readonly<Record<StateName, State>> = {
    Begin: { Type: 'Pass', Assign: FIRST_VALUES, Next: 'Is anything asked for?' },
    ...tasks(plan),
    Progress: { Type: 'Pass', Output: PROGRESS, Next: 'What next?' },
    ...CHOICES,
    ...waits(plan),
    ...ENDS,
  };
  return {
    Comment: 'Purges expired Django sessions round after round until none is left',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: plan.timeoutSeconds,
    States: states,
  };
}
