import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeLiveSessions } from '../live-sessions.suite';

POSTGRESQL.describe(() => describeLiveSessions(POSTGRESQL));

POSTGRESQL.describe(() => {
  describe('a session that the application holds locked', () => {
    const bed = purgeBed(POSTGRESQL);

    it('holds up neither the purge nor the other rows, and is told as overdue', async () => {
      const expireDate = '2020-07-11T19:20:40.000Z';
      await bed.insert([
        { sessionKey: 'held', expireDate },
        { sessionKey: 'expired', expireDate },
      ]);
      const application = await bed.begin(
        `SELECT FROM django_session WHERE session_key = 'held' FOR UPDATE`,
      );

      const { report } = await bed.purge();
      await application.end('ROLLBACK');

      expect(report).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: 1,
        tables: [{ oldestExpired: expireDate }],
      });
      expect(await bed.keysLeft()).toEqual(['held']);
    });
  });
});
