import { type JsonOperation, type JsonService, startJsonService } from './json-service';

/** Starts Secrets Manager's `GetSecretValue` for these secrets, by ARN. */
export function startSecretsManager(
  secrets: Readonly<Record<string, string>>,
  onCall?: JsonOperation['onCall'],
): Promise<JsonService> {
  return startJsonService({
    target: 'secretsmanager.GetSecretValue',
    signingName: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    ...(onCall && { onCall }),
    answer({ SecretId }) {
      const arn = String(SecretId);
      const text = Object.hasOwn(secrets, arn) ? secrets[arn] : undefined;
      if (text === undefined) {
        const message = "Secrets Manager can't find the specified secret.";
        return { error: 'ResourceNotFoundException', message };
      }
      return { members: { ARN: arn, SecretString: text, VersionStages: ['AWSCURRENT'] } };
    },
  });
}
