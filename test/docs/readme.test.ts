import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import { version } from '../../package.json';
import { readPage } from './pages';

const README = readPage('README.md');

describe('the README', () => {
  it.each([METRIC_NAMESPACE, METRIC_DIMENSION, ...Object.values(METRICS)])('names %s', (name) => {
    expect(README).toContain(`\`${name}\``);
  });
});

it('the changelog tells of the version in package.json first', () => {
  const [, top] = /^## \[(.*?)\]/m.exec(readPage('CHANGELOG.md')) ?? [];

  expect(top).toBe(version);
});
