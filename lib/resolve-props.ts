import { type Duration, Stack, Token } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import { DatabaseClusterBase } from 'aws-cdk-lib/aws-rds';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { arnParts, clusterPlace, otherPlace, type Place } from '../contract/arn';
import { mistakesInValue, type Setting } from '../contract/setting-kinds';
import { FIND_TIME_ZONE } from '../contract/settings';
import { shown } from '../contract/text';
import { propsOf } from './context-props';
import {
  CONTEXT_SETTINGS,
  DEPLOYMENT_SETTINGS,
  type DeploymentSetting,
} from './deployment-settings';
import { conversionOf, isConvertible } from './durations';
import {
  flagMistake,
  isOf,
  kindMistake,
  known,
  named,
  refuse,
  refuseMissing,
  seen,
  slips,
} from './prop-mistakes';
import { timeoutFor } from './schedule-limits';
import type { SessionPurgeOptions, SessionPurgeProps } from './session-purge-props';
import type { DeploymentProp } from './setting-props';

const ofConstruct = (table: Readonly<Record<string, DeploymentSetting>>) =>
  Object.entries(table).filter(([, setting]) => !setting.isOfStack);

/** These settings have another default in the stack. */
const OF_BOTH = ['checkOnDeploy', 'grantAgain'] as const;

/** The settings that are props of the construct. */
const OF_CONSTRUCT: [string, DeploymentSetting][] = [
  ...ofConstruct(CONTEXT_SETTINGS),
  ...OF_BOTH.map((name): [string, DeploymentSetting] => [name, CONTEXT_SETTINGS[name]]),
];

/** These decide which resources there are, and in which state. */
const FLAGS = ['controlParameter', 'enabled'];

function clusterMistakes({ cluster, clusterArn }: SessionPurgeProps): string[] {
  if ((cluster === undefined) === (clusterArn === undefined)) {
    const given = cluster === undefined ? 'neither' : 'both';
    return [`exactly one of cluster and clusterArn must be given, got ${given}`];
  }
  // The CDK keeps this in a protected field. For an imported cluster it is off unless the import says otherwise.
  if (!(cluster instanceof DatabaseClusterBase) || Reflect.get(cluster, 'enableDataApi') === true)
    return [];
  return [
    `cluster must have its Data API on, got ${shown(cluster.node.path)} with it off; ` +
      'set enableDataApi, or dataApiEnabled where it is imported',
  ];
}

function timeZoneMistakes({ cluster, timeZone }: SessionPurgeProps): string[] {
  if (timeZone !== undefined || cluster?.engine?.engineFamily !== 'MYSQL') return [];
  return [`timeZone must be set, since the cluster is one of Aurora MySQL; ${FIND_TIME_ZONE}`];
}

/** The secret of whoever makes the purge's user; `undefined` if the user is made by hand. */
export function adminSecretOf(props: SessionPurgeProps): ISecret | undefined {
  const { cluster, secret, adminSecret } = props;
  if (secret !== undefined || adminSecret !== undefined) return adminSecret;
  return cluster && 'secret' in cluster ? (cluster.secret as ISecret | undefined) : undefined;
}

const SECRETS = ['secret', 'adminSecret', 'ownerSecret'] as const;

const NAMES = [
  ...OF_CONSTRUCT.map(([name, { prop }]) => prop ?? name).filter((name) => name !== 'secretArn'),
  ...SECRETS,
  'cluster',
];

function secretMistakes(props: SessionPurgeProps): string[] {
  const { secret, adminSecret, ownerSecret } = props;
  if (secret !== undefined && adminSecret !== undefined)
    return ['exactly one of secret and adminSecret must be given, got both'];
  if (secret === undefined && adminSecretOf(props) === undefined) {
    return [
      "adminSecret must be given, since the cluster has no secret of its own here; or secret, that of the purge's user",
    ];
  }
  return secret !== undefined && ownerSecret !== undefined
    ? ['ownerSecret goes with adminSecret; leave it out beside secret']
    : [];
}

/** Props that are no construct, although they should be one. */
function strangeConstructs(props: SessionPurgeProps): string[] {
  const wanted = {
    cluster: 'clusterArn',
    ...Object.fromEntries(SECRETS.map((name) => [name, 'secretArn'])),
  };
  return Object.entries(wanted).flatMap(([name, member]) => {
    const value: unknown = Reflect.get(props, name);
    if (value === undefined || isOf(value, member)) return [];
    const kind = name === 'cluster' ? 'an IDatabaseCluster' : 'an ISecret';
    const remedy =
      name === 'cluster'
        ? 'an ARN goes into clusterArn'
        : 'Secret.fromSecretCompleteArn makes one of an ARN';
    return [`${name} must be ${kind}, got ${seen(value)}; ${remedy}`];
  });
}

/** Where the cluster is, as far as that is known before the deployment. */
export function placeOfCluster({ cluster, clusterArn = '' }: SessionPurgeProps): Place {
  return cluster === undefined ? clusterPlace(clusterArn) : known(cluster.env);
}

function placeMistakes(props: SessionPurgeProps, scope: Construct): string[] {
  const expected = placeOfCluster(props);
  const mistakes = SECRETS.map((name) => {
    const secret = props[name];
    return [name, secret && otherPlace(known(arnParts(secret.secretArn)), expected)] as const;
  });
  // The Data API has another region's cluster, but none of another account.
  const { account } = known(Stack.of(scope));
  return named({
    'the stack': otherPlace({ account, region: undefined }, expected),
    ...Object.fromEntries(mistakes),
  });
}

/** What the construct wants where the function has a number or a text; `undefined` if it is that. */
function formMistake(prop: unknown, name: string, setting: Setting): string | undefined {
  const conversion = conversionOf(setting);
  if (conversion !== undefined && !isOf(prop, 'toSeconds'))
    return kindMistake(prop, 'a Duration', 'toSeconds');
  if (conversion !== undefined && !isConvertible(prop as Duration, conversion))
    return `must be in ${conversion.unit}, since only the deployment knows its value`;
  if (name === 'schedule')
    return kindMistake(
      prop,
      "a Schedule like Schedule.expression('rate(1 day)')",
      'expressionString',
    );
  if (setting.kind === 'tables' && !Array.isArray(prop))
    return `must be a list of names, got ${seen(prop)}`;
  return FLAGS.includes(name) ? flagMistake(prop) : undefined;
}

/** The value in the form that the setting's rule is for; `undefined` if only the deployment knows it. */
function plainValue(prop: unknown, name: string, setting: Setting): unknown {
  const conversion = conversionOf(setting);
  if (conversion !== undefined) {
    const duration = prop as Duration;
    return duration.isUnresolved() ? undefined : conversion.amountIn(duration, { integral: false });
  }
  const value = name === 'schedule' ? (prop as Schedule).expressionString : prop;
  if (Token.isUnresolved(value)) return undefined;
  if (!Array.isArray(value) || value.length === 0) return value;
  const plain = value.filter((item) => !Token.isUnresolved(item));
  return plain.length > 0 ? plain : undefined;
}

/** What is wrong with the construct's props for settings. */
export function settingMistakes(props: Readonly<Record<string, unknown>>): string[] {
  const missing = props.database === undefined ? ['database must be given'] : [];
  const wrong = OF_CONSTRUCT.flatMap(([name, setting]) => {
    const prop = setting.prop ?? name;
    const given = props[prop];
    if (given === undefined) return [];
    const mistake = formMistake(given, name, setting);
    if (mistake !== undefined) return [`${prop} ${mistake}`];
    const value = plainValue(given, name, setting);
    if (value === undefined) return [];
    return mistakesInValue(value, setting).map((mistake) => `${prop} ${mistake}`);
  });
  return [...missing, ...wrong];
}

/** Props that can work, with the defaults of the deployment. The function has the defaults of the settings. */
export type ResolvedProps = SessionPurgeProps &
  Required<Pick<SessionPurgeOptions, DeploymentProp>> & {
    readonly clusterArn: string;
    readonly secret: ISecret;
  };

const DEFAULTS = propsOf(
  Object.fromEntries(
    ofConstruct(DEPLOYMENT_SETTINGS).map(([name, { fallback }]) => [name, fallback]),
  ),
);

/**
 * Fills in the defaults. `newSecret` makes the secret of a user that the deployment makes. Throws an `Error` under the
 * construct's path that names all mistakes at once.
 */
export function resolveProps(
  props: SessionPurgeProps,
  scope: Construct,
  newSecret: () => Secret,
): ResolvedProps {
  refuseMissing(scope.node.path, props);
  const strange = strangeConstructs(props);
  const mistakes = [
    ...strange,
    ...(strange.length > 0
      ? []
      : [
          ...clusterMistakes(props),
          ...timeZoneMistakes(props),
          ...secretMistakes(props),
          ...placeMistakes(props, scope),
        ]),
    ...settingMistakes({ ...props, secretArn: props.secret?.secretArn }),
    ...slips(props, NAMES),
  ];
  refuse(scope.node.path, mistakes);
  const given = Object.entries(props).filter(([, value]) => value !== undefined);
  const clusterArn = props.cluster?.clusterArn ?? props.clusterArn;
  const secret = props.secret ?? newSecret();
  const schedule = props.schedule ?? (DEFAULTS.schedule as Schedule);
  const timeout = timeoutFor(schedule, DEFAULTS.timeout as Duration);
  const resolved = { ...DEFAULTS, timeout, ...Object.fromEntries(given), clusterArn, secret };
  return resolved as unknown as ResolvedProps;
}
