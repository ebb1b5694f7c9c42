import { POSTGRESQL } from '../../support/engines';
import { describeSecrecy } from '../secrecy.suite';

POSTGRESQL.describe(() =>
  describeSecrecy(
    POSTGRESQL,
    'ERROR: update or delete on table "django_session" violates foreign key constraint "visits" on table "p"\n  Detail: Key (session_key)=($1) is still referenced from table "p".; SQLState: 23503',
  ),
);
