import fc from 'fast-check';
import { SessionPurgeStack, type SessionPurgeStackProps } from '../../lib';
import { ContextError } from '../../lib/context-error';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { fleetOf, readFleet } from '../../lib/fleet-file';
import { readPurges } from '../../lib/purge-context';
import { CLUSTER_ARN, newApp, SECRET_ARN } from './synthesized';

const required = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };

/** What the reader says: nothing, or the message of its own kind of error; any other kind is thrown on. */
function told(read: () => unknown): string {
  try {
    read();
    return '';
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    return error.message;
  }
}

const inContext = (values: object) => told(() => readPurges({ ...required, ...values }));
const inList = (values: unknown) => told(() => readPurges({ purges: [values] }));
const inFleet = (file: unknown) => told(() => readFleet(file, 'fleet.json'));

/** `{"a":{"a":...}}`, too deep for JSON to be written. */
function deep(): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < 100_000; level++) value = { a: value };
  return value;
}

const ownKey = (key: string): object => JSON.parse(`{${JSON.stringify(key)}:{"database":"x"}}`);

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('the key %s', (key) => {
  it('is one that nobody knows, wherever it stands', () => {
    const unknown = `${key} is unknown`;

    expect(inContext(ownKey(key))).toContain(unknown);
    expect(inList({ ...required, name: 'shop', ...ownKey(key) })).toContain(unknown);
    expect(inFleet({ ...ownKey(key), purges: [{ ...required, name: 'shop' }] })).toContain(unknown);
    expect(inFleet({ defaults: ownKey(key), purges: [{ name: 'shop' }] })).toContain(unknown);
    expect(inFleet({ purges: [{ ...required, name: 'shop', ...ownKey(key) }] })).toContain(unknown);
  });

  it('lends nothing to what is read: a database stays missing', () => {
    const { database: _, ...rest } = required;

    expect(told(() => readPurges({ ...rest, ...ownKey(key) }))).toContain('database is not set');
    expect({}).not.toHaveProperty('database');
  });
});

const KEYS = Object.keys(CONTEXT_SETTINGS);

describe('values nested too deeply', () => {
  it.each(KEYS)('are refused as %s', (key) => {
    const message = inContext({ [key]: deep() });

    expect(message).toContain(`${key} must be`);
    expect(message.length).toBeLessThan(2000);
  });

  it('are refused as purges, a purge, a fleet', () => {
    expect(told(() => readPurges({ purges: deep() }))).toContain('purges must be a list');
    expect(inList([deep()])).toContain('purges[0] must be an object');
    expect(inFleet({ purges: deep() })).toContain('purges must be a list');
    expect(inFleet({ defaults: { database: deep() }, purges: [required] })).toContain(
      'defaults: database must be text, got a deep object',
    );
    expect(told(() => fleetOf({ fleet: deep() }))).toContain('fleet must be the path of a file');
  });
});

describe('huge values', () => {
  const huge = 'a'.repeat(1_000_000);

  it.each(KEYS)('are refused as %s, and not repeated', (key) => {
    const message = inContext({ [key]: huge });

    expect(message).toContain(`${key} must `);
    expect(message.length).toBeLessThan(2000);
  });

  it('are refused as a key', () => {
    const message = inContext({ [huge]: '' });

    expect(message).toMatch(/ {2}a{40}\.\.\. is unknown\n/);
    expect(message.length).toBeLessThan(2000);
  });

  it('are refused as a number', () => {
    expect(inContext({ graceSeconds: '9'.repeat(400) })).toContain('graceSeconds must be');
    expect(inContext({ maxBatchSize: Number.MAX_VALUE })).toContain('maxBatchSize must be');
  });

  it('are refused as a list of very many purges with one name', () => {
    const purges = Array.from({ length: 20_000 }, () => ({ ...required, name: 'shop' }));

    expect(told(() => readPurges({ purges })).length).toBeGreaterThan(0);
    expect(inFleet({ purges })).toContain('purges must be 500 at most, got 20000');
  });
});

describe('numbers that are none', () => {
  it.each(['', ' 1', '1 ', '0x10', '1e3', '+1', '-', '1.', '.5', 'NaN', 'Infinity', '١'])(
    'are refused: %j',
    (text) => {
      expect(inContext({ maxBatchSize: text })).toContain(
        `maxBatchSize must be a whole number from 1 to 100000, got ${JSON.stringify(text)}`,
      );
    },
  );
});

/** As the CDK writes a value that only the deployment knows. */
const MARK = ['$', '{Token[AWS.AccountId.0]}'].join('');

describe('what looks like a value of the deployment', () => {
  it.each(KEYS)('is refused as %s', (key) => {
    const message = inContext({ [key]: MARK });

    expect(message).toContain(`${key} must be plain text without "\${Token[", got `);
  });
});

describe('what is accepted', () => {
  it.each<object>([
    { database: '`"<script>\\\u0000\u{1F600}{{resolve:x}}' },
    { schedule: `rate(${'9'.repeat(400)} days)` },
    { schedule: 'cron(0/7 1-2,22-3 LW JAN,3 ? 2030-2199)' },
    { schedule: 'cron(* * * * ? *)', timeoutSeconds: 60 },
    { tables: Array.from({ length: 100 }, (_, index) => `tenant_${index}.django_session`) },
    { graceSeconds: 0, maxBacklogDays: 3650, maxCpuPercent: 99.999, logRetentionDays: '9999' },
  ])('can be synthesized: %j', (given) => {
    const [purge] = readPurges({ ...required, ...given });
    const app = newApp();
    new SessionPurgeStack(app, 'Stack', purge?.props as SessionPurgeStackProps);

    expect(() => app.synth()).not.toThrow();
  });
});

describe('whatever is configured', () => {
  const key = fc.oneof(
    fc.constantFrom(...Object.keys(required), 'name', 'tables', 'purges', 'schedule', 'alarms'),
    fc.string(),
  );
  const values = fc.dictionary(key, fc.jsonValue());

  it('is read, or refused by an error of its own kind', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (some, whole) => {
        const base = whole ? required : {};

        expect(typeof told(() => readPurges({ ...base, ...some }))).toBe('string');
        expect(typeof inFleet({ ...some, purges: [{ ...base, name: 'shop', ...some }] })).toBe(
          'string',
        );
        expect(typeof inFleet({ defaults: some, purges: [some] })).toBe('string');
      }),
      { numRuns: 250 },
    );
  });
});
