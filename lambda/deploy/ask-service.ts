import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from '../data-api/credentials';

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

/** China has a domain of its own. */
const domainOf = (partition: string) =>
  partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

/** A request to a service in one region. */
export interface ServiceRequest {
  /** Its name in a signature and in a host name. */
  readonly service: string;
  readonly partition: string;
  readonly region: string;
  /** In place of the region's own. */
  readonly endpoint?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a service answered. */
export interface ServiceAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends one request, signed, and once.
 *
 * The clients of the few services that the deployment asks one question each would double the function's size.
 */
export async function askService(to: ServiceRequest): Promise<ServiceAnswer> {
  const { service, partition, region, headers, body } = to;
  const endpoint = new URL(to.endpoint ?? `https://${service}.${region}.${domainOf(partition)}`);
  const signer = new SignatureV4({
    service,
    region,
    credentials: defaultProvider(),
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port !== '' && { port: Number(endpoint.port) }),
    path: '/',
    query: {},
    headers: { host: endpoint.host, ...headers },
    body,
  });
  const response = await fetch(endpoint, { method: 'POST', headers: signed.headers, body });
  return { status: response.status, text: await response.text() };
}
