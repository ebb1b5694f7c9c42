import { readVersion, versionFinding } from '../../../lambda/checkup/engine-version';

const stateOf = (answer: string) => versionFinding(readVersion(answer)).state;

describe('the version of a server', () => {
  it.each([
    ['PostgreSQL 13.11 on aarch64-unknown-linux-gnu, compiled by gcc', 'ok'],
    ['PostgreSQL 13.10 on aarch64', 'failing'],
    ['PostgreSQL 14.8', 'ok'],
    ['PostgreSQL 14.7', 'failing'],
    ['PostgreSQL 15.3', 'ok'],
    ['PostgreSQL 15.2', 'failing'],
    ['PostgreSQL 16.1', 'ok'],
    ['PostgreSQL 16.0', 'failing'],
    ['PostgreSQL 17.4', 'ok'],
    ['PostgreSQL 17.3', 'failing'],
    ['PostgreSQL 17.10', 'ok'],
    ['PostgreSQL 18.3', 'ok'],
    ['PostgreSQL 18.2', 'failing'],
    ['PostgreSQL 19beta1 on x86_64', 'ok'],
    ['PostgreSQL 12.22', 'failing'],
    ['PostgreSQL 9.6.24', 'failing'],
    ['8.0.36', 'ok'],
    ['8.0.35', 'failing'],
    ['8.0.42', 'ok'],
    ['8.4.0', 'ok'],
    ['9.0.1', 'ok'],
    ['5.7.44', 'failing'],
    ['5.7.44-log', 'failing'],
    ['10.11.6-MariaDB-0+deb12u1', 'unknown'],
    ['something else', 'failing'],
    ['', 'failing'],
  ])('%j is %s', (answer, state) => {
    expect(stateOf(answer)).toBe(state);
  });

  it('is told without what comes after it', () => {
    expect(versionFinding(readVersion('PostgreSQL 16.6 on x86_64, compiled by gcc')).detail).toBe(
      'PostgreSQL 16.6',
    );
    expect(versionFinding(readVersion('8.0.39-aurora')).detail).toBe('MySQL 8.0.39');
  });
});
