import { seedMysqlSessions } from '../../../local/django-table-mysql';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../../support/mariadb';
import { testMariadb } from '../../support/test-mariadb';
import { runDoctor } from '../doctor/doctor-process';
import { endDemos, startDemo } from './demo-process';

const ZONE = ['--time-zone', 'UTC'];

describeWithMariadb(() => {
  let db: MysqlTestDatabase;

  beforeAll(async () => {
    db = await createMysqlDatabase();
    await seedMysqlSessions(db.admin, { expired: 500, live: 40 });
  });
  afterAll(() => db.close());
  afterEach(endDemos);

  async function runOn(password: string, ...args: string[]) {
    const { host, port, purger } = await testMariadb();
    const url = `mysql://${purger.username}:${password}@${host}:${port}/${db.database}`;
    return startDemo(['--database-url', url, '--grace-seconds', '0', ...args]).ended;
  }

  async function countLeft(): Promise<number> {
    const [rows] = await db.admin.query('SELECT 1 FROM django_session');
    return (rows as unknown[]).length;
  }

  describe('a MySQL database of the user’s own', () => {
    test('needs a time zone, and is told how to find it', async () => {
      const { purger } = await testMariadb();

      const { exitCode, stderr } = await runOn(purger.password);

      expect(exitCode).toBe(1);
      expect(stderr).toContain('settings: --time-zone is not set');
      expect(stderr).toContain('with USE_TZ = True set --time-zone to UTC');
      expect(stderr).not.toMatch(/timeZone|SESSION_PURGE/);
      expect(await countLeft()).toBe(540);
    });

    test('needs one for the doctor, too, who says how to give it', async () => {
      const { host, port, purger } = await testMariadb();
      const url = `mysql://${purger.username}:${purger.password}@${host}:${port}/${db.database}`;

      const { exitCode, stdout } = await runDoctor(['--database-url', url]);

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        / {3}time zone\n {6}.* set --time-zone to UTC, unless .*: then to that; with USE_TZ = False to TIME_ZONE\n/,
      );
      expect(stdout).not.toMatch(/timeZone|SESSION_PURGE/);
    });

    test('gets a dry run, and is purged with --delete', async () => {
      const { purger } = await testMariadb();

      const dry = await runOn(purger.password, ...ZONE);
      const between = await countLeft();
      const real = await runOn(purger.password, ...ZONE, '--delete');

      expect([dry.exitCode, dry.stderr, real.exitCode, real.stderr]).toEqual([0, '', 0, '']);
      expect(dry.stdout).toMatch(/expired +500 sessions/);
      expect(between).toBe(540);
      expect(real.stdout).toMatch(/rows deleted +500\n/);
      expect(await countLeft()).toBe(40);
    });

    test('that refuses the login is named without the password', async () => {
      const { exitCode, stderr } = await runOn('wr0ng');

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /cannot log in to 127\.0\.0\.1:\d+\/test_\w+ as purger: Access denied/,
      );
      expect(stderr).not.toContain('wr0ng');
    });
  });
});
