import { randomUUID } from 'node:crypto';
import { DEPLOYMENT_RESOURCES } from '../../contract/deployment';
import {
  type Cluster,
  type DataApiServer,
  type DataApiServerOptions,
  startDataApiServer,
} from '../../local/data-api-server/index';
import { startQueryServices } from '../../local/query-services';
import { startSecretsManager } from '../../local/secrets-manager';
import { type StackAnswer, startStackAnswers } from '../../local/stack-answers';
import type { Login } from './data-api';
import { DEPLOY_BUNDLE, type DeployedFunction, deploy } from './deployed-function';

const PLACE = 'eu-central-1:123456789012';

export const CLUSTER_ARN = `arn:aws:rds:${PLACE}:cluster:sessions`;

/** A cluster to which a stack may go. */
export const OTHER_CLUSTER_ARN = `arn:aws:rds:${PLACE}:cluster:others`;

const secretArn = (name: string) => `arn:aws:secretsmanager:${PLACE}:secret:${name}-AbCdEf`;

export const SECRET_ARNS = {
  purge: secretArn('purge'),
  admin: secretArn('admin'),
  owner: secretArn('owner'),
} as const;

type Logins = Readonly<Partial<Record<keyof typeof SECRET_ARNS, Login>>>;

/** The resource's properties, as a template has them. */
export type Properties = Readonly<Record<string, string | readonly string[]>>;

/** A stack with the function of the deployment, whose events CloudFormation sends one after the other. */
export interface TestStack {
  readonly dataApi: DataApiServer;
  /** Each sends one event and resolves to the answer. The last of the answers names the resource. */
  create(properties: Properties): Promise<StackAnswer>;
  update(properties: Properties, id?: string): Promise<StackAnswer>;
  /** Creates the resource that keeps the time of the deployment. */
  createStart(properties: Properties): Promise<StackAnswer>;
  remove(): Promise<StackAnswer>;
  /** Has the resource of that name removed, whatever the answers said. */
  removeAs(id: string, properties?: Properties): Promise<StackAnswer>;
  /** Sends the last event once more. */
  again(): Promise<StackAnswer>;
  /** The purge, as its secret lets it log in. */
  purge(database: string, settings?: Readonly<Record<string, string>>): DeployedFunction;
  /** All that the function wrote and answered, to look for secrets. */
  said(): string;
  /** The next answers are refused with these statuses. */
  refuse(statuses: readonly number[]): void;
  close(): Promise<void>;
}

/** How the cluster behaves, and the function. */
export interface StackOptions {
  readonly isGone?: boolean;
  /** The Data API is off. */
  readonly isOff?: boolean;
  /** What the other cluster is, if there is one. */
  readonly other?: Cluster;
  readonly status?: string;
  readonly timeoutMs?: number;
  readonly onCall?: DataApiServerOptions['onCall'];
}

/** Starts the doubles around a cluster, and the bundle of the deployment. */
export async function startStack(
  cluster: Cluster,
  logins: Logins,
  options: StackOptions = {},
): Promise<TestStack> {
  const byArn = Object.entries(logins).map(([name, login]) => [
    SECRET_ARNS[name as keyof Logins],
    login,
  ]);
  const { other, status: stackStatus = 'UPDATE_IN_PROGRESS' } = options;
  const clusters = { [CLUSTER_ARN]: cluster, ...(other && { [OTHER_CLUSTER_ARN]: other }) };
  const services = await startQueryServices({
    clusters: options.isGone ? [] : Object.keys(clusters),
    stackStatus,
  });
  const dataApi = await startDataApiServer({
    clusters: options.isGone || options.isOff ? {} : clusters,
    secrets: Object.fromEntries(byArn),
    ...(options.onCall && { onCall: options.onCall }),
  });
  const purge = JSON.stringify({ ...logins.purge, engine: cluster.engine });
  const secrets = await startSecretsManager(logins.purge ? { [SECRET_ARNS.purge]: purge } : {});
  const stack = await startStackAnswers();
  const env = {
    AWS_ENDPOINT_URL_RDS_DATA: dataApi.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_RDS: services.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const { timeoutMs = 60_000 } = options;
  const fn = deploy({ env, bundlePath: DEPLOY_BUNDLE, timeoutMs });
  const said: string[] = [];
  const started: DeployedFunction[] = [fn];
  let last: Record<string, unknown> = {};
  let current: Properties = {};
  let type: keyof typeof DEPLOYMENT_RESOURCES = 'user';
  let id: string | undefined;

  async function send(event: Record<string, unknown>): Promise<StackAnswer> {
    last = event;
    const ResponseURL = stack.url();
    const before = stack.answers.length;
    const { error, output } = await fn.invoke({ ...event, ResponseURL });
    said.push(...output, JSON.stringify(stack.answers.slice(before)));
    const [answer] = stack.answers.slice(before);
    if (error || answer === undefined) throw new Error(`no answer: ${JSON.stringify(error)}`);
    expect(output.join()).not.toContain(ResponseURL);
    id = answer.PhysicalResourceId;
    return answer;
  }

  const event = (RequestType: string, properties: Properties) => ({
    RequestType,
    ResourceType: DEPLOYMENT_RESOURCES[type],
    StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/SessionPurge-shop/1',
    RequestId: randomUUID(),
    LogicalResourceId: 'User',
    ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:deploy',
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:deploy',
      ...properties,
    },
  });

  return {
    dataApi,
    create(properties) {
      current = properties;
      return send(event('Create', properties));
    },
    createStart(properties) {
      type = 'start';
      current = properties;
      return send(event('Create', properties));
    },
    update(properties, resource = id) {
      const old = current;
      current = properties;
      const changed = { PhysicalResourceId: resource, OldResourceProperties: old };
      return send({ ...event('Update', properties), ...changed });
    },
    remove: () => send({ ...event('Delete', current), PhysicalResourceId: id }),
    removeAs: (id, properties = current) =>
      send({ ...event('Delete', properties), PhysicalResourceId: id }),
    again: () => send(last),
    purge(database, settings = {}) {
      const purge = deploy({
        env: {
          ...env,
          SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
          SESSION_PURGE_SECRET_ARN: SECRET_ARNS.purge,
          SESSION_PURGE_DATABASE: database,
          ...settings,
        },
      });
      started.push(purge);
      return purge;
    },
    said: () => said.join('\n'),
    refuse: stack.refuse,
    async close() {
      await Promise.all(started.map((each) => each.stop()));
      await Promise.all([dataApi.close(), secrets.close(), services.close(), stack.close()]);
    },
  };
}
