import { chaosSuite } from './chaos.suite';
import { postgresqlSite } from './site';

describe('runs on PostgreSQL', () => chaosSuite(postgresqlSite));
