import { MYSQL } from '../../support/engines';
import { COMMON_FAULTS, describeSeveralFaults, type Fault } from '../several-faults.suite';

/** There are sessions, and no index by which to look for the newest. */
const TIME_ZONE: Fault = { requirement: 'time zone', state: 'unknown', statements: [] };

MYSQL.describe(() =>
  describeSeveralFaults(
    MYSQL,
    [
      {
        name: 'no index',
        requirement: 'time zone',
        state: 'unknown',
        statements: [],
        but: { 'time zone': null },
      },
      {
        name: 'a missing right to delete',
        requirement: 'rights',
        state: 'failing',
        statements: ["REVOKE DELETE ON django_session FROM 'purger'@'%'"],
      },
      {
        name: 'a missing right to delete, and none beside it, which hides the key',
        requirement: 'rights',
        state: 'failing',
        statements: ["REVOKE INSERT, DELETE ON django_session FROM 'purger'@'%'"],
        but: { 'least privilege': 'ok' },
      },
      {
        name: 'a missing right to read, which hides the column',
        requirement: 'rights',
        state: 'failing',
        statements: [
          "REVOKE INSERT ON django_session FROM 'purger'@'%'",
          "REVOKE SELECT (expire_date) ON django_session FROM 'purger'@'%'",
        ],
        but: { columns: 'unknown', 'least privilege': 'ok' },
      },
      {
        name: 'another engine',
        requirement: 'table',
        state: 'failing',
        statements: ['ALTER TABLE django_session ENGINE = MyISAM'],
      },
    ],
    [...COMMON_FAULTS(MYSQL, 'failing'), TIME_ZONE],
  ),
);
