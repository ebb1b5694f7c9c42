import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { arnParts } from '../../contract/arn';
import type { Clock } from '../clock';
import { defaultProvider } from '../data-api/credentials';
import { errorText, SettingsError } from '../errors';
import type { SecretStore } from './login';

const ATTEMPTS = 4;

const ATTEMPT_TIMEOUT_MS = 5000;

const FIRST_WAIT_MS = 500;

/** SHA-256 in the form that the signer takes. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', secret as string | NodeJS.ArrayBufferView);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(data as string | NodeJS.ArrayBufferView);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {}
}

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

/** China has a domain of its own. */
const domainOf = (partition: string) =>
  partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

async function call(endpoint: URL, region: string, secretArn: string): Promise<string> {
  const request = {
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port !== '' && { port: Number(endpoint.port) }),
    path: '/',
    query: {},
    headers: {
      host: endpoint.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: JSON.stringify({ SecretId: secretArn }),
  };
  const signer = new SignatureV4({
    service: 'secretsmanager',
    region,
    credentials: defaultProvider(),
    sha256: Sha256,
  });
  const { headers, body } = await signer.sign(request);
  const response = await fetch(endpoint, { method: 'POST', headers, body });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.ok) return String(answer.SecretString ?? '');
  const type = String(answer.__type ?? response.status);
  const message = answer.message ?? answer.Message ?? '';
  throw new Refusal(response.status, type.replace(/^.*#/, ''), String(message));
}

/** Whether a call that ended so may succeed when it is repeated. */
const mayPass = (error: unknown) =>
  !(error instanceof Refusal) || error.status >= 500 || error.name === 'ThrottlingException';

/**
 * The secrets of Secrets Manager, each in its own region.
 *
 * It signs the one request that it makes by itself: the service's client would double the function's size.
 * `endpoint`: in place of the region's own.
 */
export function secretsManager(clock: Clock, endpoint?: string): SecretStore {
  return {
    async read(secretArn) {
      const { partition, region } = arnParts(secretArn);
      const service = `https://secretsmanager.${region}.${domainOf(partition)}`;
      const url = new URL(endpoint ?? service);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await clock.within(ATTEMPT_TIMEOUT_MS, call(url, region, secretArn));
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
