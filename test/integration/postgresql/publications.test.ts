import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

const REQUIREMENT = 'publications (public.django_session)';

const AS_OWNER = 'as the owner of the table \\("postgres"\\): ALTER TABLE public\\.django_session';
const UNPUBLISHED =
  'so that subscribers keep the rows, as the owner of the publication \\("postgres"\\): ALTER PUBLICATION';

/** PostgreSQL takes no such key for a replica identity. */
const DEFERRED_KEY = [
  'ALTER TABLE django_session DROP CONSTRAINT django_session_pkey',
  'ALTER TABLE django_session ADD PRIMARY KEY (session_key) DEFERRABLE',
];

/** What keeps rows, and the SQL that the remedy has, each part of which is enough. */
const CASES: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a publication of a table with a primary key and no identity',
    [
      'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
      'CREATE PUBLICATION "every thing" FOR ALL TABLES',
    ],
    new RegExp(
      `here ${AS_OWNER} REPLICA IDENTITY DEFAULT; or, ${UNPUBLISHED} "every thing" SET \\(publish = 'insert, update, truncate'\\)$`,
    ),
  ],
  [
    'one of a table with a key that is deferred, and a unique index',
    [
      ...DEFERRED_KEY,
      'CREATE UNIQUE INDEX "by key" ON django_session (session_key)',
      "CREATE PUBLICATION deletes FOR TABLE django_session WITH (publish = 'insert, delete')",
    ],
    new RegExp(
      `${AS_OWNER} REPLICA IDENTITY USING INDEX "by key"; or, ${UNPUBLISHED} deletes SET \\(publish = 'insert'\\)$`,
    ),
  ],
  [
    'one of a table with no other key than one that is deferred',
    [
      ...DEFERRED_KEY,
      'CREATE UNIQUE INDEX partly ON django_session (session_key) WHERE session_data IS NOT NULL',
      'CREATE PUBLICATION deletes FOR TABLE django_session',
    ],
    new RegExp(`${AS_OWNER} REPLICA IDENTITY FULL; or, ${UNPUBLISHED} deletes SET `),
  ],
  [
    'one whose WHERE does not fit',
    ["CREATE PUBLICATION recent FOR TABLE django_session WHERE (expire_date > '2026-01-01')"],
    new RegExp(`here ${AS_OWNER} REPLICA IDENTITY FULL; or, ${UNPUBLISHED} recent SET `),
  ],
  [
    'one whose list of columns does not fit',
    ['CREATE PUBLICATION dates FOR TABLE django_session (expire_date)'],
    new RegExp(`here ${UNPUBLISHED} dates SET \\(publish = 'insert, update, truncate'\\)$`),
  ],
  [
    'two of them',
    [
      'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
      'CREATE PUBLICATION one FOR TABLE django_session',
      'CREATE PUBLICATION two FOR TABLE django_session',
    ],
    /ALTER PUBLICATION one SET .*; as the owner of the publication \("postgres"\): ALTER PUBLICATION two SET /,
  ],
];

const WAYS = ['ALTER TABLE', 'ALTER PUBLICATION'];

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);
  const cases = CASES.flatMap(([what, ...rest]) =>
    WAYS.map((way) => [what, way, ...rest] as const),
  );

  it.each(cases)(
    'the check-up and the run have the SQL that lets rows go: %s, by %s',
    async (_what, way, statements, remedy) => {
      await bed.insert([{ sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' }]);
      for (const statement of statements) await bed.query(statement);

      const { finding } = await checkUp(bed);
      const { error } = await bed.purge();
      const { state, fix } = finding(REQUIREMENT) ?? {};
      const mending = String(fix)
        .split('; here ')[1]
        ?.match(new RegExp(`${way} .*?(?=; |$)`, 'g'));
      for (const statement of mending ?? []) await bed.query(statement);
      const mended = await checkUp(bed);

      expect({ state, fix }).toEqual({ state: 'failing', fix: expect.stringMatching(remedy) });
      expect(error?.errorMessage).toContain(`; ${fix}`);
      expect(mended.finding(REQUIREMENT)?.state).toBe(mending ? 'ok' : 'failing');
      expect((await bed.purge()).report?.rowsDeleted ?? 0).toBe(mending ? 1 : 0);
    },
  );
});
