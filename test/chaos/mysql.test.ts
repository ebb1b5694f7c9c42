import { describeWithMariadb } from '../support/mariadb';
import { chaosSuite } from './chaos.suite';
import { mysqlSite } from './site';

describeWithMariadb(() => {
  describe('runs on MySQL (MariaDB)', () => chaosSuite(mysqlSite));
});
