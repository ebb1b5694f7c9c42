import { mistakesInValue, valueOfText } from '../../contract/setting-kinds';
import { SETTINGS } from '../../contract/settings';
import { parseTableName, type TableName } from '../../contract/table-name';
import { shown } from '../../contract/text';
import { RequestError } from '../errors';

/** What CloudFormation sends; it is more than this. */
export interface StackEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Whoever knows it can answer in the function's place. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** One of `DEPLOYMENT_RESOURCES`. */
  readonly ResourceType?: string;
  /** Not in a `Create`. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  /** Only in an `Update`. */
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** What the template asks for. */
export interface Wish {
  readonly clusterArn: string;
  /** The purge's. */
  readonly secretArn: string;
  readonly database: string;
  readonly tables: readonly TableName[];
  readonly timeZone: string | null;
  /** A requirement that is not met fails the deployment. */
  readonly checks: boolean;
  /** Of whoever makes the user; `null`: the user is made by hand. */
  readonly adminSecretArn: string | null;
  /** Of the tables' owner, where the admin cannot become the owner. */
  readonly ownerSecretArn: string | null;
}

/** A wish with somebody who can make the user. */
export type UserWish = Wish & { readonly adminSecretArn: string };

/** Whether the deployment makes the user, and does not only check it. */
export function makesUser(wish: Wish): wish is UserWish {
  return wish.adminSecretArn !== null;
}

const TYPES = ['Create', 'Update', 'Delete'];

const NOT_AN_EVENT =
  "this function is the deployment's: CloudFormation alone may invoke it; nothing was done";

/** The event, if it is one of CloudFormation that can be answered; throws a `RequestError` otherwise. */
export function readEvent(event: unknown): StackEvent {
  const { RequestType, ResponseURL, ResourceProperties } = (event ?? {}) as Partial<StackEvent>;
  const isRequest = TYPES.includes(String(RequestType)) && URL.canParse(String(ResponseURL));
  if (isRequest && typeof ResourceProperties === 'object') return event as StackEvent;
  throw new RequestError(NOT_AN_EVENT);
}

const PROPERTIES = {
  ClusterArn: SETTINGS.clusterArn,
  SecretArn: SETTINGS.secretArn,
  Database: SETTINGS.database,
  Tables: SETTINGS.tables,
  TimeZone: SETTINGS.timeZone,
  AdminSecretArn: SETTINGS.secretArn,
  OwnerSecretArn: SETTINGS.secretArn,
} as const;

type Property = keyof typeof PROPERTIES;

const REQUIRED: readonly Property[] = ['ClusterArn', 'SecretArn', 'Database'];

/** Reads the properties of the resource. Throws a `RequestError` that names all mistakes at once. */
export function readWish(properties: Readonly<Record<string, unknown>>): Wish {
  const mistakes: string[] = [];
  const read = (name: Property): unknown => {
    const given = properties[name];
    if (given === undefined || given === '') {
      if (REQUIRED.includes(name)) mistakes.push(`${name} is not set`);
      return name === 'Tables' ? SETTINGS.tables.fallback : null;
    }
    const setting = PROPERTIES[name];
    const value = typeof given === 'string' ? valueOfText(given, setting) : given;
    mistakes.push(...mistakesInValue(value, setting).map((mistake) => `${name} ${mistake}`));
    return value;
  };
  const text = (name: Property) => read(name) as string;
  const wish = {
    clusterArn: text('ClusterArn'),
    secretArn: text('SecretArn'),
    database: text('Database'),
    names: read('Tables') as readonly string[],
    timeZone: text('TimeZone'),
    adminSecretArn: text('AdminSecretArn'),
    ownerSecretArn: text('OwnerSecretArn'),
  };
  const { CheckOnDeploy: checks = 'false' } = properties;
  if (!['true', 'false'].includes(String(checks)))
    mistakes.push(`CheckOnDeploy must be "true" or "false", got ${shown(checks)}`);
  if (mistakes.length > 0) throw new RequestError(`ResourceProperties: ${mistakes.join('; ')}`);
  const { names, ...others } = wish;
  const tables = names.map((name) => parseTableName(name) as TableName);
  return { ...others, tables, checks: String(checks) === 'true' };
}
