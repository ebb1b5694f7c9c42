import { describeSessions } from '../sessions.suite';
import { useService } from '../setup';
import { ON_POSTGRESQL } from './facts';

const { engine } = ON_POSTGRESQL;

engine.describe(() => describeSessions(ON_POSTGRESQL, 'SELECT count(*) FROM pg_sleep(0.5)'));

engine.describe(() => {
  const service = useService(engine);

  test('keeps nothing of a session from one call to the next', async () => {
    await service.execute('CREATE TABLE numbers (n int)');
    await service.execute("SET lock_timeout = '7s'");
    await service.execute('BEGIN');
    expect(await service.field("SELECT current_setting('lock_timeout')")).toEqual({
      stringValue: '0',
    });
    await service.execute('INSERT INTO numbers VALUES (2)');
    expect(await service.field('SELECT count(*) FROM numbers')).toEqual({ longValue: 1 });
  });
});
