import { Agent } from 'node:http';
import * as sdk from '@aws-sdk/client-rds-data';
import type { FailureKind } from '../../../lambda/data-api/failure';
import { isCallError, readFailure } from '../../../lambda/data-api/read-failure';
import { DatabaseError } from '../../../lambda/errors';
import { ADDRESSEE, failureOf } from '../../support/failed-call';
import { networkError, unmodelled } from '../../support/scripted-client';

const THROTTLED =
  'the account sends the Data API more calls than it takes: spread the schedules of its callers';
const CLOCK = 'check the clock of the machine that sent the call';
const UNREACHABLE =
  'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data';
const CERTIFICATE =
  "the other side's certificate is not valid here: look for a proxy in between, and at the clock";

/** What the SDK gives each exception of the model. */
const said = (message: string, httpStatusCode = 400) => ({
  message,
  $metadata: { httpStatusCode },
});

function read(error: Error) {
  if (!isCallError(error)) throw new Error('not taken for the error of a call');
  return readFailure(error, ADDRESSEE);
}

const databaseError = (message: string) => new sdk.DatabaseErrorException(said(message));

describe('an exception that the table does not have', () => {
  it.each<[string, string, number | undefined, FailureKind, string, string | null]>([
    ['SomethingNew', 'slow down', 429, 'transient', 'service', THROTTLED],
    ['SomeThrottling', 'slow down', 400, 'transient', 'service', THROTTLED],
    ['SomethingNew', 'no', 400, 'final', 'service', null],
    ['SomethingNew', 'no', 499, 'final', 'service', null],
    ['SomethingNew', 'oh', 500, 'unknown', 'service', null],
    ['SomethingNew', 'bad gateway', 502, 'unknown', 'service', null],
    ['SomethingNew', 'moved', 302, 'unknown', 'network', null],
    ['SomethingNew', 'oh', undefined, 'unknown', 'network', null],
    ['constructor', 'a name that every object knows', 400, 'final', 'service', null],
    ['toString', 'a name that every object knows', 500, 'unknown', 'service', null],
  ])('%s (%s, %s) is %s', (name, message, status, kind, at, remedy) => {
    expect(read(unmodelled(name, message, status))).toEqual({
      kind,
      at,
      code: name,
      sqlState: null,
      errorNumber: null,
      text: message,
      remedy,
    });
  });

  it('has a name that holds nothing of a row, either', () => {
    const name = 'k3y0abcdefghijklmnopqrstuvwxyz12';

    expect(read(unmodelled(name, 'no', 400)).code).toBe('...');
  });

  it('keeps a name that is known, however long', () => {
    const name = 'MissingAuthenticationTokenException';

    expect(read(unmodelled(name, 'no', 403)).code).toBe(name);
  });
});

describe('a clock that was wrong', () => {
  const signed = (error: Error, clockSkewCorrected: boolean) =>
    Object.assign(error, { $metadata: { httpStatusCode: 403, clockSkewCorrected } });

  it.each([
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'AccessDeniedException',
    'ForbiddenException',
    'RequestExpired',
  ])('passes, now that the client has set its own by the answer: %s', (name) => {
    expect(read(signed(unmodelled(name, 'signature expired'), true))).toMatchObject({
      kind: 'transient',
      remedy: CLOCK,
    });
  });

  it.each<[string, FailureKind]>([
    ['StatementTimeoutException', 'too-large'],
    ['InternalServerErrorException', 'unknown'],
    ['ValidationException', 'final'],
    ['ExpiredTokenException', 'final'],
    ['SomethingNew', 'final'],
  ])('does not excuse what it has nothing to do with: %s', (name, kind) => {
    expect(read(signed(unmodelled(name, 'no'), true)).kind).toBe(kind);
  });

  it('excuses no signature where the clock was right', () => {
    expect(read(signed(unmodelled('InvalidSignatureException', 'no'), false)).kind).toBe('final');
  });
});

describe('an error of the network', () => {
  const timedOut = (message: string) => networkError('ETIMEDOUT', message, 'TimeoutError');

  it.each<[string, Error, FailureKind, string]>([
    ['a refused connection', networkError('ECONNREFUSED', 'no'), 'transient', 'ECONNREFUSED'],
    ['an unknown host', networkError('ENOTFOUND', 'no'), 'transient', 'ENOTFOUND'],
    ['a resolver that is busy', networkError('EAI_AGAIN', 'no'), 'transient', 'EAI_AGAIN'],
    ['no way to the network', networkError('ENETUNREACH', 'no'), 'transient', 'ENETUNREACH'],
    ['a network that is down', networkError('ENETDOWN', 'no'), 'transient', 'ENETDOWN'],
    ['no way to the host', networkError('EHOSTUNREACH', 'no'), 'transient', 'EHOSTUNREACH'],
    ['no port left', networkError('EADDRNOTAVAIL', 'no'), 'transient', 'EADDRNOTAVAIL'],
    [
      'a connection that did not come about',
      timedOut('the request socket did not establish a connection with the server in 5000 ms'),
      'transient',
      'ETIMEDOUT',
    ],
    ['silence', timedOut('a request has exceeded the 50000 ms'), 'unknown', 'ETIMEDOUT'],
    ['a broken connection', networkError('ECONNRESET', 'socket hang up'), 'unknown', 'ECONNRESET'],
    ['a broken pipe', networkError('EPIPE', 'write EPIPE'), 'unknown', 'EPIPE'],
    [
      'a certificate that ran out',
      networkError('CERT_HAS_EXPIRED', 'no'),
      'final',
      'CERT_HAS_EXPIRED',
    ],
    ['an answer that is no HTTP', networkError('HPE_INVALID', 'no'), 'unknown', 'HPE_INVALID'],
  ])('is judged by whether the request was sent: %s', (_name, error, kind, code) => {
    const remedy = { transient: UNREACHABLE, final: CERTIFICATE }[kind as string] ?? null;

    expect(read(error)).toMatchObject({ kind, at: 'network', code, text: error.message, remedy });
  });

  it('is transient where the client could not connect in time, in its own words', async () => {
    const client = new sdk.RDSDataClient({
      endpoint: 'http://rds-data.invalid',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
      // A name whose look-up never ends.
      requestHandler: { connectionTimeout: 20, httpAgent: new Agent({ lookup: () => {} }) },
    });
    const call = client.send(
      new sdk.ExecuteStatementCommand({ resourceArn: 'c', secretArn: 's', sql: 'SELECT 1' }),
    );

    const error = await call.catch((thrown: unknown) => thrown as Error);

    expect(read(error as Error)).toMatchObject({
      kind: 'transient',
      at: 'network',
      code: 'TimeoutError',
      text: expect.stringContaining('did not establish a connection'),
      remedy: UNREACHABLE,
    });
  });

  it('is judged without the marks that the SDK leaves on it, too', () => {
    const bare = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

    expect(read(bare)).toMatchObject({ kind: 'unknown', code: 'EPIPE' });
  });

  it('is no trouble with a certificate for having the word somewhere in its name', () => {
    expect(read(networkError('NO_CERT_', 'no')).kind).toBe('unknown');
  });

  it.each([
    'CERT_NOT_YET_VALID',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
  ])('never passes where a certificate does not hold: %s', (code) => {
    expect(read(networkError(code, 'no'))).toMatchObject({ kind: 'final', remedy: CERTIFICATE });
  });
});

describe('isCallError', () => {
  it.each<[string, unknown, boolean]>([
    ['an exception of the service', new sdk.ForbiddenException(said('no')), true],
    ['an error of the network', networkError('ECONNRESET', 'no'), true],
    ['one that the SDK never saw', Object.assign(new Error('no'), { code: 'EPIPE' }), true],
    ['one from before the first request', unnamed('CredentialsProviderError'), true],
    ['an error of this function, even with a code', codedDatabaseError(), false],
    ['a mistake in the code', new TypeError('x is not a function'), false],
    ['something thrown that is no error', { code: 'ECONNRESET' }, false],
    ['nothing', undefined, false],
  ])('tells what came from a call: %s', (_name, error, expected) => {
    expect(isCallError(error)).toBe(expected);
  });

  function unnamed(name: string) {
    return Object.assign(new Error('no'), { name });
  }

  function codedDatabaseError() {
    return Object.assign(new DatabaseError('no'), { code: 'X' });
  }
});

describe("the database's own error", () => {
  it.each<[string, FailureKind, string | null]>([
    ['ERROR: deadlock detected; SQLState: 40P01', 'transient', '40P01'],
    ['ERROR: canceling statement due to user request; SQLState: 57014', 'too-large', '57014'],
    ['ERROR: syntax error at or near "x"\n  Position: 8; SQLState: 42601', 'refused', '42601'],
    ["Table 'shop.s' doesn't exist; SQLState: 42S02", 'final', '42S02'],
    ["Unknown column 'x'; SQLState: 42S22", 'final', '42S22'],
    ['a trigger objects; SQLState: 45000', 'refused', '45000'],
    ['a neighbour in a class of transient ones; SQLState: 40009', 'refused', '40009'],
    ['digits of a class in another place; SQLState: 00008', 'refused', '00008'],
    ['letters of a class in another place; SQLState: 00P01', 'refused', '00P01'],
    ['ERROR: no words for it', 'final', null],
    ['ERROR: SQLState: 4', 'final', null],
  ])('is judged by its SQLSTATE: %s', (message, kind, sqlState) => {
    expect(read(databaseError(message))).toMatchObject({ kind, sqlState, text: message });
  });

  it.each<[string, FailureKind, string | null, number | null]>([
    ['Too many connections; Error code: 1040; SQLState: 08004', 'transient', '08004', 1040],
    ['Lock wait timeout exceeded; Error code: 1205; SQLState: HY000', 'transient', 'HY000', 1205],
    ['Server shutdown in progress; Error code: 1053; SQLState: 08S01', 'unknown', '08S01', 1053],
    ['Connection was killed; Error code: 1927; SQLState: 70100', 'unknown', '70100', 1927],
    ['DELETE command denied; Error code: 1142; SQLState: 40001', 'final', '40001', 1142],
    ['a number that is not known; Error code: 9999; SQLState: 40001', 'transient', '40001', 9999],
    ["the driver's number; Error code: 0; SQLState: 08S01", 'unknown', '08S01', 0],
    ['Access denied; Error code: 1698; SQLState: 28000', 'final', '28000', 1698],
    ["Duplicate entry '...'; Error code: 1062; SQLState: 23000", 'refused', '23000', 1062],
    ['no words for it; Error code: 9999', 'final', null, 9999],
    ['Database error code: 1213. Message: Deadlock found', 'transient', null, 1213],
    ['ERROR CODE: 1205', 'transient', null, 1205],
    ['Error code: none', 'final', null, null],
  ])("is judged by MySQL's number before its SQLSTATE: %s", (message, kind, sqlState, number) => {
    expect(read(databaseError(message))).toMatchObject({
      kind,
      code: 'DatabaseErrorException',
      sqlState,
      errorNumber: number,
      text: message,
    });
  });

  it.each([
    'Communications link failure; Error code: 0; SQLState: 08S01',
    'Communications link failure\n\nThe last packet sent was 12 milliseconds ago',
    'communications link failure; SQLState: 40001',
  ])('is a lost answer where its connection broke: %j', (message) => {
    expect(read(databaseError(message))).toMatchObject({ kind: 'unknown', remedy: null });
  });

  it('is final without one, whatever the status of the answer', () => {
    const error = new sdk.DatabaseErrorException(said('no words for it', 500));

    expect(read(error).kind).toBe('final');
  });

  it('came in another exception in the first version of the service', () => {
    const error = new sdk.BadRequestException(said('deadlock detected; SQLState: 40P01'));

    expect(read(error)).toMatchObject({ kind: 'transient', at: 'server', sqlState: '40P01' });
  });

  it.each(['SQLState: 40P01', 'Error code: 1213'])(
    'counts in no exception of the service itself: %s',
    (message) => {
      expect(read(new sdk.ForbiddenException(said(message)))).toMatchObject({
        kind: 'final',
        at: 'role',
        sqlState: null,
        errorNumber: null,
      });
    },
  );
});

const textOf = (message: string) => failureOf('DatabaseErrorException', message).text;

describe('the text of a failure', () => {
  const KEY = 'k3y0abcdefghijklmnopqrstuvwxyz12';

  it.each([
    [
      `update or delete violates a foreign key\n  Detail: Key (session_key)=(${KEY}) is still referenced from table "audit".; SQLState: 23503`,
      'update or delete violates a foreign key; SQLState: 23503',
    ],
    [
      'Key (session_key)=(short) is still referenced',
      'Key (session_key)=(...) is still referenced',
    ],
    ['Key (a)=(one) and Key (b)=(two\nlines)', 'Key (a)=(...) and Key (b)=(...)'],
    [
      'null value violates not-null constraint\n  Detail: Failing row contains (7, eyJ1c2VyIjo3fQ:1a:b_c, (null)).; SQLState: 23502',
      'null value violates not-null constraint; SQLState: 23502',
    ],
    [
      'a trigger quotes it: Failing row contains (7, eyJ1c2VyIjo3fQ:1a:b_c, (null)). So there',
      'a trigger quotes it: Failing row contains (...). So there',
    ],
    [
      'no such right\n  Detail: a\nsecret; with parts; Hint: ask for it; SQLState: 42501',
      'no such right; Hint: ask for it; SQLState: 42501',
    ],
    ['no such right\n  Detail: a secret', 'no such right'],
    ['bad\n  Detail: one; Position: 8; SQLState: 42601', 'bad; Position: 8; SQLState: 42601'],
    [`a trigger says ${KEY}, twice: "${KEY}"`, 'a trigger says ..., twice: "..."'],
    [
      `Duplicate entry '${KEY}' for key 'PRIMARY'; Error code: 1062; SQLState: 23000`,
      "Duplicate entry '...' for key 'PRIMARY'; Error code: 1062; SQLState: 23000",
    ],
    [
      'ERROR: invalid input syntax for type boolean: "e30:short"; Hint: ask; SQLState: 22P02',
      'ERROR: invalid input syntax for type boolean: "..."; Hint: ask; SQLState: 22P02',
    ],
    [
      'ERROR: invalid input value for enum kind: "e30:a "quote""; SQLState: 22P02',
      'ERROR: invalid input value for enum kind: "..."; SQLState: 22P02',
    ],
    [
      'ERROR: date/time field value out of range: "e30:short"; SQLState: 22008',
      'ERROR: date/time field value out of range: "..."; SQLState: 22008',
    ],
    [
      "Incorrect integer value: 'e30:short' for column `shop`.`audit`.`n` at row 1; Error code: 1366; SQLState: 22007",
      "Incorrect integer value: '...' for column `shop`.`audit`.`n` at row 1; Error code: 1366; SQLState: 22007",
    ],
    [
      "Truncated incorrect DOUBLE value: 'e30:short'; Error code: 1292; SQLState: 22007",
      "Truncated incorrect DOUBLE value: '...'; Error code: 1292; SQLState: 22007",
    ],
    [
      "Duplicate entry 'e30:short' for key 'PRIMARY'; Error code: 1062; SQLState: 23000",
      "Duplicate entry '...' for key 'PRIMARY'; Error code: 1062; SQLState: 23000",
    ],
    ["cut off: Incorrect integer value: 'e30:sh", "cut off: Incorrect integer value: '...'"],
    [`a trigger says ${KEY.toUpperCase()}`, 'a trigger says ...'],
    [`a trigger says ${KEY}01234567`, 'a trigger says ...'],
    [`a trigger says cached_db_${KEY}_1`, 'a trigger says cached_db_..._1'],
    [`a trigger says ${KEY}-and-more`, 'a trigger says ...-and-more'],
    [`${'A'.repeat(41)} is too long for a key`, '... is too long for a key'],
    [
      `(7, .eJxVjMsOwiAU_Bf-F:1rXyzA:Hn3j0pVsQyJ2k1bT0dEwBqZ7mL5uCfGhI9oKxN4rS6s, x)`,
      '(7, ..., x)',
    ],
    [
      'old data ZjA4OGU1NjJiZTNiOTFhZTYyYjNhZTRhNjU/OTE1YjYyYjNhZTp7Il9h+w== ends',
      'old data ... ends',
    ],
    ['cut off: Key (session_key)=(sec', 'cut off: Key (session_key)=(...)'],
    ['cut off: Failing row contains (7, eyJ1', 'cut off: Failing row contains (...)'],
  ])('holds nothing of a row: %j', (message, expected) => {
    expect(textOf(message)).toBe(expected);
  });

  it('keeps what helps to mend it, and words that are too short for a key', () => {
    const message =
      'abcdefghijklmnopqrstuvwxyz01234 violates constraint "audit_session_id_1f2e3d4c_fk_django_session_session_key" ' +
      'permission denied for table django_session at arn:aws:rds:eu-west-1:123456789012:cluster:shop (5d41402a-bc4b-2a76-b971-9d911017c592)';

    expect(textOf(message)).toBe(message);
  });

  it('holds nothing from beyond its first 20 000 characters', () => {
    const message = `bad\n  Detail: ${'a '.repeat(10_000)}; Hint: ask`;

    expect(textOf(message)).toBe('bad');
  });

  it('is cut to 500 characters, after what has to go', () => {
    const message = `${'word '.repeat(97)}say ${KEY} ${'tail '.repeat(100)}`;

    expect(textOf(message)).toBe(`${'word '.repeat(97)}say ... tail ta`);
  });
});

describe('the remedy', () => {
  it.each([
    'violates foreign key constraint "audit_fk" on table "audit"; SQLState: 23503',
    'fails (`shop`.`audit`, CONSTRAINT `audit_fk` FOREIGN KEY (`a`)); Error code: 1451; SQLState: 23000',
  ])('names the constraint: %s', (message) => {
    expect(read(databaseError(message))).toMatchObject({
      kind: 'refused',
      remedy:
        'constraint "audit_fk": another table refers to the session table: delete the rows that do so first, or let the owner of that table change the constraint, which locks both tables: with ON DELETE CASCADE those rows are deleted with their session, with ON DELETE SET NULL (where the column takes NULL) they stay without it',
    });
  });

  it('names none where there is no remedy', () => {
    const error = databaseError('constraint "a" looked at; SQLState: 40P01');

    expect(read(error).remedy).toBeNull();
  });

  it('names no key for a constraint', () => {
    const error = databaseError(
      'constraint "k3y0abcdefghijklmnopqrstuvwxyz12" broke; SQLState: 23503',
    );

    expect(read(error).remedy).toMatch(/^constraint "\.\.\.": another/);
  });
});
