import { showLocks, waitingShortly } from '../../../../lambda/database/mysql/locks';

const sent = (sql: string) => waitingShortly({ sql, parameters: {}, mode: 'read' }).sql;

it.each(['SELECT', 'DELETE', 'EXPLAIN SELECT', 'EXPLAIN (SELECT'])(
  'a statement waits a second for a lock on a whole table, on MySQL and on MariaDB: %s',
  (verb) => {
    expect(sent(`${verb} x FROM t WHERE y IN (SELECT 1)`)).toBe(
      `/*M! SET STATEMENT lock_wait_timeout = 1 FOR */ ${verb} /*+ SET_VAR(lock_wait_timeout = 1) */ x FROM t WHERE y IN (SELECT 1)`,
    );
  },
);

it('what takes no hint is sent as it is', () => {
  expect(sent('SHOW VARIABLES')).toBe('SHOW VARIABLES');
});

it('the query for the locks names the table as a text', () => {
  expect(showLocks({ schema: "it's", table: 't' })).toContain(
    "l.OBJECT_SCHEMA = 'it''s' AND l.OBJECT_NAME = 't'",
  );
});
