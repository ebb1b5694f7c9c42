import { POSTGRESQL } from '../../support/engines';
import { COMMON_FAULTS, describeSeveralFaults } from '../several-faults.suite';

POSTGRESQL.describe(() =>
  describeSeveralFaults(
    POSTGRESQL,
    [
      {
        name: 'a missing right',
        requirement: 'rights',
        state: 'failing',
        statements: ['REVOKE DELETE ON django_session FROM purger'],
      },
      {
        name: 'row-level security',
        requirement: 'row security',
        state: 'failing',
        statements: ['ALTER TABLE django_session ENABLE ROW LEVEL SECURITY'],
      },
      {
        name: 'a rule',
        requirement: 'rules',
        state: 'failing',
        statements: ['CREATE RULE keep AS ON DELETE TO django_session DO INSTEAD NOTHING'],
      },
      {
        name: 'no key',
        requirement: 'columns',
        state: 'failing',
        statements: ['ALTER TABLE django_session DROP CONSTRAINT django_session_pkey CASCADE'],
        but: { 'foreign keys': null, publications: 'failing' },
      },
    ],
    [
      ...COMMON_FAULTS(POSTGRESQL, 'warning'),
      {
        requirement: 'foreign keys',
        state: 'warning',
        statements: [
          'CREATE TABLE visit (session varchar(40) REFERENCES django_session (session_key))',
        ],
      },
      {
        requirement: 'triggers',
        state: 'warning',
        statements: [
          "CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'",
          'CREATE TRIGGER seen BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION seen()',
        ],
      },
      {
        requirement: 'publications',
        state: 'failing',
        statements: [
          'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
          'CREATE PUBLICATION told FOR TABLE django_session',
        ],
      },
      {
        requirement: 'dead rows',
        state: 'warning',
        statements: ['ALTER TABLE django_session SET (autovacuum_enabled = false)'],
      },
    ],
  ),
);
