import { caller, useService } from '../setup';
import { describeTimeLimit } from '../time-limit.suite';
import { ON_POSTGRESQL } from './facts';

const { engine } = ON_POSTGRESQL;

engine.describe(() => describeTimeLimit(ON_POSTGRESQL));

engine.describe(() => {
  const service = useService(engine);

  test('answers with what the database says when its own limit is the shorter one', async () => {
    await service.query(`ALTER DATABASE ${service.database} SET statement_timeout = 50`);
    // A service of its own, whose connections are made after the change.
    const patient = caller(await service.serve(), service.database);

    expect(await patient.refusal('SELECT count(*) FROM pg_sleep(30)')).toMatchObject({
      name: 'DatabaseErrorException',
      message: 'ERROR: canceling statement due to statement timeout; SQLState: 57014',
    });
  });
});
