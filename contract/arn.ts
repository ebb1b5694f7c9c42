import { matching, type Rule } from './rule';
import { shown } from './text';

/** The parts of an ARN; empty where the ARN leaves one out. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** All after the account, like `cluster:shop`. */
  readonly resource: string;
}

/** Splits `arn:partition:service:region:account:resource`. */
export function arnParts(arn: string): ArnParts {
  const [, partition = '', service = '', region = '', account = '', ...resource] = arn.split(':');
  return { partition, service, region, account, resource: resource.join(':') };
}

/** The name by which CloudWatch knows a cluster: the last part of its ARN. */
export function clusterIdentifier(clusterArn: string): string {
  return clusterArn.slice(clusterArn.lastIndexOf(':') + 1);
}

/** The region that a cluster is in; `undefined` if its ARN leaves it out. */
export function clusterRegion(clusterArn: string): string | undefined {
  return arnParts(clusterArn).region || undefined;
}

const PLACE = String.raw`[a-z]+(?:-[a-z]+)+-\d+:\d{12}`;

function arnRule(service: string, resource: string, demand: string): Rule {
  return matching(new RegExp(`^arn:aws[a-z-]*:${service}:${PLACE}:${resource}$`), demand);
}

/** The ARN of an Aurora cluster. */
export const isClusterArn = arnRule(
  'rds',
  'cluster:[A-Za-z][A-Za-z0-9-]*',
  'must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop"',
);

/** The ARN of a secret, with or without the six characters at its end. */
export const isSecretArn = arnRule(
  'secretsmanager',
  'secret:[A-Za-z0-9/_+=.@!-]+',
  'must be a secret\'s ARN like "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"',
);

/** How a secret's ARN ends, as the console shows it: the pattern of a hyphen and six characters. */
export const COMPLETE_SECRET_END = '-[A-Za-z0-9]{6}$';

const COMPLETE_SECRET = new RegExp(COMPLETE_SECRET_END);

/** What is wrong with a secret's ARN that lacks its end; `undefined` if it is whole. */
export function partialSecret(secretArn: string): string | undefined {
  if (COMPLETE_SECRET.test(secretArn)) return undefined;
  return `the secret's ARN lacks its end, a hyphen and six letters or digits, got ${shown(secretArn)}`;
}

/** What helps against a part of a secret's ARN. */
export const COPY_SECRET_WHOLE =
  'copy it whole: Secrets Manager takes a part of an ARN only where it leads to a single secret';

/** IAM compares keys by their ids, so a policy that names an alias allows nothing. */
export const isKeyArn = arnRule(
  'kms',
  'key/[A-Za-z0-9-]+',
  'must be a key\'s ARN, not an alias\'s, like "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-..."',
);

/** The ARN of an SNS topic. */
export const isTopicArn = arnRule(
  'sns',
  '[A-Za-z0-9_-]{1,256}',
  'must be an SNS topic\'s ARN like "arn:aws:sns:eu-west-1:123456789012:on-call"',
);

/** The name or the ARN of a parameter of Systems Manager. */
export const isParameter = matching(
  /^(arn:[a-z-]+:ssm:[a-z0-9-]*:\d*:parameter\/)?[\w./-]{1,1011}$/,
  "must be a parameter's name like /session-purge/control or its ARN",
);

/** Where something is; a part is `undefined` if it is not known. */
export type Place = Readonly<Partial<Record<'region' | 'account', string | undefined>>>;

/** The place of a cluster by its ARN. Nothing is known of it if that is none. */
export function clusterPlace(clusterArn: string): Place {
  return isClusterArn.holds(clusterArn) ? arnParts(clusterArn) : {};
}

/**
 * What is wrong with the place of something that the purge of a cluster uses, to follow its name; `undefined` if nothing
 * is, or if no part of both places is known. `whose` place the second one is, if not the cluster's.
 */
export function otherPlace(
  place: Place,
  cluster: Place,
  whose = "the cluster's",
): string | undefined {
  for (const part of ['region', 'account'] as const) {
    const [given, expected] = [place[part], cluster[part]];
    if (given && expected && given !== expected)
      return `must be in ${whose} ${part} ${expected}, got ${shown(given)}`;
  }
  return undefined;
}
