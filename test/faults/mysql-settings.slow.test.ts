import { createConnection } from 'mysql2/promise';
import { MYSQL } from '../support/engines';
import { FAST_CLOCK } from '../support/fast-clock';
import { purgeBed } from '../support/purge-bed';
import { offerTestMariadb, testMariadb } from '../support/test-mariadb';
import { describeProvoked } from './provoked.suite';

const PURGER = MYSQL.account('purger');

/** Settings of the server and of the user, which the tests of other files must not meet: this file has its own server. */
MYSQL.describe(() => {
  let server: Awaited<ReturnType<typeof offerTestMariadb>>;

  beforeAll(async () => {
    server = await offerTestMariadb(['--log-bin', '--binlog-format=STATEMENT']);
  });

  afterAll(() => server.stop());

  /** Sets the isolation of all connections from now on. */
  const isolate = (as: string) => `SET GLOBAL tx_isolation = '${as}'`;

  describeProvoked(MYSQL, [
    {
      what: 'a binary log of statements',
      statements: () => [isolate('READ-COMMITTED')],
      says: /impossible to write to binary log since BINLOG_FORMAT = STATEMENT .*Error code: 1665/,
      remedy: 'set binlog_format to ROW or MIXED in the parameter group of the cluster',
    },
  ]);

  describe('a user who has no connection to spare', () => {
    const bed = purgeBed(MYSQL);

    it('is told of the limit after one budget', async () => {
      const { host, port, purger } = await testMariadb();
      const { username: user, password } = purger;
      // Undoes what the test above has set, which no INSERT passes here.
      await bed.query(isolate('REPEATABLE-READ'));
      await bed.query(`ALTER USER ${PURGER} WITH MAX_USER_CONNECTIONS 1`);
      const other = await createConnection({ host, port, user, password });

      const { error } = await bed.purge(FAST_CLOCK);
      await other.end();
      await bed.query(`ALTER USER ${PURGER} WITH MAX_USER_CONNECTIONS 0`);

      expect(error?.errorMessage).toMatch(
        /^statement failed after \d\d attempts .*has exceeded the 'max_user_connections' resource .*Error code: 1226; .*; raise the limit of the purge's database user that the message names$/,
      );
      expect(bed.dataApi.calls.length).toBeLessThanOrEqual(23);
    });
  });

  // Last, since only another password makes the user a useful one again.
  describeProvoked(MYSQL, [
    {
      what: 'a user whose password has expired',
      statements: () => [`ALTER USER ${PURGER} PASSWORD EXPIRE`],
      says: /must SET PASSWORD before executing this statement; Error code: 1820/,
      remedy: `--secret-string '{"username":"...","password":"..."}'`,
    },
  ]);
});
