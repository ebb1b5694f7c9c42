import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, callTimeLeft } from '../clock';
import type { ParameterStore } from './parameter-store';

/** Long enough for three attempts, since there is no run without the answer. */
const ANSWER_TIMEOUT_MS = 10_000;

const ATTEMPT_TIMEOUT_MS = 3000;

/** A client for the function's own account and region. */
export function connect(): SSMClient {
  return new SSMClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

/** Systems Manager's parameters. */
export function parameterStore(client: Pick<SSMClient, 'send'>, clock: Clock): ParameterStore {
  return {
    async read(name) {
      const limitMs = callTimeLeft(clock, ANSWER_TIMEOUT_MS);
      // Without decryption, so that a secret that is named by mistake stays secret.
      const command = new GetParameterCommand({ Name: name });
      const { Parameter } = await clock.within(limitMs, client.send(command));
      return Parameter?.Value ?? '';
    },
  };
}
