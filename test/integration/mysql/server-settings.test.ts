import { createConnection } from 'mysql2/promise';
import { checkUp } from '../../support/checkup';
import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { offerTestMariadb, testMariadb } from '../../support/test-mariadb';
import { describeSameFacts } from '../same-facts.suite';

/** Settings of the whole server, which the tests of other files must not meet: so this file has a server of its own. */
MYSQL.describe(() => {
  let server: Awaited<ReturnType<typeof offerTestMariadb>>;

  const send = async (sql: string) => {
    const { host, port, superuser } = await testMariadb();
    const { username: user, password } = superuser;
    const connection = await createConnection({ host, port, user, password });
    await connection.query(sql);
    await connection.end();
  };

  const set = (name: string, value: string) => send(`SET GLOBAL ${name} = ${value}`);

  beforeAll(async () => {
    server = await offerTestMariadb();
  });

  afterEach(async () => {
    for (const name of ['read_only', 'tx_read_only', 'max_join_size', 'sql_safe_updates'])
      await set(name, 'DEFAULT');
    await send("REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'purger'@'%'");
    await send('DROP ROLE IF EXISTS reading');
  });

  afterAll(() => server.stop());

  const NO_RIGHTS = "REVOKE ALL ON django_session FROM 'purger'@'%'";

  describeSameFacts(MYSQL, [
    {
      name: 'a right to delete that only others have, which the user sees',
      requirement: 'rights',
      statements: [
        NO_RIGHTS,
        "GRANT SELECT ON django_session TO 'purger'@'%'",
        "GRANT SELECT ON mysql.* TO 'purger'@'%'",
      ],
    },
    {
      name: 'a role that may only read',
      requirement: 'rights',
      isRefusal: true,
      statements: [
        NO_RIGHTS,
        'CREATE ROLE reading',
        'GRANT SELECT ON django_session TO reading',
        "GRANT reading TO 'purger'@'%'",
        "SET DEFAULT ROLE reading FOR 'purger'@'%'",
      ],
    },
    {
      name: 'a right to delete in many schemas, and one to read in this one, which comes before it',
      requirement: 'rights',
      isRefusal: true,
      statements: ({ database }) => [
        NO_RIGHTS,
        "GRANT SELECT, DELETE ON `test%`.* TO 'purger'@'%'",
        `GRANT SELECT ON \`${database}\`.* TO 'purger'@'%'`,
      ],
    },
    {
      name: 'a server that only reads',
      requirement: 'writes',
      isRefusal: true,
      statements: ['SET GLOBAL read_only = ON'],
    },
    {
      name: 'transactions that only read',
      requirement: 'writes',
      isRefusal: true,
      statements: ['SET GLOBAL tx_read_only = ON'],
    },
    {
      name: 'statements that may read few rows',
      requirement: 'table',
      isRefusal: true,
      statements: ['SET GLOBAL max_join_size = 1'],
    },
    {
      name: 'statements that may read fewer rows than the table has',
      requirement: 'size',
      isRefusal: true,
      statements: [
        "INSERT INTO django_session SELECT CONCAT('more', seq), '', '2020-01-01' + INTERVAL seq SECOND FROM seq_1_to_20000",
        'ANALYZE TABLE django_session',
        'SET GLOBAL max_join_size = 2000',
      ],
    },
  ]);

  describe('what is not in the way of a run is not failing', () => {
    const bed = purgeBed(MYSQL);

    it('updates that have to be safe', async () => {
      await bed.insert([{ sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' }]);
      await bed.query('SET GLOBAL sql_safe_updates = ON');

      const { inState } = await checkUp(bed);
      const { report } = await bed.purge();

      expect(inState('failing')).toEqual([]);
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    });
  });
});
