import { resolve } from 'node:path';
import {
  fleetLabelOf,
  fleetNameOf,
  fleetStackIdOf,
  memberNames,
  stackIdOf,
} from '../../lib/stack-names';

const cluster = (name: string) => `arn:aws:rds:eu-west-1:123456789012:cluster:${name}`;
const idOf = (name: string, database: string) =>
  stackIdOf(undefined, { clusterArn: cluster(name), database });

describe("the id of a purge's stack", () => {
  it('has its name', () => {
    expect(stackIdOf('web', { clusterArn: cluster('shop'), database: 'shop' })).toBe(
      'SessionPurge-web',
    );
  });

  it('has its cluster and its database without a name', () => {
    expect(idOf('shop-eu', 'shop')).toBe('SessionPurge-shop-eu--shop');
  });

  it.each([
    ['shop', 'blog'],
    ['shop-a', 'b'],
    ['shop', 'a-b'],
    ['shop', 'a_b'],
    ['shop', 'a.b'],
    ['shop', 'größe'],
    ['c'.repeat(63), 'd'.repeat(63)],
    ['c'.repeat(63), `${'d'.repeat(62)}e`],
  ])('is one that CloudFormation takes: cluster %s, database %s', (name, database) => {
    expect(idOf(name, database)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  });

  it('is never that of another database', () => {
    const ids = ['shop', 'shop-a'].flatMap((name) =>
      ['b', 'a-b', 'a_b', 'a.b', 'A_b', `${'d'.repeat(63)}`, `${'d'.repeat(62)}e`].map((database) =>
        idOf(name.padEnd(63, 'x'), database).concat(idOf(name, database)),
      ),
    );

    expect(new Set(ids).size).toBe(14);
  });
});

describe("a fleet's stack", () => {
  const place = {
    partition: 'aws',
    service: 'rds',
    region: 'eu-west-1',
    account: '123456789012',
    resource: '',
  };

  const nameOf = (path: string) => fleetNameOf(fleetLabelOf(path));

  it.each([
    ['fleet.json', 'SessionPurgeFleet-123456789012-eu-west-1'],
    ['./fleet.json', 'SessionPurgeFleet-123456789012-eu-west-1'],
    [resolve('fleet.json'), 'SessionPurgeFleet-123456789012-eu-west-1'],
    ['staging.json', 'SessionPurgeFleet-staging-123456789012-eu-west-1'],
    ['eu/fleet.json', 'SessionPurgeFleet-eu-fleet-c09e9254-123456789012-eu-west-1'],
  ])('of %s is %s', (path, id) => {
    expect(fleetStackIdOf(nameOf(path), place)).toBe(id);
  });

  it('is never that of another file', () => {
    const long = 'x'.repeat(80);
    const paths = [
      'fleet',
      'a/fleet',
      'b/fleet',
      '../fleet',
      'a-fleet',
      'a_fleet',
      `${long}1`,
      `${long}2`,
    ];
    const names = [...paths.map((path) => nameOf(`${path}.json`)), nameOf('fleet.json5')];

    expect(new Set(names).size).toBe(names.length);
  });

  it('of a name with other characters is still one that CloudFormation takes', () => {
    const name = nameOf(`${'über all_'.repeat(30)}.json`);

    expect(fleetStackIdOf(name, place)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  });
});

describe('the label of a fleet', () => {
  it.each(['../eu/fleet.json', 'eu--fleet.json', '-.json', `${'x'.repeat(54)}--y.json`])(
    'has no two hyphens in a row, and none at its ends: %s',
    (path) => {
      expect(fleetLabelOf(path)).toMatch(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/);
    },
  );
});

describe('the names of a purge of a fleet', () => {
  it('are its own in fleet.json, and else have the name of the file', () => {
    expect(memberNames(undefined, 'shop')).toEqual({
      purgeName: 'shop',
      stackId: 'SessionPurge-shop',
    });
    expect(memberNames('staging', 'shop')).toEqual({
      purgeName: 'staging--shop',
      stackId: 'SessionPurgeFleet-staging--shop',
    });
  });

  it('are never those of another, and a function takes them', () => {
    const names = ['a', 'b', `${'x'.repeat(63)}1`, `${'x'.repeat(63)}2`];
    const all = ['staging', 'eu'].flatMap((label) =>
      names.map((name) => memberNames(label, name).purgeName),
    );

    expect(new Set(all).size).toBe(8);
    for (const name of all) expect(name).toMatch(/^[A-Za-z0-9-]{1,64}$/);
  });
});
