import * as sdk from '@aws-sdk/client-rds-data';
import { type FailureKind, isCallError, readFailure } from '../../../lambda/data-api/failures';
import { DatabaseError } from '../../../lambda/errors';
import { networkError, unmodelled } from '../../support/scripted-client';

const ACCESS =
  "the function's role needs rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of your own, kms:Decrypt on it";
const GRANT =
  "GRANT SELECT (expire_date), DELETE on the table to the purge's database user; where the message names another table, a trigger needs a right to that";
const FORM =
  'the service does not take such a request: check the region and the endpoint, then report it as a defect';
const CREDENTIALS =
  'AWS does not know these credentials: check the account, the region and the role';
const EXPIRED =
  'the credentials have expired: the next run gets new ones, a shell needs a new login';
const THROTTLED = 'the account sends the Data API more calls than it takes';
const CLOCK = 'check the clock of the machine that sent it';
const UNREACHABLE =
  'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data';
const TOO_BIG = 'the answer is too big for the Data API: configure fewer tables for one purge';
const LOCKED = 'look for who holds a lock on the table: a schema migration, a stuck transaction';
const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const CERTIFICATE =
  'the certificate of the other side does not hold: look for a proxy in between, and at the clock';
const SECRET = 'check that the secret exists, holds username and password, and may be read';

/** What the SDK gives each exception of the model. */
const said = (message: string, httpStatusCode = 400) => ({
  message,
  $metadata: { httpStatusCode },
});

function read(error: Error) {
  if (!isCallError(error)) throw new Error('not taken for the error of a call');
  return readFailure(error);
}

const databaseError = (message: string) => new sdk.DatabaseErrorException(said(message));

const timeout = { ...said(''), message: 'stopped', dbConnectionId: 7 };

describe("an exception of the service's model", () => {
  const rows: [Error, FailureKind, string | null][] = [
    [new sdk.AccessDeniedException(said('no', 403)), 'final', ACCESS],
    [new sdk.BadRequestException(said('no')), 'final', null],
    [new sdk.DatabaseErrorException(said('no')), 'final', null],
    [
      new sdk.DatabaseNotFoundException(said('no', 404)),
      'final',
      'the cluster has no instance to run on',
    ],
    [new sdk.DatabaseResumingException(said('no')), 'resuming', null],
    [
      new sdk.DatabaseUnavailableException(said('no', 504)),
      'transient',
      'the writer may be failing over',
    ],
    [new sdk.ForbiddenException(said('no', 403)), 'final', ACCESS],
    [
      new sdk.HttpEndpointNotEnabledException(said('no')),
      'final',
      "enable the cluster's Data API; after a rename of the cluster disable it first",
    ],
    [new sdk.InternalServerErrorException(said('no', 500)), 'unknown', null],
    [new sdk.InvalidResourceStateException(said('no')), 'final', 'the cluster may be stopped'],
    [new sdk.InvalidSecretException(said('no')), 'final', SECRET],
    [new sdk.NotFoundException(said('no', 404)), 'final', "check the cluster's ARN"],
    [new sdk.SecretsErrorException(said('no')), 'final', SECRET],
    [
      new sdk.ServiceUnavailableError(said('no', 503)),
      'transient',
      "look at AWS's health dashboard",
    ],
    [new sdk.StatementTimeoutException(timeout), 'too-large', null],
    [new sdk.TransactionNotFoundException(said('no', 404)), 'final', FORM],
    [new sdk.UnsupportedResultException(said('no')), 'final', null],
  ];

  it.each(rows.map(([error, kind, remedy]) => [error.name, kind, error, remedy] as const))(
    '%s is %s',
    (name, kind, error, remedy) => {
      expect(read(error)).toEqual({
        kind,
        code: name,
        sqlState: null,
        text: error.message,
        remedy,
      });
    },
  );

  it('is in this table, whichever it is', () => {
    const modelled = Object.entries(sdk)
      .filter(([, value]) => (value as { prototype?: unknown }).prototype instanceof Error)
      .map(([name]) => name)
      .filter((name) => name !== sdk.RDSDataServiceException.name);

    expect(rows.map(([error]) => error.name).sort()).toEqual(modelled.sort());
  });
});

describe('an exception that the model leaves out', () => {
  it.each<[string, string, number | undefined, FailureKind, string | null]>([
    ['ThrottlingException', 'rate exceeded', 400, 'transient', THROTTLED],
    ['Throttling', 'rate exceeded', 400, 'transient', THROTTLED],
    ['RequestThrottledException', 'rate exceeded', 400, 'transient', THROTTLED],
    ['TooManyRequestsException', 'rate exceeded', 400, 'transient', THROTTLED],
    ['RequestLimitExceeded', 'rate exceeded', 503, 'transient', THROTTLED],
    ['SlowDown', 'rate exceeded', 503, 'transient', THROTTLED],
    ['SomethingNew', 'slow down', 429, 'transient', THROTTLED],
    ['ValidationException', 'member must not be null', 400, 'final', FORM],
    ['UnknownOperationException', 'what', 404, 'final', FORM],
    ['UnrecognizedClientException', 'bad token', 403, 'final', CREDENTIALS],
    ['InvalidClientTokenId', 'bad token', 403, 'final', CREDENTIALS],
    ['MissingAuthenticationTokenException', 'none', 403, 'final', CREDENTIALS],
    ['IncompleteSignature', 'bad', 403, 'final', CREDENTIALS],
    ['InvalidSignatureException', 'bad', 403, 'final', CREDENTIALS],
    ['SignatureDoesNotMatch', 'bad', 403, 'final', CREDENTIALS],
    ['ExpiredTokenException', 'expired', 499, 'final', EXPIRED],
    ['ExpiredToken', 'expired', 403, 'final', EXPIRED],
    ['OptInRequired', 'no', 403, 'final', "the account has no access to this region's service"],
    ['RequestExpired', 'late', 403, 'transient', CLOCK],
    ['RequestInTheFuture', 'early', 403, 'transient', CLOCK],
    ['RequestTimeTooSkewed', 'no', 403, 'transient', CLOCK],
    ['SomethingNew', 'no', 400, 'final', null],
    ['SomethingNew', 'no', 499, 'final', null],
    ['SomethingNew', 'oh', 500, 'unknown', null],
    ['SomethingNew', 'bad gateway', 502, 'unknown', null],
    ['SomethingNew', 'moved', 302, 'unknown', null],
    ['SomethingNew', 'oh', undefined, 'unknown', null],
    ['constructor', 'a name that every object knows', 400, 'final', null],
    ['toString', 'a name that every object knows', 500, 'unknown', null],
  ])('%s (%s, %s) is %s', (name, message, status, kind, remedy) => {
    const failure = read(unmodelled(name, message, status));

    expect(failure).toEqual({ kind, code: name, sqlState: null, text: message, remedy });
  });

  it('is a refusal where the credentials could not be found', () => {
    const error = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });

    expect(read(error)).toMatchObject({
      kind: 'final',
      remedy: 'there are no credentials: a function has those of its role, a shell needs a login',
    });
  });

  it('has a name that holds nothing of a row, either', () => {
    const name = 'k3y0abcdefghijklmnopqrstuvwxyz12';

    expect(read(unmodelled(name, 'no', 400)).code).toBe('...');
  });
});

describe('a clock that was wrong', () => {
  const signed = (error: Error, clockSkewCorrected: boolean) =>
    Object.assign(error, { $metadata: { httpStatusCode: 403, clockSkewCorrected } });

  it.each([
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'AccessDeniedException',
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
    ['SomethingNew', 'final'],
  ])('does not excuse what it has nothing to do with: %s', (name, kind) => {
    expect(read(signed(unmodelled(name, 'no'), true)).kind).toBe(kind);
  });

  it('excuses no signature where the clock was right', () => {
    expect(read(signed(unmodelled('InvalidSignatureException', 'no'), false)).kind).toBe('final');
  });
});

describe('a size that is too much', () => {
  it.each<[string, Error, FailureKind, string | null]>([
    ['the request', databaseError('Packet for query is too large (5 > 4)'), 'too-large', null],
    [
      'the answer',
      new sdk.BadRequestException(said('Database response exceeded size limit')),
      'unknown',
      TOO_BIG,
    ],
    [
      'the answer, in other words',
      databaseError('Database returned more than the allowed response size limit'),
      'unknown',
      TOO_BIG,
    ],
    [
      'the result',
      new sdk.UnsupportedResultException(said('The size was too large')),
      'unknown',
      TOO_BIG,
    ],
    ['something else', new sdk.BadRequestException(said('the size was too large')), 'final', null],
  ])('is told by its words: %s', (_what, error, kind, remedy) => {
    expect(read(error)).toMatchObject({ kind, remedy });
  });
});

describe('words that the service has used for years', () => {
  it.each([
    'Communications link failure: the last packet was not answered',
    'communications link failure',
  ])('is a waking cluster in the words of the first version: %s', (message) => {
    expect(read(new sdk.BadRequestException(said(message)))).toMatchObject({
      kind: 'resuming',
      remedy: null,
    });
  });

  it.each([
    'timed out waiting for the secret',
    'Timeout while reading the secret',
    'request time out',
  ])('passes where the secret was not read in time: %s', (message) => {
    expect(read(new sdk.SecretsErrorException(said(message)))).toMatchObject({
      kind: 'transient',
      remedy: SECRET,
    });
  });
});

describe('an error of the network', () => {
  const timedOut = (message: string) => networkError('ETIMEDOUT', message, 'TimeoutError');

  it.each<[string, Error, FailureKind, string]>([
    ['a refused connection', networkError('ECONNREFUSED', 'no'), 'transient', 'ECONNREFUSED'],
    ['an unknown host', networkError('ENOTFOUND', 'no'), 'transient', 'ENOTFOUND'],
    ['a resolver that is busy', networkError('EAI_AGAIN', 'no'), 'transient', 'EAI_AGAIN'],
    ['no way to the network', networkError('ENETUNREACH', 'no'), 'transient', 'ENETUNREACH'],
    ['no way to the host', networkError('EHOSTUNREACH', 'no'), 'transient', 'EHOSTUNREACH'],
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

    expect(read(error)).toMatchObject({ kind, code, text: error.message, remedy });
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

  it('is a lost answer where the answer could not be read', () => {
    const error = Object.assign(new SyntaxError('Unexpected token <'), {
      $metadata: { httpStatusCode: 200 },
    });

    expect(read(error)).toMatchObject({ kind: 'unknown', code: 'SyntaxError' });
  });
});

describe('isCallError', () => {
  it.each<[string, unknown, boolean]>([
    ['an exception of the service', new sdk.ForbiddenException(said('no')), true],
    ['an error of the network', networkError('ECONNRESET', 'no'), true],
    ['one that the SDK never saw', Object.assign(new Error('no'), { code: 'EPIPE' }), true],
    ['an error of this function, even with a code', new DatabaseError('no', 'X'), false],
    ['a mistake in the code', new TypeError('x is not a function'), false],
    ['something thrown that is no error', { code: 'ECONNRESET' }, false],
    ['nothing', undefined, false],
  ])('tells what came from a call: %s', (_name, error, expected) => {
    expect(isCallError(error)).toBe(expected);
  });
});

describe("the database's own error", () => {
  it.each<[string, FailureKind, string | null]>([
    ['ERROR: deadlock detected; SQLState: 40P01', 'transient', '40P01'],
    ['ERROR: canceling statement due to user request; SQLState: 57014', 'too-large', '57014'],
    ['ERROR: syntax error at or near "x"\n  Position: 8; SQLState: 42601', 'final', '42601'],
    ['ERROR: nobody knows', 'final', null],
    ['ERROR: SQLState: 4', 'final', null],
  ])('is judged by its SQLSTATE: %s', (message, kind, sqlState) => {
    expect(read(databaseError(message))).toMatchObject({ kind, sqlState, text: message });
  });

  it.each<[string, FailureKind, string | null, string | null]>([
    ['Too many connections; Error code: 1040; SQLState: 08004', 'transient', '08004', CONNECTIONS],
    ['Lock wait timeout exceeded; Error code: 1205; SQLState: HY000', 'transient', 'HY000', LOCKED],
    ['Deadlock found; Error code: 1213; SQLState: 40001', 'transient', '40001', null],
    ['Server shutdown in progress; Error code: 1053; SQLState: 08S01', 'unknown', '08S01', null],
    ['Connection was killed; Error code: 1927; SQLState: 70100', 'unknown', '70100', null],
    ['Query was interrupted; Error code: 1317; SQLState: 70100', 'too-large', '70100', null],
    ['DELETE command denied; Error code: 1142; SQLState: 42000', 'final', '42000', GRANT],
    ['error in your SQL syntax; Error code: 1064; SQLState: 42000', 'final', '42000', null],
    ['Nobody knows; Error code: 9999; SQLState: 40001', 'transient', '40001', null],
    ['Nobody knows; Error code: 9999', 'final', null, null],
    ['Database error code: 1213. Message: Deadlock found', 'transient', null, null],
    ['Database error code: 1142. Message: DELETE command denied', 'final', null, GRANT],
    ['ERROR CODE: 1205', 'transient', null, LOCKED],
    ['Error code: none', 'final', null, null],
  ])("is judged by MySQL's number before its SQLSTATE: %s", (message, kind, sqlState, remedy) => {
    expect(read(databaseError(message))).toEqual({
      kind,
      code: 'DatabaseErrorException',
      sqlState,
      text: message,
      remedy,
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
    const error = new sdk.DatabaseErrorException(said('nobody knows', 500));

    expect(read(error).kind).toBe('final');
  });

  it.each(['SQLState: 40P01', 'Error code: 1213'])(
    'counts only in an exception of the database: %s',
    (message) => {
      expect(read(new sdk.ForbiddenException(said(message))).kind).toBe('final');
    },
  );
});

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
    expect(read(databaseError(message)).text).toBe(expected);
  });

  it('keeps what helps to mend it, and words that are too short for a key', () => {
    const message =
      'abcdefghijklmnopqrstuvwxyz01234 violates constraint "audit_session_id_1f2e3d4c_fk_django_session_session_key" ' +
      'permission denied for table django_session at arn:aws:rds:eu-west-1:123456789012:cluster:shop (5d41402a-bc4b-2a76-b971-9d911017c592)';

    expect(read(databaseError(message)).text).toBe(message);
  });

  it('holds nothing from beyond its first 20 000 characters', () => {
    const message = `bad\n  Detail: ${'a '.repeat(10_000)}; Hint: ask`;

    expect(read(databaseError(message)).text).toBe('bad');
  });

  it('is cut to 500 characters, after what has to go', () => {
    const message = `${'word '.repeat(97)}say ${KEY} ${'tail '.repeat(100)}`;

    expect(read(databaseError(message)).text).toBe(`${'word '.repeat(97)}say ... tail ta`);
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
        'constraint "audit_fk": another table refers to the session table: delete the rows that do so first, or give the constraint ON DELETE CASCADE',
    });
  });

  it('names none where there is no remedy', () => {
    const error = databaseError('constraint "a" looked at; SQLState: 42601');

    expect(read(error).remedy).toBeNull();
  });

  it('names no key for a constraint', () => {
    const error = databaseError(
      'constraint "k3y0abcdefghijklmnopqrstuvwxyz12" broke; SQLState: 23503',
    );

    expect(read(error).remedy).toMatch(/^constraint "\.\.\.": another/);
  });
});
