import { escape as literal } from 'mysql2';
import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { plainSql } from '../../support/sent-sql';

const CUTOFF = '2020-07-12T00:00:00.000Z';

const INSERT = `INSERT INTO django_session VALUES ('new', '', '2020-07-13 00:00:00')`;

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL, { statementTimeoutMs: 1000 });

  const fill = () =>
    bed.insert([
      { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', expireDate: '2020-07-25T13:50:10Z' },
    ]);

  beforeEach(fill);

  /** Runs a statement as the application does; returns the number of MySQL's error, if there is one. */
  async function asTheApplication(statement: string): Promise<unknown> {
    const application = await bed.begin('SET SESSION innodb_lock_wait_timeout = 1');
    const error = await application.query(statement).then(
      () => null,
      ({ errno }) => errno,
    );
    await application.end('COMMIT');
    return error;
  }

  /** The last statement of a kind that the function sent, with its parameters in place. */
  function lastSent(kind: RegExp): string {
    const { input } =
      bed.dataApi.calls.filter(({ input }) => kind.test(plainSql(input.sql))).at(-1) ?? {};
    const parameters = (input?.parameters ?? []) as {
      name: string;
      value: { stringValue?: string };
    }[];
    const values = Object.fromEntries(
      parameters.map(({ name, value }) => [name, value.stringValue]),
    );
    return plainSql(input?.sql).replace(/:(\w+)/g, (_, name) => literal(values[name]));
  }

  describe('the last batch', () => {
    it('locks no gap in which a new session would be inserted', async () => {
      await bed.purge({}, { cutoff: CUTOFF });
      await bed.query('DELETE FROM django_session');
      await fill();

      const deletion = await bed.begin(lastSent(/^DELETE/));
      const error = await asTheApplication(INSERT);
      await deletion.end('COMMIT');

      expect(error).toBeNull();
      expect(await bed.keysLeft()).toEqual(['live', 'new']);
    });

    it('would lock it with a limit that the rows do not fill: this test can tell', async () => {
      const deletion = await bed.begin(
        "DELETE FROM django_session WHERE expire_date < '2020-07-12 00:00:00' ORDER BY expire_date LIMIT 5000",
      );
      const error = await asTheApplication(INSERT);
      await deletion.end('COMMIT');

      expect(error).toBe(1205);
    });
  });

  it('a question for locks takes none of a live session, and no gap before it', async () => {
    const holder = await bed.begin(
      "SELECT * FROM django_session WHERE session_key = 'expired' FOR UPDATE",
    );
    await bed.purge({}, { cutoff: CUTOFF });
    await holder.end('COMMIT');

    const question = await bed.begin(lastSent(/FOR UPDATE NOWAIT/));
    const errors = [
      await asTheApplication(INSERT),
      await asTheApplication(
        "UPDATE django_session SET session_data = 'x' WHERE session_key = 'live'",
      ),
      await asTheApplication("DELETE FROM django_session WHERE session_key = 'expired'"),
    ];
    await question.end('COMMIT');

    expect(errors).toEqual([null, null, 1205]);
  });
});
