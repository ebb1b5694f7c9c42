import type { Call, Fault } from '../../../local/data-api-server/index';
import type { Invoked } from '../../support/deployed-function';
import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { plainSql } from '../../support/sent-sql';

const LONG_AGO = '2020-07-11T19:20:40Z';

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  describe('a delete that fails', () => {
    const isDelete = ({ input }: Call) => plainSql(input.sql).startsWith('DELETE');

    async function purgeWithFirstDelete(fault: Fault): Promise<Invoked> {
      await bed.insert([{ sessionKey: 'old', expireDate: LONG_AGO }]);
      let isFirst = true;
      const faulty = await bed.serve({
        onCall: (call) => {
          if (!isFirst || !isDelete(call)) return undefined;
          isFirst = false;
          return fault;
        },
      });
      return bed.purge(bed.environmentOf(faulty));
    }

    const databaseError = (message: string): Fault => ({
      answer: { error: 'DatabaseErrorException', message },
    });

    it.each([
      ['a deadlock', 'Deadlock found; Error code: 1213; SQLState: 40001', { retries: 1 }],
      ['a lock timeout', 'Lock wait timeout; Error code: 1205; SQLState: HY000', { retries: 0 }],
      ['a failover', 'running with --read-only; Error code: 1290; SQLState: HY000', { retries: 1 }],
      ['a read-only server', 'read only mode; Error code: 1836; SQLState: HY000', { retries: 1 }],
      ['a killed statement', 'interrupted; Error code: 1317; SQLState: 70100', { retries: 0 }],
      [
        'a killed connection',
        'Communications link failure; Error code: 0; SQLState: 08S01',
        { unknownOutcomes: 1 },
      ],
    ])('by %s does not end the run', async (_what, message, expected) => {
      const { report } = await purgeWithFirstDelete(databaseError(message));

      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1, ...expected });
      expect(await bed.keysLeft()).toEqual([]);
    });

    it('since its table was dropped meanwhile ends the run, and the error says so', async () => {
      await bed.insert([{ sessionKey: 'old', expireDate: LONG_AGO }]);
      const dropping = await bed.serve({
        async onCall(call) {
          if (isDelete(call)) await bed.query('DROP TABLE IF EXISTS django_session');
          return undefined;
        },
      });

      const { error } = await bed.purge(bed.environmentOf(dropping));

      expect(error?.errorMessage).toMatch(/^statement failed: .* doesn't exist; Error code: 1146/);
      expect(dropping.calls.filter(isDelete)).toHaveLength(2);
    });

    it('since the database does not exist ends the run, and the error names it', async () => {
      const { error } = await bed.purge({ SESSION_PURGE_DATABASE: 'nowhere' });

      expect(error?.errorMessage).toMatch(
        /^statement failed: DatabaseErrorException: .*nowhere.*$/,
      );
      expect(error?.errorMessage).not.toMatch(/understands neither/);
    });

    it('since its connection was killed is counted once, and loses no row', async () => {
      await bed.insert([{ sessionKey: 'old', expireDate: LONG_AGO }]);
      const application = await bed.begin('SELECT 1 FROM django_session FOR UPDATE');

      const run = bed.purge();
      for (const id of await bed.untilOneWaits(run)) await bed.query(`KILL ${id}`);
      await application.end('ROLLBACK');
      const { report, error } = await run;

      expect(error).toBeUndefined();
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(await bed.keysLeft()).toEqual([]);
    });
  });
});
