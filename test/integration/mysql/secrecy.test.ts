import { MYSQL } from '../../support/engines';
import { describeSecrecy } from '../secrecy.suite';

MYSQL.describe(() =>
  describeSecrecy(
    MYSQL,
    "Duplicate entry '$1' for key 'visits.PRIMARY'; Error code: 1062; SQLState: 23000",
  ),
);
