import { readDatabaseUrl, urlMistake } from '../../../cli/terminal/database-url';

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, or mysql://... likewise';

describe('the URL of a database', () => {
  it.each([
    'postgres://shop:s3cr3t@db.example.com:5433/shop',
    'postgresql://shop@db/shop?application_name=shop&connect_timeout=10',
    'postgres://shop:s3cr3t@db/shop?sslmode=verify-full&sslrootcert=package.json',
    'postgres://shop:s3cr3t@db/shop?sslmode=require',
    'postgres://shop:s3cr3t@db/shop?ssl=true',
    'mysql://shop:s3cr3t@db/shop',
    'mysql://shop:s3cr3t@db:3307/shop?ssl-mode=VERIFY_IDENTITY',
  ])('may be %s', (url) => {
    expect(urlMistake(url)).toBeUndefined();
  });

  it.each([
    [
      'http://shop:s3cr3t@db/shop',
      'got http://shop:***@db/shop; begin it with postgres:// or mysql://',
    ],
    ['mysql://db/shop', 'got mysql://db/shop; name the user, the host and the database'],
    ['postgres://db/shop', 'got postgres://db/shop; name the user, the host and the database'],
    [
      'postgres://shop:s3cr3t@db',
      'got postgres://shop:***@db; name the user, the host and the database',
    ],
  ])('may not be %s, which is shown without the password', (url, rest) => {
    expect(urlMistake(url)).toBe(`must be ${FORM}, ${rest}`);
  });

  it.each([
    's3cr3t',
    'shop:s3cr3t@db/shop',
    'postgres://shop:s3#cr3t@db/shop',
    'postgres://shop:3/cr3t@db/shop',
    'postgres://shop:s3@cr3t@db/shop',
    'postgres://shop:s3@cr/3t@db/shop',
  ])('may not be %s, which is not shown', (url) => {
    expect(urlMistake(url)).toBe(
      `must be ${FORM}; the value is not shown for its password, in which other characters than letters and digits have to be percent-encoded`,
    );
  });
});

describe.each(['mysql', 'postgres'])('a %s URL', (scheme) => {
  // Not hexadecimal, cut off, and a byte that no character begins with.
  it.each(['%zz', '%', '%e9'])('may not have %s in a part', (bad) => {
    const mistake = (url: string) => urlMistake(`${scheme}://${url}`);
    const inIts = (part: string) =>
      `has a "%" in its ${part} that encodes no character; a "%" itself has to be written as %25`;

    expect(mistake(`sh${bad}op:s3cr3t@db/shop`)).toBe(inIts('user'));
    expect(mistake(`shop:s3${bad}cr3t@db/shop`)).toBe(inIts('password'));
    expect(mistake(`shop:s3cr3t@d${bad}b/shop`)).toBe(inIts('host'));
    expect(mistake(`shop:s3cr3t@db/sh${bad}op`)).toBe(inIts('database'));
  });

  it('may leave the password to a variable', () => {
    const name = scheme === 'mysql' ? 'MYSQL_PWD' : 'PGPASSWORD';
    const before = process.env[name];
    process.env[name] = 's3cr3t';

    const { password } = readDatabaseUrl(`${scheme}://shop@db/shop`);
    const { password: given } = readDatabaseUrl(`${scheme}://shop:0ther@db/shop`);
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;

    expect([password, given]).toEqual(['s3cr3t', '0ther']);
  });

  it('may have an encoded % in a password', () => {
    const url = `${scheme}://shop:s3%25cr3t@db/shop`;

    expect(urlMistake(url)).toBeUndefined();
    expect(readDatabaseUrl(url).password).toBe('s3%cr3t');
  });
});

describe('the URL parameters', () => {
  const POSTGRESQL =
    'a postgres:// URL takes sslmode=disable|no-verify|verify-full, and verify-full checks the certificate';
  const MYSQL =
    'a mysql:// URL takes ssl-mode=DISABLED|REQUIRED|VERIFY_IDENTITY, and VERIFY_IDENTITY checks the certificate';

  it.each(['PREFERRED', 'VERIFY_CA', 'required', ''])(
    'do not include ssl-mode=%s for MySQL',
    (mode) => {
      expect(urlMistake(`mysql://shop:s3cr3t@db/shop?ssl-mode=${mode}`)).toBe(
        `has an unknown ssl-mode ${JSON.stringify(mode)}; ${MYSQL}`,
      );
    },
  );

  it.each(['sslmode', 'ssl', 'charset'])('do not include %s for MySQL', (name) => {
    expect(urlMistake(`mysql://shop:s3cr3t@db/shop?${name}=REQUIRED`)).toBe(
      `has an unknown parameter ${JSON.stringify(name)}; ${MYSQL}`,
    );
  });

  // pg ignores these, and would connect without TLS.
  it.each(['ssl-mode', 'sslMode', 'tls'])('do not include %s for PostgreSQL', (name) => {
    expect(urlMistake(`postgres://shop:s3cr3t@db/shop?${name}=REQUIRED`)).toBe(
      `has an unknown parameter ${JSON.stringify(name)}; ${POSTGRESQL}`,
    );
  });

  it.each(['', 'REQUIRED', 'on'])('do not include sslmode=%s for PostgreSQL', (mode) => {
    expect(urlMistake(`postgres://shop:s3cr3t@db/shop?sslmode=${mode}`)).toBe(
      `has an unknown sslmode ${JSON.stringify(mode)}; ${POSTGRESQL}`,
    );
  });
});

it('a URL may not name a file that is not there', () => {
  const url = 'postgres://shop:s3cr3t@db/shop?sslmode=verify-full&sslrootcert=nowhere/ca.pem';

  expect(urlMistake(url)).toBe('names a file that is not there, "nowhere/ca.pem"');
});

describe('readDatabaseUrl', () => {
  it('reads a PostgreSQL', () => {
    expect(readDatabaseUrl('postgres://shop:s3%40cr3t@db.example.com:5433/shop')).toMatchObject({
      cluster: { engine: 'postgresql', host: 'db.example.com', port: 5433, ssl: false },
      username: 'shop',
      password: 's3@cr3t',
      database: 'shop',
    });
  });

  it.each([
    ['disable', false],
    ['no-verify', { rejectUnauthorized: false }],
    ['require', {}],
    ['verify-full', {}],
  ])('takes sslmode=%s for %j', (mode, ssl) => {
    const url = `postgres://shop:s3cr3t@db/shop?sslmode=${mode}`;

    expect(readDatabaseUrl(url).cluster.ssl).toEqual(ssl);
  });

  it('reads a MySQL', () => {
    expect(readDatabaseUrl('mysql://shop:s3%40cr3t@[::1]/shop?ssl-mode=REQUIRED')).toMatchObject({
      cluster: {
        engine: 'mysql',
        host: '::1',
        port: 3306,
        ssl: { rejectUnauthorized: false },
      },
      username: 'shop',
      password: 's3@cr3t',
      database: 'shop',
    });
  });
});
