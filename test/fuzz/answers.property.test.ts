import type { ExecuteStatementCommandOutput, Field } from '@aws-sdk/client-rds-data';
import * as fc from 'fast-check';
import { dataApi } from '../../lambda/data-api/data-api';
import { dialectsFor } from '../../lambda/database/dialects';
import { sessionDatabase } from '../../lambda/database/session-database';
import { SessionPurgeError } from '../../lambda/errors';
import { readSettings } from '../../lambda/input/settings';
import { environment } from '../support/environment';
import { fakeClock } from '../support/fake-clock';
import { requestOf, runPurge } from '../support/run-purge';
import { type Reply, scriptedClient } from '../support/scripted-client';
import { plainSql } from '../support/sent-sql';

const SECRET = 'k3y0abcdefghijklmnopqrstuvwxyz12';

/** What a sound table says of itself. */
const SOUND: Readonly<Record<string, Field>> = {
  wanted: { longValue: 0 },
  now: { stringValue: '2026-11-22T03:17:00.000Z' },
  user: { stringValue: 'purger' },
  database: { stringValue: 'shop' },
  schema: { stringValue: 'public' },
  table: { stringValue: 'django_session' },
  near: { isNull: true },
  kind: { stringValue: 'table' },
  readOnlyBy: { isNull: true },
  searchPath: { stringValue: '["pg_catalog","public"]' },
  owner: { stringValue: 'shop_owner' },
  expireDateType: { stringValue: 'timestamp with time zone' },
  isExpireDateTime: { booleanValue: true },
  isExpireDateNullable: { booleanValue: false },
  hasSessionKey: { booleanValue: true },
  isKeyedBySession: { booleanValue: true },
  hasExpireDateIndex: { booleanValue: true },
  otherIndexes: { stringValue: '' },
  hasStorageOrder: { booleanValue: true },
  hasRowSecurity: { booleanValue: false },
  hidesRows: { booleanValue: false },
  triggers: { stringValue: '' },
  rules: { stringValue: '[]' },
  children: { stringValue: '[]' },
  missingRights: { stringValue: '' },
  hasRange: { booleanValue: true },
  oldest: { stringValue: '2026-01-01T00:00:00Z' },
  newest: { stringValue: '2026-12-01T00:00:00Z' },
};

/** No table is purged unless each of these says just this. */
const PROOFS = [
  'searchPath',
  'readOnlyBy',
  'kind',
  'isExpireDateTime',
  'hasSessionKey',
  'isKeyedBySession',
  'hidesRows',
  'rules',
  'missingRights',
];

const TIMES = ['2026-01-01T00:00:00Z', 'infinity', '-infinity', '275761-01-01', '0000-00-00', 'no'];

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.constant<Field>({ isNull: true }),
  fc.record({ stringValue: fc.oneof(fc.string(), fc.constantFrom(SECRET, '', ...TIMES)) }),
  fc.record({ longValue: fc.oneof(fc.integer(), fc.constantFrom(0, 1, 500, -1, 2 ** 53)) }),
  fc.record({ doubleValue: fc.double() }),
  fc.record({ booleanValue: fc.boolean() }),
  fc.constant<Field>({ blobValue: new Uint8Array(3) }),
  fc.constant<Field>({ arrayValue: { stringValues: [SECRET] } }),
  fc.constant({} as Field),
);

const label = fc.oneof(
  fc.constantFrom('deleted', 'taken', 'next', 'oldest', 'start', 'rows', '__proto__', 'toString'),
  fc.string(),
);

function table(rows: readonly Readonly<Record<string, Field>>[]): Reply {
  return {
    durationMs: 900,
    output: {
      columnMetadata: Object.keys(rows[0] ?? {}).map((name) => ({ label: name })),
      records: rows.map((row) => Object.values(row)),
    },
  };
}

const output: fc.Arbitrary<Partial<ExecuteStatementCommandOutput>> = fc.record(
  {
    columnMetadata: fc.array(fc.record({ label, name: label }, { requiredKeys: [] })),
    records: fc.array(fc.array(field, { maxLength: 20 }), { maxLength: 3 }),
    numberOfRecordsUpdated: fc.oneof(fc.integer(), fc.double()),
  },
  { requiredKeys: [] },
);

/** An answer to a delete that is sound in its shape. */
const deleteAnswer = fc
  .record({ deleted: field, taken: field, next: field }, { requiredKeys: ['deleted', 'taken'] })
  .map((row) => table([row]));

/** An answer to the look for the ends of the next batches that is sound in its shape. */
const endsAnswer = fc
  .array(fc.record({ rows: field, last: field, next: field }), { maxLength: 3 })
  .map(table);

const reply: fc.Arbitrary<Reply> = fc.oneof(
  output.map((of) => ({ durationMs: 900, output: of })),
  fc.array(fc.dictionary(label, field), { maxLength: 3 }).map(table),
  deleteAnswer,
  endsAnswer,
);

async function run(script: readonly Reply[]) {
  const clock = fakeClock(60_000);
  const client = scriptedClient(clock, [...script, ...Array(200).fill({ durationMs: 900 })]);
  const plan = readSettings(environment());
  const api = dataApi(plan, { client, clock, random: () => 0 });
  const database = sessionDatabase(api, dialectsFor('UTC'));
  const request = requestOf([], { tables: plan.tables });
  const { failure } = await runPurge(request, plan, { database, clock });
  const deletes = client.sent.filter(({ input }) =>
    /\bDELETE FROM|^DELETE /.test(plainSql(input.sql)),
  );
  return { failure, deletes };
}

function expectTyped(failure: unknown): void {
  if (failure === null) return;
  expect(failure).toBeInstanceOf(SessionPurgeError);
  expect((failure as Error).message).not.toContain(SECRET);
}

const RUNS = { numRuns: 1500 };

describe("the service's answers, whatever is in them", () => {
  it('end in a typed error, with nothing deleted, where the first one is no proof of a table', () =>
    fc.assert(
      fc.asyncProperty(reply, fc.array(reply), async (first, others) => {
        const { failure, deletes } = await run([first, ...others]);

        expectTyped(failure);
        expect(deletes).toEqual([]);
      }),
      RUNS,
    ));

  it('let nothing be deleted where one column of the proof is not as it should be', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...PROOFS), field, async (column, value) => {
        const isSame =
          JSON.stringify(value) === JSON.stringify(SOUND[column]) ||
          ('booleanValue' in (SOUND[column] ?? {}) &&
            Number(SOUND[column]?.booleanValue) === Number(numberOf(value)));
        const { failure, deletes } = await run([table([{ ...SOUND, [column]: value }])]);

        expect(deletes.length > 0).toBe(isSame);
        if (failure !== null) expect(failure).toBeInstanceOf(SessionPurgeError);
      }),
      RUNS,
    ));

  it('end the run with no more than a typed error, though the table was proved', async () => {
    let deleting = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 9 }), async (others) => {
        const { failure, deletes } = await run([table([SOUND]), ...others]);

        expectTyped(failure);
        deleting += Number(deletes.length > 0);
      }),
      RUNS,
    );

    expect(deleting).toBeGreaterThan(RUNS.numRuns / 10);
  });
});

function numberOf(value: Field): number | boolean {
  return value.booleanValue ?? value.longValue ?? value.doubleValue ?? -1;
}
