import { existsSync } from 'node:fs';
import { type Postgres, startPostgres } from '../../../local/postgresql';
import { POSTGRESQL } from '../../support/engines';
import { describeWhere } from '../../support/skip';
import { prepareTestPostgres, publishTestPostgres } from '../../support/test-postgres';
import { describeDeployment } from '../deployment.suite';
import { startSite } from './deployment-site';

const HOME = '/usr/lib/postgresql/15';

// PostgreSQL 16 changed what a role with CREATEROLE may do, so the version before it is tried as well.
describeWhere(
  existsSync(`${HOME}/bin/postgres`),
  'PostgreSQL 15',
  'apt-get install postgresql-15',
  () =>
    describe('on PostgreSQL 15 the deployment', () => {
      let postgres: Postgres;

      beforeAll(async () => {
        postgres = await startPostgres(undefined, { home: HOME });
        publishTestPostgres(await prepareTestPostgres(postgres));
      });

      afterAll(() => postgres.stop());

      describeDeployment(POSTGRESQL, {
        startSite,
        isOfRolesAlone: true,
        refusal: '42501',
        adminNeeds:
          /could not be made: .*permission denied to create role.*must be able to create roles/,
      });
    }),
);
