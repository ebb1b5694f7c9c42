import type { Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { plainSql } from '../support/sent-sql';

const KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';
const DATA = 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:the-data-of-a-session';

/** What a run may never say; `quoted` is an error of the engine that quotes the row of a session, `$1` its key. */
export function describeSecrecy(engine: Engine, quoted: string): void {
  const bed = purgeBed(engine);

  beforeEach(() =>
    bed.insert([
      { sessionKey: KEY, sessionData: DATA, expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', sessionData: DATA, expireDate: '2096-07-25T13:50:10Z' },
    ]),
  );

  function expectNoSecretIn({ report, error, output }: Invoked): void {
    const calls = bed.dataApi.calls.map(({ input }) => input);
    const said = JSON.stringify([report, error, output, calls]);
    for (const secret of [KEY, DATA, ...bed.passwords]) expect(said.includes(secret)).toBe(false);
  }

  describe('no session key, no session data and no password is said', () => {
    it('by a purge', async () => {
      const invoked = await bed.purge();

      expect(invoked.report).toMatchObject({ rowsDeleted: 1 });
      expectNoSecretIn(invoked);
    });

    it('by a dry run', async () => {
      const invoked = await bed.purge({}, { dryRun: true });

      expect(invoked.report?.tables[0]).toMatchObject({ rowsExpired: 1 });
      expectNoSecretIn(invoked);
    });

    it('by a purge that a foreign key stops', async () => {
      await bed.query(
        'CREATE TABLE profile (session varchar(40), CONSTRAINT visits FOREIGN KEY (session) REFERENCES django_session (session_key))',
      );
      await bed.query(`INSERT INTO profile VALUES ('${KEY}')`);

      const invoked = await bed.purge();

      expect(invoked.error?.errorMessage).toMatch(/foreign key constraint.*visits/);
      expect(invoked.error?.errorMessage).toMatch(/SQLState: 23/);
      expectNoSecretIn(invoked);
    });

    it('by an error that quotes the row', async () => {
      const message = quoted.replace('$1', KEY);
      const faulty = await bed.serve({
        onCall: ({ input }) =>
          /\bDELETE FROM/.test(plainSql(input.sql))
            ? { answer: { error: 'DatabaseErrorException', message } }
            : undefined,
      });

      const invoked = await bed.purge(bed.environmentOf(faulty));

      expect(invoked.error?.errorMessage).toContain('visits');
      expectNoSecretIn(invoked);
    });
  });
}
