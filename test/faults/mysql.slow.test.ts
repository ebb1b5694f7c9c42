import { MYSQL } from '../support/engines';
import { describeProvoked } from './provoked.suite';

/** A trigger for each row that a delete takes. */
const trigger = (body: string, definer = 'CURRENT_USER') =>
  `CREATE DEFINER = ${definer} TRIGGER guard BEFORE DELETE ON django_session FOR EACH ROW BEGIN ${body} END`;

const PURGER = MYSQL.account('purger');

const FAILS =
  'a trigger, a policy or a rule of the table, or a function that it calls, fails: correct it or drop it';
const KEEPS = 'a constraint or a trigger refuses these rows: change or drop it';

MYSQL.describe(() =>
  describeProvoked(MYSQL, [
    {
      what: 'a trigger whose definer does not exist',
      statements: () => [trigger('SET @gone = 1;', "'ghost'@'%'")],
      says: /specified as a definer \('ghost'@'%'\) does not exist; Error code: 1449/,
      remedy:
        'the DEFINER of a trigger does not exist: create that user, or the trigger with another DEFINER',
    },
    {
      what: 'a trigger whose definer may not run one',
      statements: () => [trigger('SET @gone = 1;', PURGER)],
      says: /TRIGGER command denied to user .*Error code: 1142/,
      remedy:
        'GRANT TRIGGER on the table to the DEFINER of its trigger, or create the trigger with another DEFINER',
    },
    {
      what: "a right of the trigger's definer to another table",
      statements: () => [
        'CREATE TABLE log (what text)',
        `GRANT TRIGGER ON django_session TO ${PURGER}`,
        trigger("INSERT INTO log VALUES ('gone');", PURGER),
      ],
      says: /INSERT command denied to user .*Error code: 1142/,
      remedy: 'where the message names something else, a trigger needs a right to that',
    },
    {
      what: "a privilege of the trigger's definer",
      statements: () => [
        `GRANT TRIGGER ON django_session TO ${PURGER}`,
        trigger('SET GLOBAL sync_binlog = 0;', PURGER),
      ],
      says: /Access denied; you need .*Error code: 1227/,
      remedy: FAILS,
    },
    {
      what: 'a trigger that calls a missing procedure',
      statements: () => [trigger('CALL archive(OLD.session_key);')],
      says: /PROCEDURE .*archive does not exist; Error code: 1305/,
      remedy: FAILS,
    },
    {
      what: 'a trigger that calls a missing function',
      statements: () => [trigger('SET @gone = archive(OLD.session_key);')],
      says: /FUNCTION .*archive does not exist; Error code: 1305/,
      remedy: FAILS,
    },
    {
      what: 'a trigger that names a missing table',
      statements: () => [trigger('INSERT INTO nowhere VALUES (1);')],
      says: /Table '.*nowhere' doesn't exist; Error code: 1146/,
      remedy: 'or a trigger names one that is missing: the next run says which',
    },
    {
      what: 'a trigger that calls itself',
      statements: () => [
        'CREATE FUNCTION deep() RETURNS int RETURN deep()',
        trigger('SET @gone = deep();'),
      ],
      says: /Recursive stored functions and triggers are not allowed; Error code: 1424/,
      remedy: FAILS,
    },
    {
      what: 'a trigger that commits',
      statements: () => ['CREATE PROCEDURE archive() COMMIT', trigger('CALL archive();')],
      says: /commit is not allowed in stored function or trigger; Error code: 1422/,
      remedy: FAILS,
    },
    {
      what: 'a trigger without a case',
      statements: () => [trigger('CASE 1 WHEN 2 THEN SET @gone = 1; END CASE;')],
      says: /Case not found for CASE statement; Error code: 1339; SQLState: 20000/,
      remedy: FAILS,
    },
    {
      what: 'a trigger that deletes from its own table',
      statements: () => [trigger("DELETE FROM django_session WHERE session_key = '';")],
      says: /Can't update table 'django_session' .*Error code: 1442/,
      remedy: KEEPS,
    },
    {
      what: 'a trigger that takes a key for a number',
      statements: () => [
        'CREATE TABLE log (number int)',
        trigger('INSERT INTO log VALUES (OLD.session_key);'),
      ],
      says: /Incorrect integer value: '\.\.\.' for column .*Error code: 1366/,
      remedy: KEEPS,
    },
    {
      what: 'a trigger that takes a key for a time',
      statements: () => [
        'CREATE TABLE log (at datetime)',
        trigger('INSERT INTO log VALUES (OLD.session_key);'),
      ],
      says: /Incorrect datetime value: '\.\.\.' for column .*Error code: 1292/,
      remedy:
        'a value cannot be read as a time: look for a trigger or a rule that computes one; if there is none, report it',
    },
    {
      what: 'a trigger that signals',
      statements: () => [
        trigger(
          "DECLARE said text DEFAULT CONCAT('session ', OLD.session_key, ' is under audit'); SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = said;",
        ),
      ],
      says: /session \.\.\. is under audit; Error code: 1644/,
      remedy: KEEPS,
    },
    {
      what: 'a trigger against a key',
      statements: () => [
        'CREATE TABLE log (what varchar(40) PRIMARY KEY)',
        'INSERT INTO log SELECT session_key FROM django_session',
        trigger('INSERT INTO log VALUES (OLD.session_key);'),
      ],
      says: /Duplicate entry '\.\.\.' for key 'PRIMARY'; Error code: 1062/,
      remedy: KEEPS,
    },
  ]),
);
