import { MYSQL } from '../../support/engines';
import { describeSameFacts, metWith, obstaclesOf } from '../same-facts.suite';

MYSQL.describe(() =>
  describeSameFacts(
    MYSQL,
    [
      ...obstaclesOf(MYSQL),
      {
        name: 'a right to read all of the table, and none to delete',
        requirement: 'rights',
        statements: [
          "REVOKE ALL ON django_session FROM 'purger'@'%'",
          "GRANT SELECT ON django_session TO 'purger'@'%'",
        ],
      },
      {
        name: 'a right to change expire_date, and none to read it',
        requirement: 'rights',
        statements: [
          "REVOKE ALL ON django_session FROM 'purger'@'%'",
          "GRANT UPDATE (expire_date), DELETE ON django_session TO 'purger'@'%'",
        ],
      },
      {
        name: 'no index on expire_date',
        requirement: 'index on expire_date',
        statements: ['DROP INDEX django_session_expire_date_a5c62663 ON django_session'],
      },
      {
        name: 'an index that the planner may not use',
        requirement: 'index on expire_date',
        statements: [
          'ALTER TABLE django_session ALTER INDEX django_session_expire_date_a5c62663 IGNORED',
        ],
      },
      {
        name: 'a time zone that nobody has said',
        requirement: 'time zone',
        statements: [],
        env: { SESSION_PURGE_TIME_ZONE: '' },
      },
    ],
    [
      {
        name: 'an expire_date that may be NULL',
        requirement: 'columns',
        statements: ['ALTER TABLE django_session MODIFY expire_date datetime(6) NULL'],
      },
    ],
    metWith(['CREATE TRIGGER seen BEFORE DELETE ON django_session FOR EACH ROW SET @seen = 1']),
  ),
);
