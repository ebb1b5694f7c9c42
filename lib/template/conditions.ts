import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { givenCondition } from './parameter-names';
import { OPTIONAL_PARAMETERS } from './parameters';

/** A value of a template. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

const ref = (name: string): Json => ({ Ref: name });
const equals = (parameter: string, value: string): Json => ({
  'Fn::Equals': [ref(parameter), value],
});
const not = (condition: Json): Json => ({ 'Fn::Not': [condition] });
const named = (condition: string): Json => ({ Condition: condition });
const isGiven = (parameter: string) => not(equals(parameter, ''));

/** Parameters that stand for a resource where it is not there: see `OTHERWISE`. */
const STANDING_IN = ['SecretArn', 'AlarmTopicArn'];

/**
 * The template's conditions by their names. Each parameter that may be left empty has one, that it is given: `Has` and its
 * name.
 */
export const CONDITIONS: Readonly<Record<string, Json>> = {
  ...Object.fromEntries(
    OPTIONAL_PARAMETERS.filter((name) => !STANDING_IN.includes(name)).map((name) => [
      givenCondition(name),
      isGiven(name),
    ]),
  ),
  RunsInDeployment: { 'Fn::Or': [named('HasAdminSecretArn'), equals('CheckOnDeploy', 'true')] },
  KeepsLogForever: equals('LogRetentionDays', String(RetentionDays.INFINITE)),
  ReadsMetrics: {
    'Fn::Or': ['SkipsWhenPaused', 'HasMaxCpuPercent', 'HasMaxAcuPercent'].map(named),
  },
  SkipsWhenPaused: equals('WhenPaused', 'skip'),
  IsEnabled: equals('Enabled', 'true'),
  MakesTopic: equals('AlarmTopicArn', ''),
  MakesDrain: equals('Drain', 'true'),
  MakesDashboard: equals('Dashboard', 'true'),
};

/** Resources and outputs that are there under a condition, by the beginning of their ids; the first that fits counts. */
const CONDITION_OF: Readonly<Record<string, string>> = {
  SessionPurgeUserSecret: 'HasAdminSecretArn',
  SessionPurgeUser: 'RunsInDeployment',
  DeploymentWarnings: 'RunsInDeployment',
  AlarmTopicTokenSubscription: 'HasAlarmEmail',
  AlarmTopic: 'MakesTopic',
  AlarmsDrainFailed: 'MakesDrain',
  Drain: 'MakesDrain',
  WatchDrainCommand: 'MakesDrain',
  StopDrainCommand: 'MakesDrain',
  Dashboard: 'MakesDashboard',
};

/** The condition of a resource or an output; `undefined` if it is always there. */
export function conditionOf(id: string): string | undefined {
  return Object.entries(CONDITION_OF).find(([start]) => id.startsWith(start))?.[1];
}

/** What stands for a resource where it is not there. Items of a JSON list need nothing: they are left out. */
export const OTHERWISE: Readonly<Record<string, Json>> = {
  SessionPurgeUserSecret: ref('SecretArn'),
  AlarmTopic: ref('AlarmTopicArn'),
  // The check-up of a deployment that never was.
  SessionPurgeUserStart: '0',
};

const either = (one: Json, other: Json): Json => ({ 'Fn::Or': [one, other] });
const both = (one: Json, other: Json): Json => ({ 'Fn::And': [one, other] });

/** What CloudFormation refuses before it makes anything, although each parameter alone is well. */
export const RULES: Readonly<Record<string, Json>> = {
  OneLogin: {
    Assertions: [
      {
        Assert: either(
          both(isGiven('AdminSecretArn'), equals('SecretArn', '')),
          both(equals('AdminSecretArn', ''), isGiven('SecretArn')),
        ),
        AssertDescription:
          "give exactly one of AdminSecretArn (the deployment makes the purge's user) and SecretArn (you made the user yourself)",
      },
    ],
  },
  OwnerOnlyWithAdmin: {
    Assertions: [
      {
        Assert: either(equals('OwnerSecretArn', ''), isGiven('AdminSecretArn')),
        AssertDescription:
          'OwnerSecretArn goes with AdminSecretArn; leave it empty beside SecretArn',
      },
    ],
  },
};
