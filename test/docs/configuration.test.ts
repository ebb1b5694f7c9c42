import { EACH_SETTING, variableOf } from '../../contract/settings';
import { configurationTable } from '../../lib/configuration-table';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { partOf, readPage, tableIn } from './pages';

const TABLE = partOf(readPage('docs/configuration.md'), 'settings');

describe('docs/configuration.md', () => {
  it('has the table that is made from the settings; "npm run schema" writes it', () => {
    expect(TABLE).toBe(configurationTable());
  });

  it('explains each context key and each variable once, with a meaning and a default', () => {
    const rows = tableIn(TABLE);
    const variables = EACH_SETTING.map(([name]) => `\`${variableOf(name)}\``);

    expect(rows.map((row) => row['context key'])).toEqual(
      Object.keys(CONTEXT_SETTINGS).map((key) => `\`${key}\``),
    );
    expect(rows.flatMap((row) => row["function's environment"] || []).sort()).toEqual(
      variables.sort(),
    );
    for (const { "function's environment": _, ...cells } of rows) {
      expect(Object.values(cells)).not.toContain('');
    }
  });
});
