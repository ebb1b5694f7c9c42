import { type Engine, MYSQL, POSTGRESQL } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

/** What guards the rows of the table, and what the server and the function say of a delete then. */
interface Guard {
  readonly name: string;
  readonly made: readonly string[];
  readonly failure: object;
  readonly remedy: string;
}

const postgresqlTrigger = (body: string) => [
  `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN OLD; END $$`,
  'CREATE TRIGGER guard BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION guard()',
];

const mysqlTrigger = (body: string, definer = '') => [
  `CREATE ${definer} TRIGGER guard BEFORE DELETE ON django_session FOR EACH ROW ${body}`,
];

const TRIGGER = 'a trigger on the table, or a function that it calls, fails: correct it or drop it';

const ON_POSTGRESQL: readonly Guard[] = [
  {
    name: 'a publication of deletes without a replica identity',
    made: [
      'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
      'CREATE PUBLICATION p FOR TABLE django_session',
    ],
    failure: { kind: 'final', at: 'row', sqlState: '55000' },
    remedy: 'a publication sends the deletes of the table: give the table a REPLICA IDENTITY',
  },
  {
    name: 'a publication that selects rows by another column',
    made: ["CREATE PUBLICATION p FOR TABLE django_session WHERE (session_data <> '')"],
    failure: { kind: 'final', at: 'row', sqlState: '42P10' },
    remedy: "a publication selects by columns outside of the table's replica identity",
  },
  {
    name: 'a trigger that calls a function which is missing',
    made: postgresqlTrigger('PERFORM archive(OLD.session_key)'),
    failure: { kind: 'refused', at: 'row', sqlState: '42883' },
    remedy: TRIGGER,
  },
  {
    name: 'a trigger that reads a setting which is missing',
    made: postgresqlTrigger("PERFORM current_setting('shop.admin')"),
    failure: { kind: 'refused', at: 'row', sqlState: '42704' },
    remedy: TRIGGER,
  },
  {
    name: 'a trigger that calls itself without end',
    made: [
      `CREATE FUNCTION deeper(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN deeper(n + 1); END $$`,
      ...postgresqlTrigger('PERFORM deeper(1)'),
    ],
    failure: { kind: 'refused', at: 'row', sqlState: '54001' },
    remedy: TRIGGER,
  },
  {
    name: 'a trigger that commits',
    made: postgresqlTrigger('COMMIT'),
    failure: { kind: 'refused', at: 'row', sqlState: '2D000' },
    remedy: TRIGGER,
  },
  {
    name: 'a trigger whose query finds too many rows',
    made: postgresqlTrigger('PERFORM (SELECT 1 FROM generate_series(1, 2))'),
    failure: { kind: 'refused', at: 'row', sqlState: '21000' },
    remedy: 'a constraint or a trigger does not let a row go',
  },
];

const ON_MYSQL: readonly Guard[] = [
  {
    name: 'a trigger whose definer is missing',
    made: mysqlTrigger('SET @seen = 1', "DEFINER = 'gone'@'%'"),
    failure: { kind: 'final', at: 'row', errorNumber: 1449 },
    remedy: 'the DEFINER of a trigger does not exist',
  },
  {
    name: 'a trigger that calls a procedure which is missing',
    made: mysqlTrigger('CALL archive(OLD.session_key)'),
    failure: { kind: 'refused', at: 'row', errorNumber: 1305 },
    remedy: TRIGGER,
  },
  {
    name: 'a trigger that fills a column in the wrong way',
    made: [
      'CREATE TABLE archive (n int NOT NULL)',
      ...mysqlTrigger("INSERT INTO archive VALUES ('no number')"),
    ],
    failure: { kind: 'refused', at: 'row', errorNumber: 1366 },
    remedy: 'a constraint or a trigger does not let a row go',
  },
];

function describeGuards(engine: Engine, guards: readonly Guard[]): void {
  const bed = purgeBed(engine);

  it.each(guards)('says what to do about $name', async ({ made, failure, remedy }) => {
    await bed.seed({ expired: 3, live: 1 });
    for (const statement of made) await bed.query(statement);

    const { error, log } = await bed.purge();

    expect(log.at(-1)).toMatchObject({ level: 'ERROR', error: { failure } });
    expect(error?.errorMessage).toContain(`; ${remedy}`);
    expect(await bed.left()).toEqual({ live: 1, expired: 3 });
  });
}

POSTGRESQL.describe(() => describeGuards(POSTGRESQL, ON_POSTGRESQL));
MYSQL.describe(() => describeGuards(MYSQL, ON_MYSQL));
