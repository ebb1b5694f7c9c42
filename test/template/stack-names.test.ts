import { fleetNameOf, fleetStackIdOf, stackIdOf } from '../../lib/stack-names';

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
    expect(idOf('shop-eu', 'shop')).toBe('SessionPurge-shop-eu-shop');
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

  it.each([
    ['fleet.json', 'SessionPurgeFleet-123456789012-eu-west-1'],
    ['fleets/fleet.json', 'SessionPurgeFleet-123456789012-eu-west-1'],
    ['staging.json', 'SessionPurgeFleet-staging-123456789012-eu-west-1'],
    ['fleets/staging.json', 'SessionPurgeFleet-staging-123456789012-eu-west-1'],
  ])('of %s is %s', (path, id) => {
    expect(fleetStackIdOf(fleetNameOf(path), place)).toBe(id);
  });

  it('of a name with other characters is still one that CloudFormation takes', () => {
    const name = fleetNameOf(`${'über all_'.repeat(30)}.json`);

    expect(fleetStackIdOf(name, place)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  });
});
