import { arnParts } from '../../contract/arn';
import type { Clock } from '../clock';
import { errorText, SettingsError } from '../errors';
import { askService } from './ask-service';
import type { SecretStore } from './login';

const ATTEMPTS = 4;

const ATTEMPT_TIMEOUT_MS = 5000;

const FIRST_WAIT_MS = 500;

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

/** Whether a call that ended so may succeed when it is repeated. */
const mayPass = (error: unknown) =>
  !(error instanceof Refusal) || error.status >= 500 || error.name === 'ThrottlingException';

/** The secrets of Secrets Manager, each in its own region. `endpoint`: in place of the region's own. */
export function secretsManager(clock: Clock, endpoint?: string): SecretStore {
  return {
    async read(secretArn) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await clock.within(ATTEMPT_TIMEOUT_MS, call(secretArn, endpoint));
        } catch (error) {
          if (attempt === ATTEMPTS || !mayPass(error)) {
            const why = `the secret ${secretArn} could not be read: ${errorText(error)}`;
            throw new SettingsError(
              `${why}; it must exist, and the function's role must be allowed to read and decrypt it`,
              { cause: error },
            );
          }
          await clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1));
        }
      }
    },
  };
}
