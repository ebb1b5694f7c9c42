import { POSTGRESQL } from '../../support/engines';
import { describeSameFacts, obstaclesOf } from '../same-facts.suite';

POSTGRESQL.describe(() =>
  describeSameFacts(POSTGRESQL, [
    ...obstaclesOf(POSTGRESQL),
    {
      name: 'transactions that only read',
      requirement: 'writes',
      statements: ({ database }) => [
        `ALTER ROLE purger IN DATABASE ${database} SET default_transaction_read_only = on`,
      ],
    },
    {
      name: 'a publication of a table without a replica identity',
      requirement: 'publications',
      statements: [
        'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
        'CREATE PUBLICATION everything FOR ALL TABLES',
      ],
    },
    {
      name: 'a publication of rows by a column outside of the replica identity',
      requirement: 'publications',
      statements: [
        "CREATE PUBLICATION recent FOR TABLE django_session WHERE (expire_date > '2026-01-01')",
      ],
    },
    {
      name: 'a publication without a column of the replica identity',
      requirement: 'publications',
      statements: ['CREATE PUBLICATION dates FOR TABLE django_session (expire_date)'],
    },
  ]),
);
