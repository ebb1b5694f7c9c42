import { DEFAULTS, ENVIRONMENT } from '../../contract/settings';
import { purgeSchema } from '../../lib/purge-schema';
import { partOf, readPage } from './pages';

const TABLE = partOf(readPage('docs/configuration.md'), 'settings').split('\n');

/** The row that names an environment variable. */
const rowOf = (variable: string) => TABLE.find((line) => line.includes(`\`${variable}\``));

describe('docs/configuration.md', () => {
  it.each(Object.values(ENVIRONMENT))('explains %s', (variable) => {
    expect(rowOf(variable)).toBeDefined();
  });

  it.each(Object.entries(DEFAULTS))('gives the default of %s', (setting, value) => {
    const variable = ENVIRONMENT[setting as keyof typeof DEFAULTS];

    expect(rowOf(variable)).toContain(`| \`${value}\` |`);
  });

  it.each(Object.keys(purgeSchema.entries))('explains the context key %s', (key) => {
    expect(TABLE.join('\n')).toMatch(new RegExp(`^\\| [^|]*\`${key}\``, 'm'));
  });
});
