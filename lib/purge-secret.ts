import { Annotations, Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { COPY_SECRET_WHOLE, partialSecret } from '../contract/arn';
import { acknowledge } from './older-cdk';
import type { SessionPurgeProps } from './session-purge-props';

/** Long enough to be cut out of any message of the database as one word. */
const PASSWORD_LENGTH = 40;

/** What the console says of the secret of the user with this name. */
export const userDescription = (username: string) =>
  `The database user ${username}, which deletes expired Django sessions`;

/**
 * A new secret with the login of the purge's user, whose password is known to nobody else. The name of the user is unlike
 * that of any other purge of the app.
 */
export function newPurgeSecret(scope: Construct, encryptionKey?: IKey): Secret {
  const username = `session_purge_${scope.node.addr.slice(2, 10)}`;
  const secret = new Secret(scope, 'UserSecret', {
    description: userDescription(username),
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: 'password',
      passwordLength: PASSWORD_LENGTH,
      // The password stands in a statement on MySQL, and needs no escaping so.
      excludePunctuation: true,
    },
    ...(encryptionKey && { encryptionKey }),
  });
  acknowledge(
    secret,
    { rule: 'AwsSolutions-SMG4' },
    'the user may delete expired sessions and read none; a deployment sets its password',
  );
  return secret;
}

const PARTIAL_ARN = 'cdk-django-session-purge:partial-secret-arn';

/** A secret that exists, by its ARN. A part of an ARN is taken with a warning. */
export function importSecret(
  scope: Construct,
  id: string,
  secretArn: string,
  encryptionKey?: IKey,
): ISecret {
  const problem = Token.isUnresolved(secretArn) ? undefined : partialSecret(secretArn);
  if (problem !== undefined)
    Annotations.of(scope).addWarningV2(PARTIAL_ARN, `${problem}; ${COPY_SECRET_WHOLE}`);
  return Secret.fromSecretAttributes(scope, id, {
    ...(problem === undefined ? { secretCompleteArn: secretArn } : { secretPartialArn: secretArn }),
    ...(encryptionKey && { encryptionKey }),
  });
}

/** RDS names the secret so where it keeps the master's password itself. */
const MASTER_SECRET_ARN = /:secret:rds!cluster-/;

/** What is to be said of a secret that is the cluster's own; `undefined` if it is another. */
export function masterSecretWarning({ cluster, secret }: SessionPurgeProps): string | undefined {
  if (secret === undefined) return undefined;
  const isOfCluster = cluster !== undefined && 'secret' in cluster && cluster.secret === secret;
  if (!isOfCluster && !MASTER_SECRET_ARN.test(secret.secretArn)) return undefined;
  return "the purge logs in as the cluster's master, who can read every session; leave secret out, and the deployment makes a user who cannot";
}
