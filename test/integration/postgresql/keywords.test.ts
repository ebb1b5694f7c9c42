import { quoted } from '../../../contract/user-sql/postgresql';
import { KEYWORDS } from '../../../contract/user-sql/postgresql-keywords';
import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  it('names stand in quotes where they are keywords, and only there', async () => {
    const rows = await bed.query(
      `SELECT word FROM pg_get_keywords() WHERE catcode <> 'U' ORDER BY word`,
    );

    expect(rows).toHaveLength(KEYWORDS.size);
    for (const [word = ''] of rows) expect(quoted(word)).toBe(`"${word}"`);
    expect(['public', 'django_session', '_9', 'a$b', 'Shop', 'x y', '9a'].map(quoted)).toEqual([
      ...['public', 'django_session', '_9', '"a$b"', '"Shop"', '"x y"', '"9a"'],
    ]);
  });
});
