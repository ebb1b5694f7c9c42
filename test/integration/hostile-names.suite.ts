import { randomUUID } from 'node:crypto';
import type { Finding } from '../../contract/report';
import { nameOf } from '../../contract/table-name';
import type { SessionTable } from '../../local/django-table';
import { checkUp } from '../support/checkup';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

/** Names that the tables setting takes in double quotes. */
const FOR_THE_SETTING = [
  ...['a"b', '""', "it's", "'", 'back`tick', '``', 'back\\slash', '\\', 'U&"\\0041', 'a.b', '"."'],
  ...[
    'a, b',
    ', ',
    'with a blank',
    ' before',
    '(x)',
    ') OR (1=1',
    '100%',
    '%s',
    'a_b',
    '$1',
    '?',
    '--',
    '/*',
  ],
  ...[
    '; DROP TABLE users',
    'SELECT (session_data)',
    'UPDATE (session_key)',
    'DELETE',
    'séance',
    'SÉANCE',
  ],
  ...['MiXed', 'mixed', '表', 'x'.repeat(63), 'é'.repeat(31)],
];

/** Names that only a pattern finds, in the place of a schema. */
const FOR_A_PATTERN = ['a:b', ':schema0', '::text', 'two\nlines', 'a\ttab', '*'];

/** A schema whose name has as much of this in it as the server takes. */
const schemaLike = (name: string) => (name.endsWith(' ') ? 'plain' : name.slice(0, 12));

const USERS = [
  'o"m\'e',
  "it's",
  "'",
  'a`b',
  'x@y',
  'back\\slash',
  'a:b',
  'two words',
  'séance',
  'x; y',
];

/** A few at a time, so that each report has room for all that is wrong. */
const inParts = (names: readonly string[]): [string[]][] =>
  Array.from({ length: Math.ceil(names.length / 7) }, (_, at) => [names.slice(7 * at, 7 * at + 7)]);

/** What is wrong with a table, and how a test brings it about. */
export interface HostileFacts {
  /** What keeps a run from the table. */
  obstacles(quoted: string, account: string): readonly string[];
  /** What a run warns of, and what the check-up alone does. */
  warnings(quoted: string, account: string): readonly string[];
  /** A user as a statement takes it. */
  account(user: string): string;
  createUser(account: string, password: string): readonly string[];
  dropUser(account: string): readonly string[];
  /** Names that the server does not take. */
  readonly untaken: readonly string[];
  /** Statements that somebody pastes, one after the other. */
  paste(sql: string): readonly string[];
}

const isBad = ({ state }: Finding) => state === 'failing' || state === 'warning';

/** A check-up of names that would end their quotes, their statement or their pattern. */
export function describeHostileNames(engine: Engine, facts: HostileFacts): void {
  const bed = purgeBed(engine);
  const purger = engine.account('purger');
  const revoked = (quoted: string) => [`REVOKE DELETE ON ${quoted} FROM ${purger}`];
  const takes = (name: string) => !facts.untaken.includes(name);

  const prepare = async (table: Required<SessionTable>) => {
    await bed.createTable(table);
    await bed.grant(table);
    const rows = [
      { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
    ];
    await bed.insert(rows, table);
  };

  /** Each table is found, and what is wrong with it is mended by what the check-up says. */
  async function expectMended(
    tables: readonly Required<SessionTable>[],
    setting: string,
    obstacles: HostileFacts['obstacles'],
  ) {
    const env = { SESSION_PURGE_TABLES: setting };
    const names = tables.map(nameOf).sort();
    const tablesIn = (findings: readonly Finding[]) => [
      ...new Set(findings.flatMap(({ table }) => table ?? [])),
    ];
    const well = await checkUp(bed, env);
    expect(well.report.findings.filter(isBad)).toEqual([]);
    for (const breaking of [obstacles, facts.warnings]) {
      for (const table of tables)
        for (const statement of breaking(bed.quoted(table), purger)) await bed.query(statement);
      const { report } = await checkUp(bed, env);
      const bad = report.findings.filter(isBad);
      expect(tablesIn(bad).sort()).toEqual(names);
      const excess = bad.find(({ requirement }) => requirement.startsWith('least privilege'));
      if (breaking === facts.warnings)
        expect(excess?.detail).toMatch(
          / has SELECT \(session_data\), UPDATE \(session_key(, expire_date)?\), INSERT, by itself/,
        );
      for (const { fix } of bad)
        for (const statement of facts.paste(fix ?? '')) await bed.query(statement);
      const mended = await checkUp(bed, env);
      expect(mended.report.findings.filter(isBad)).toEqual([]);
    }
    const purged = await bed.purge(env);
    expect(purged.error).toBeUndefined();
    expect(purged.report?.rowsDeleted).toBe(tables.length);
  }

  it.each(inParts(FOR_THE_SETTING.filter(takes)))(
    'the tables %j are found, told and mended',
    async (names) => {
      const tables = [];
      for (const name of names) {
        const table = { schema: await bed.createSchema(schemaLike(name)), table: name };
        await prepare(table);
        tables.push(table);
      }

      await expectMended(tables, tables.map(nameOf).join(), facts.obstacles);
    },
  );

  it('tables in schemas of such names, found by a pattern, are told and mended', async () => {
    // On MySQL the schemas of other tests are in sight.
    const table = `t_${randomUUID().slice(0, 8)}`;
    const tables = [];
    for (const name of FOR_A_PATTERN.filter(takes)) {
      tables.push({ schema: await bed.createSchema(name), table });
      await prepare({ schema: tables.at(-1)?.schema ?? '', table });
    }

    await expectMended(tables, `*.${table}`, revoked);
  });

  it.each(USERS)('the user %j is told and mended', async (username) => {
    const account = facts.account(username);
    const login = { username, password: randomUUID() };
    for (const statement of facts.createUser(account, login.password)) await bed.query(statement);
    await bed.grant({}, username);
    const service = await bed.serve({ purger: login });
    const expectFixed = async (requirement: string, broken: string) => {
      await bed.query(broken);
      const { finding } = await checkUp(bed, {}, service);
      expect(finding(requirement)?.detail).toContain(`user "${engine.user(username)}" `);
      expect(finding(requirement)?.state).toMatch(/^(failing|warning)$/);
      for (const statement of facts.paste(finding(requirement)?.fix ?? ''))
        await bed.query(statement);
      const mended = await checkUp(bed, {}, service);
      expect(mended.finding(requirement)?.state).toBe('ok');
    };
    try {
      await expectFixed('rights', `REVOKE DELETE ON ${bed.quoted()} FROM ${account}`);
      await expectFixed('least privilege', `GRANT INSERT ON ${bed.quoted()} TO ${account}`);
    } finally {
      for (const statement of facts.dropUser(account)) await bed.query(statement);
    }
  });
}
