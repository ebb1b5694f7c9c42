import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withoutSettings } from '../../support/environment';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { testPostgres } from '../../support/test-postgres';
import { runDoctor } from './doctor-process';

let db: TestDatabase;

beforeAll(async () => {
  db = await createDatabase();
});

afterAll(() => db.close());

const { host, port, purger, superuser } = testPostgres();

const urlOf = ({ username, password }: typeof purger) =>
  `postgres://${username}:${password}@${host}:${port}/${db.database}`;

/** A line of the printed table, with the state, the requirement and the beginning of the finding. */
const line = (state: string, requirement: string, found: string) =>
  expect.stringMatching(new RegExp(`│ ${state} +│ ${requirement} +│ ${found}`));

describe('the doctor on a database of the user’s own', () => {
  it('shows that everything is in order, and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await runDoctor(['--database-url', urlOf(purger)]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(
      `Doctor: database ${db.database} on ${host}:${port} as purger, through a local Data API; nothing is deleted\n`,
    );
    expect(stdout).toEqual(line('ok', 'Data API', 'on, and answers'));
    expect(stdout).toEqual(line('ok', 'engine version', 'PostgreSQL 17'));
    expect(stdout).toMatch(/│ public\.django_session +│\n/);
    expect(stdout).toEqual(line('ok', 'rights', 'user "purger" has what the purge needs'));
    expect(stdout).not.toContain('What to do');
    expect(stdout).toMatch(/\nok: 25 ok\n$/);
    expect(stdout).not.toContain(purger.password);
  });

  it('shows warnings with their fixes, and still exits with 0', async () => {
    const args = ['--database-url', urlOf(superuser), '--schedule', 'rate(1 minute)'];

    const { exitCode, stdout } = await runDoctor(args);

    expect(exitCode).toBe(0);
    expect(stdout).toEqual(line('warning', 'least privilege', 'user "postgres" is a superuser'));
    expect(stdout).toEqual(line('warning', 'schedule', 'runs come as close as 1 minute'));
    expect(stdout).toMatch(
      /What to do\n\n {3}timeouts, planner settings\n {6}make the purge a user/,
    );
    expect(stdout).toMatch(/\nwarning: 4 warning, /);
  });

  it('exits with 1 when a requirement fails, and shows what it could not examine because of it', async () => {
    const { exitCode, stdout } = await runDoctor([
      ...['--database-url', urlOf(purger), '--tables', 'django_session,nothing_here'],
    ]);

    expect(exitCode).toBe(1);
    expect(stdout).toEqual(
      line('failing', 'table', 'table "nothing_here" was not found in database'),
    );
    expect(stdout).toEqual(line('unknown', 'columns', 'not reached, since the table was not'));
    expect(stdout).toMatch(
      /What to do\n\n {3}table \(nothing_here\)\n {6}check the database name and --tables\n/,
    );
    expect(stdout).toMatch(/\nfailing: 1 failing, 10 unknown, 25 ok\n$/);
  });

  it('exits with 1 when the login is refused, and shows no password', async () => {
    const { exitCode, stdout, stderr } = await runDoctor([
      '--database-url',
      urlOf({ ...purger, password: 'wr0ng-one' }),
    ]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toEqual(line('failing', 'database', 'cannot log in to'));
    expect(stdout).not.toContain('wr0ng-one');
  });

  it('exits with 2 for an unknown option, and suggests a known one', async () => {
    const end = await runDoctor(['--database-ur', urlOf(purger)]);

    expect(end).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        "unknown option '--database-ur'; did you mean --database-url?\n\nnpm run doctor -- --help lists the options\n",
    });
  });

  it('shows its options with --help', async () => {
    const { exitCode, stdout } = await runDoctor(['--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/--schedule <SCHEDULE> +the purge's schedule/);
  });
});

describe('the doctor on a cluster', () => {
  let rds: Server;
  let answer: string;
  let status: number;
  const asked: string[] = [];

  beforeAll(async () => {
    rds = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => asked.push(chunk));
      request.on('end', () =>
        response.writeHead(status, { 'content-type': 'text/xml' }).end(answer),
      );
    }).listen(0, '127.0.0.1');
    await once(rds, 'listening');
  });

  afterAll(() => rds.close());

  const described = (members: string) =>
    `<DescribeDBClustersResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClustersResult><DBClusters><DBCluster><Status>available</Status>${members}</DBCluster></DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>`;

  const pausing = (seconds: number) =>
    `<ServerlessV2ScalingConfiguration><MinCapacity>0.0</MinCapacity><MaxCapacity>4.0</MaxCapacity><SecondsUntilAutoPause>${seconds}</SecondsUntilAutoPause></ServerlessV2ScalingConfiguration>`;

  async function runOnCluster(xml: string, ...args: string[]) {
    answer = xml;
    status = xml.includes('<Error>') ? 403 : 200;
    const { resourceArn, secretArn } = db.dataApi;
    const target = ['--cluster-arn', resourceArn, '--secret-arn', secretArn];
    const { port: rdsPort } = rds.address() as AddressInfo;
    return runDoctor([...target, '--database', db.database, ...args], {
      ...withoutSettings(db.environment),
      AWS_ENDPOINT_URL_RDS: `http://127.0.0.1:${rdsPort}`,
    });
  }

  it('asks AWS about the cluster, and compares the schedule with its auto-pause', async () => {
    const xml = described(
      `<HttpEndpointEnabled>true</HttpEndpointEnabled><Engine>aurora-postgresql</Engine><EngineVersion>17.4</EngineVersion>${pausing(1800)}`,
    );

    const { exitCode, stdout } = await runOnCluster(xml, '--schedule', 'rate(20 minutes)');

    expect(asked.join()).toContain(encodeURIComponent(db.dataApi.resourceArn));
    expect(exitCode).toBe(0);
    expect(stdout).toEqual(line('ok', 'Data API setting', 'on; the cluster is available'));
    expect(stdout).toEqual(line('ok', 'Aurora version', 'aurora-postgresql 17.4'));
    expect(stdout).toEqual(line('ok', 'auto-pause', 'pauses itself after 1800 s without'));
    expect(stdout).toEqual(
      line('warning', 'schedule', 'runs come as close as 20 minutes, and the'),
    );
  });

  it('reports a Data API that is off, and a version that has none', async () => {
    const xml = described(
      '<HttpEndpointEnabled>false</HttpEndpointEnabled><Engine>aurora-mysql</Engine><EngineVersion>8.0.mysql_aurora.3.06.1</EngineVersion>',
    );

    const { exitCode, stdout } = await runOnCluster(xml);

    expect(exitCode).toBe(1);
    expect(stdout).toEqual(line('failing', 'Data API setting', 'off'));
    expect(stdout).toEqual(line('failing', 'Aurora version', 'aurora-mysql 8.0.mysql_aurora.3.06'));
    expect(stdout).toEqual(line('ok', 'auto-pause', 'never pauses itself'));
    expect(stdout).toContain(
      `      aws rds enable-http-endpoint --resource-arn ${db.dataApi.resourceArn}\n`,
    );
  });

  it('exits with 1 when it finds no credentials', async () => {
    const { resourceArn, secretArn } = db.dataApi;
    const target = ['--cluster-arn', resourceArn, '--secret-arn', secretArn];

    const { exitCode, stdout } = await runDoctor([...target, '--database', 'shop'], {
      HOME: '/nowhere',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PROFILE: '',
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    });

    expect(exitCode).toBe(1);
    expect(stdout).toEqual(line('failing', 'credentials', 'Could not load credentials'));
  });

  it('examines the rest when it has no right to ask AWS', async () => {
    const xml =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: rds:DescribeDBClusters</Message></Error></ErrorResponse>';

    const { exitCode, stdout } = await runOnCluster(xml, '--schedule', 'rate(1 day)');

    expect(exitCode).toBe(0);
    expect(stdout).toEqual(line('unknown', 'Data API setting', 'rds:DescribeDBClusters failed'));
    expect(stdout).toEqual(line('unknown', 'schedule', 'runs come as close as 1 day; whether'));
    expect(stdout).toEqual(line('ok', 'Data API', 'on, and answers'));
    expect(stdout).toMatch(/\nok: 4 unknown, 25 ok\n$/);
  });
});
