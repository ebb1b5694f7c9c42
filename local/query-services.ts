import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Loopback, listenOnLoopback } from './loopback';

/** What RDS and CloudFormation know. */
export interface KnownToServices {
  /** The ARNs of the clusters that there are. */
  readonly clusters: readonly string[];
  /** The status of each stack. */
  readonly stackStatus: string;
}

/** RDS and CloudFormation at one address. */
export interface QueryServices extends Loopback {
  /** The name of each action that was asked for, in order. */
  readonly actions: readonly string[];
}

const found = (action: string, members: string) =>
  [
    200,
    `<${action}Response><${action}Result>${members}</${action}Result></${action}Response>`,
  ] as const;

const refused = (status: number, code: string) =>
  [
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`,
  ] as const;

function answerTo(asked: URLSearchParams, { clusters, stackStatus }: KnownToServices) {
  const action = asked.get('Action') ?? '';
  if (action === 'DescribeStacks')
    return found(
      action,
      `<Stacks><member><StackStatus>${stackStatus}</StackStatus></member></Stacks>`,
    );
  if (action !== 'DescribeDBClusters') return refused(400, 'InvalidAction');
  if (!clusters.includes(asked.get('DBClusterIdentifier') ?? ''))
    return refused(404, 'DBClusterNotFoundFault');
  return found(
    action,
    '<DBClusters><DBCluster><Status>available</Status></DBCluster></DBClusters>',
  );
}

/**
 * Starts RDS's `DescribeDBClusters` and CloudFormation's `DescribeStacks` over HTTP on a free loopback port, as their
 * models have them. It requires signatures and does not verify them.
 */
export async function startQueryServices(known: KnownToServices): Promise<QueryServices> {
  const actions: string[] = [];
  const server = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    const service = asked.get('Action') === 'DescribeStacks' ? 'cloudformation' : 'rds';
    const signed = `/${service}/aws4_request`;
    const isSigned = request.headers.authorization?.includes(signed) ?? false;
    actions.push(asked.get('Action') ?? '');
    const [status, body] = isSigned
      ? answerTo(asked, known)
      : refused(403, 'MissingAuthenticationToken');
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  return { ...(await listenOnLoopback(server)), actions };
}
