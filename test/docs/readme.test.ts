import { parseTableName, type TableName } from '../../contract/table-name';
import { readRequest } from '../../lambda/input/request';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { scripts, version } from '../../package.json';
import { endDemos, startDemo } from '../cli/demo/demo-process';
import { codeBlocks, PAGES, readPage, tableIn } from './pages';

const README = readPage('README.md');

/** What two outputs of the demo have in common: all but the figures. */
const shapeOf = (line: string) =>
  line
    .replaceAll(/\d[\d ]*/g, '#')
    .replaceAll(/ +/g, ' ')
    .trim();

describe('the README', () => {
  afterEach(endDemos);

  it('has at most 200 lines', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it('shows what the demo prints', async () => {
    const [sample = ''] = codeBlocks(README, 'text');
    const { stdout } = await startDemo(['--rows', '3000']).ended;
    const printed = stdout.split('\n').map(shapeOf);
    const shown = sample.split('\n').map(shapeOf);

    expect(shown.length).toBeGreaterThan(7);
    expect(printed).toEqual(expect.arrayContaining(shown));
  });

  it('has events that are understood', () => {
    const events = tableIn(README.slice(README.indexOf('| event |'))).map(({ event = '' }) =>
      JSON.parse(event.replaceAll('`', '')),
    );
    const tables = [parseTableName('django_session') as TableName];

    expect(new Set(events.flatMap(Object.keys))).toEqual(
      new Set(['dryRun', 'maxRows', 'cutoff', 'tables', 'maxSeconds', 'report', 'check']),
    );
    for (const event of events) expect(() => readRequest(event, tables)).not.toThrow();
  });
});

describe('every page', () => {
  it.each(PAGES)('%s names context keys and scripts that there are', (path) => {
    const page = readPage(path);
    const keys = [...page.matchAll(/-c (\w+)=/g)].map(([, key]) => key);
    const called = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);

    for (const key of keys) expect([...Object.keys(CONTEXT_SETTINGS), 'fleet']).toContain(key);
    for (const script of called) expect(Object.keys(scripts)).toContain(script);
  });
});

it('the changelog tells of the version in package.json first', () => {
  const [, top] = /^## \[(.*?)\]/m.exec(readPage('CHANGELOG.md')) ?? [];

  expect(top).toBe(version);
});
