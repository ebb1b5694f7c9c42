import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from './loopback';

/** What a custom resource answered. */
export interface StackAnswer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/** The place where CloudFormation takes the answers of custom resources. */
export interface StackAnswers {
  /** A URL for one request. Whoever knows it can answer. */
  url(): string;
  /** The answers, in the order in which they came. */
  readonly answers: readonly StackAnswer[];
  /** The first requests with an answer get this status in place of 200. */
  refuse(statuses: readonly number[]): void;
  close(): Promise<void>;
}

const MOST_BYTES = 4096;

/**
 * Takes answers over HTTP on a free loopback port. As the presigned URLs of S3 do, it refuses an answer with a content
 * type, which the signature does not cover. It refuses one that is larger than CloudFormation takes.
 */
export async function startStackAnswers(): Promise<StackAnswers> {
  const answers: StackAnswer[] = [];
  const paths = new Set<string>();
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method, headers, url = '' } = request;
    const isSigned = method === 'PUT' && paths.has(url) && !headers['content-type'];
    const status = isSigned ? (statuses.shift() ?? 200) : 403;
    if (status !== 200) return response.writeHead(status).end();
    if (Buffer.byteLength(body) > MOST_BYTES) return response.writeHead(400).end();
    answers.push(JSON.parse(body));
    return response.writeHead(200).end();
  });
  const { endpoint, close } = await listenOnLoopback(server);
  return {
    url() {
      const path = `/${randomUUID()}?X-Amz-Signature=${randomUUID().replaceAll('-', '')}`;
      paths.add(path);
      return endpoint + path;
    },
    answers,
    refuse: (some) => void statuses.push(...some),
    close,
  };
}
