import { type JsonAnswer, type JsonService, startJsonService } from './json-service';

/**
 * Starts Secrets Manager's `GetSecretValue` for these secrets, by ARN. `onCall` is called for each request and returns
 * what to answer instead, if anything.
 */
export function startSecretsManager(
  secrets: Readonly<Record<string, string>>,
  onCall?: () => JsonAnswer | undefined,
): Promise<JsonService> {
  return startJsonService({
    target: 'secretsmanager.GetSecretValue',
    signingName: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    answer({ SecretId }) {
      const fault = onCall?.();
      if (fault !== undefined) return fault;
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
