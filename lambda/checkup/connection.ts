import { type Finding, OF_THE_CONNECTION } from '../../contract/report';
import type { Target } from '../data-api/data-api';
import type { DatabaseError } from '../errors';
import { failing, ok, unknown } from './findings';

const [DATA_API, SECRET, DATABASE] = OF_THE_CONNECTION;

type Link = typeof DATA_API | typeof SECRET | typeof DATABASE;

const CHAIN: readonly Link[] = [DATA_API, SECRET, DATABASE];

/** Which link of the way to the database broke, and what mends it. */
interface Break {
  readonly at: Link;
  readonly fix: string;
  /** How the links before it stand, where the failure says so. */
  readonly before?: 'ok';
}

const ROLE_FIX =
  "let the caller's role use rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of its own, kms:Decrypt on that";

function accessBreak(message: string): Break {
  const isOfSecret = /perform: (secretsmanager|kms):/i.test(message);
  return { at: isOfSecret ? SECRET : DATA_API, fix: ROLE_FIX };
}

function loginBreak({ sqlState, message }: DatabaseError, target: Target): Break | null {
  const [, errorCode = ''] = /Error code: (\d+)/i.exec(message) ?? [];
  if (sqlState === '3D000' || errorCode === '1049') {
    return {
      at: DATABASE,
      before: 'ok',
      fix: `name a database that exists, not "${target.database}"`,
    };
  }
  if (errorCode === '1044' || sqlState === '42501') {
    return { at: DATABASE, before: 'ok', fix: "give the purge's user a right to the database" };
  }
  if (!sqlState?.startsWith('28') && errorCode !== '1045') return null;
  return {
    at: SECRET,
    before: 'ok',
    fix: `put the user name and password that the database knows into the secret: aws secretsmanager put-secret-value --secret-id ${target.secretArn} --secret-string '{"username":"...","password":"..."}'`,
  };
}

const BY_CODE: Readonly<Record<string, (target: Target, message: string) => Break>> = {
  HttpEndpointNotEnabledException: ({ clusterArn }) => ({
    at: DATA_API,
    fix: `aws rds enable-http-endpoint --resource-arn ${clusterArn} (after a rename of the cluster disable-http-endpoint first)`,
  }),
  NotFoundException: () => ({ at: DATA_API, fix: "check the cluster's ARN" }),
  AccessDeniedException: (_, message) => accessBreak(message),
  ForbiddenException: (_, message) => accessBreak(message),
  InvalidSecretException: ({ secretArn }) => ({
    at: SECRET,
    fix: `store {"username":"...","password":"..."} in ${secretArn}`,
  }),
  SecretsErrorException: ({ secretArn }) => ({
    at: SECRET,
    fix: `check that ${secretArn} exists in the cluster's region, and that the role may read and decrypt it`,
  }),
  DatabaseNotFoundException: () => ({ at: DATABASE, fix: 'add a writer instance to the cluster' }),
  DatabaseResumingException: () => ({
    at: DATABASE,
    fix: 'the cluster was paused and did not wake in time; check again in a minute',
  }),
  DatabaseUnavailableException: () => ({
    at: DATABASE,
    fix: 'look at the state and the events of its writer in RDS',
  }),
  InvalidResourceStateException: () => ({ at: DATABASE, fix: 'start the cluster' }),
};

function breakOf(error: DatabaseError, target: Target): Break {
  const known = BY_CODE[error.code ?? '']?.(target, error.message);
  return (
    known ??
    loginBreak(error, target) ?? {
      at: DATA_API,
      fix: "check the cluster's ARN and region, and that this place can reach the service",
    }
  );
}

function before(requirement: Link, broken: Break): Finding {
  return broken.before === 'ok'
    ? ok(requirement, 'answers; the failure after it says so')
    : unknown(requirement, `not known, since the ${broken.at} failed`);
}

/** Reads the failure of the first statement: which link broke; the ones before and after it as far as is known. */
export function brokenConnection(error: DatabaseError, target: Target): Finding[] {
  const broken = breakOf(error, target);
  const place = CHAIN.indexOf(broken.at);
  return CHAIN.map((link, at) => {
    if (at === place) return failing(link, error.message, broken.fix);
    if (at < place) return before(link, broken);
    return unknown(link, `not reached, since the ${broken.at} failed`);
  });
}

/** The findings on a way that led to an answer; `wakeMs`: spent waiting for a paused cluster, in milliseconds. */
export function soundConnection({ database }: Target, wakeMs: number): Finding[] {
  const woken =
    wakeMs > 0 ? `, once the paused cluster was awake after ${Math.round(wakeMs / 1000)} s` : '';
  return [
    ok(DATA_API, 'on, and answers'),
    ok(SECRET, 'readable, and the database takes its user name and password'),
    ok(DATABASE, `"${database}" answers${woken}`),
  ];
}
