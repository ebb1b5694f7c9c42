import { arnParts } from '../../contract/arn';
import type { Clock } from '../clock';
import { errorText, SettingsError } from '../errors';
import { askService } from './ask-service';
import { type Attempts, inAttempts } from './attempts';
import type { SecretStore } from './login';

/** An answer of the service that is no secret. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    type: string,
    message: string,
  ) {
    super(message);
    this.name = type;
  }
}

async function call(secretArn: string, endpoint: string | undefined): Promise<string> {
  const { status, text } = await askService({
    ...arnParts(secretArn),
    endpoint,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: JSON.stringify({ SecretId: secretArn }),
  });
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (status === 200) return String(answer.SecretString ?? '');
  const type = String(answer.__type ?? status);
  const message = answer.message ?? answer.Message ?? '';
  throw new Refusal(status, type.replace(/^.*#/, ''), String(message));
}

const ATTEMPTS: Attempts = {
  most: 4,
  timeoutMs: 5000,
  firstWaitMs: 500,
  mayPass: (error) =>
    !(error instanceof Refusal) || error.status >= 500 || error.name === 'ThrottlingException',
};

/** The secrets of Secrets Manager, each in its own region. `endpoint`: in place of the region's own. */
export function secretsManager(clock: Clock, endpoint?: string): SecretStore {
  return {
    async read(secretArn) {
      try {
        return await inAttempts(() => call(secretArn, endpoint), ATTEMPTS, clock);
      } catch (error) {
        const why = `the secret ${secretArn} could not be read: ${errorText(error)}`;
        throw new SettingsError(
          `${why}; it must exist, and the function's role must be allowed to read and decrypt it`,
          { cause: error },
        );
      }
    },
  };
}
