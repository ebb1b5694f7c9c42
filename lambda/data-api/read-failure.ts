import { SessionPurgeError } from '../errors';
import { ANY_SQLSTATE, REMEDIES_ABOUT } from './database-failures';
import type { Addressee, Failure, FailureRow, Meaning } from './failure';
import { FAILURES } from './failures';

/** The part of an SDK or network error that is read. */
interface CallError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

const signsOf = ({ on = '' }: FailureRow) => on.split(' ').filter(Boolean);

const WORDED = FAILURES.flatMap((row) =>
  row.says === undefined ? [] : [{ row, says: row.says, signs: signsOf(row) }],
);

const BY_SIGN: ReadonlyMap<string, FailureRow> = new Map(
  FAILURES.filter(({ says }) => says === undefined).flatMap((row) =>
    signsOf(row).map((sign) => [sign, row]),
  ),
);

/** The exceptions that carry a message of the database. The first version of the service used the second one. */
const OF_THE_DATABASE = ['DatabaseErrorException', 'BadRequestException'];

/** What is looked up in the table of failures. */
interface Signs {
  readonly name: string;
  readonly sqlState: string | null;
  readonly errorNumber: number | null;
}

function readSigns({ name, code, message }: CallError): Signs {
  const isOfTheDatabase = OF_THE_DATABASE.includes(name);
  const [, sqlState = null] = (isOfTheDatabase && /SQLState: ([0-9A-Z]{5})/i.exec(message)) || [];
  const [, errorNumber] = (isOfTheDatabase && /Error code: (\d+)/i.exec(message)) || [];
  return {
    name: typeof code === 'string' ? code : name,
    sqlState,
    errorNumber: errorNumber === undefined ? null : Number(errorNumber),
  };
}

function known(message: string, { name, sqlState, errorNumber }: Signs): Meaning | undefined {
  // MySQL's number says more than its SQLSTATE, which is HY000 or 42000 for most errors.
  const ofState = sqlState === null ? [] : [sqlState, sqlState.slice(0, 2), ANY_SQLSTATE];
  const signs = [String(errorNumber), ...ofState, name];
  const worded = WORDED.find(
    (it) =>
      it.says.test(message) && (it.signs.length === 0 || it.signs.some((on) => signs.includes(on))),
  );
  if (worded) return worded.row;
  const sign = signs.find((it) => BY_SIGN.has(it));
  return sign === undefined ? FAILURES.find(({ named }) => named?.test(name)) : BY_SIGN.get(sign);
}

function meaningOf({ message, $metadata }: CallError, signs: Signs): Meaning {
  const row: FailureRow | undefined = known(message, signs);
  // The client has set its clock by this answer, so the next request will carry the right time.
  const isClock = $metadata?.clockSkewCorrected && row?.mayBeClock;
  const meaning = isClock ? BY_SIGN.get('RequestTimeTooSkewed') : row;
  if (meaning !== undefined) return meaning;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429) return BY_SIGN.get('ThrottlingException') as FailureRow;
  if (status >= 400 && status < 500) return { kind: 'final', at: 'service' };
  return { kind: 'unknown', at: status >= 500 ? 'service' : 'network' };
}

/** Django's session data since version 3.1: text, time and signature. */
const SIGNED_DATA = /(?<![\w.+/=-])[\w.+/=-]*:[a-z0-9]{6}:[\w-]{20,}/gi;

/** Session keys, older session data in base64, and any other word as long. */
const LONG_WORD = /(?<![a-z0-9+/])[a-z0-9+/]*[a-z0-9]{32,}[a-z0-9+/=]*/gi;

/** A value that does not fit where a trigger puts it, as the database quotes it. A column's name after it is kept. */
const MISFIT =
  /\b((?:invalid input \w+ for [\w ]+|value out of range|incorrect \w+ value): |duplicate entry )(["']).*?(?:\2(?= for )|(?=; (?:Hint|Position|SQLState|Error code):)|$)/gis;

/** No real message is longer, and on a much longer one some of the patterns would be slow. */
const READ_LENGTH = 20_000;

const SHOWN_LENGTH = 500;

/** Removes what a database may quote from a row: a violated key, a refused row, session keys and data. */
function withoutRowValues(message: string): string {
  return message
    .slice(0, READ_LENGTH)
    .replace(/\s*Detail:.*?(?=; (?:Hint|Position|SQLState):|$)/gs, '')
    .replace(/\)=\(.*?(?:\)|$)/gs, ')=(...)')
    .replace(/row contains \((?:.*\)|.*)/gs, 'row contains (...)')
    .replace(MISFIT, '$1$2...$2')
    .replace(SIGNED_DATA, '...')
    .replace(LONG_WORD, '...')
    .slice(0, SHOWN_LENGTH);
}

/** Whether an error came from a call to the service, so that `readFailure` may read it. */
export function isCallError(error: unknown): error is CallError {
  return (
    error instanceof Error &&
    !(error instanceof SessionPurgeError) &&
    ('$metadata' in error || 'code' in error || error.name === 'CredentialsProviderError')
  );
}

function remedyOf({ remedy }: Meaning, text: string, to: Addressee): string | null {
  if (remedy === undefined) return null;
  const words = typeof remedy === 'string' ? remedy : remedy(to);
  const [, constraint] = /\bconstraint ["`]([^"`]+)["`]/i.exec(text) ?? [];
  return constraint === undefined ? words : `constraint "${constraint}": ${words}`;
}

/** What helps against an error with this SQLSTATE or error number; `null`: no remedy is known. */
export function remedyFor(sign: string): string | null {
  const remedy = BY_SIGN.get(sign)?.remedy;
  return typeof remedy === 'string' ? remedy : null;
}

/** Reads the error of a call: what became of the statement, which link broke, and what helps. */
export function readFailure(error: CallError, to: Addressee): Failure {
  const signs = readSigns(error);
  const meaning = meaningOf(error, signs);
  const text = withoutRowValues(error.message);
  const { name, sqlState, errorNumber } = signs;
  const about = meaning.remedy && REMEDIES_ABOUT.get(meaning.remedy);
  return {
    kind: meaning.kind,
    at: meaning.at,
    code: BY_SIGN.has(name) ? name : withoutRowValues(name),
    sqlState,
    errorNumber,
    text,
    remedy: remedyOf(meaning, text, to),
    ...(about && { about }),
  };
}
