import {
  arnParts,
  clusterIdentifier,
  clusterPlace,
  clusterRegion,
  isClusterArn,
  isSecretArn,
  otherPlace,
} from '../../../contract/arn';

const CLUSTER = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';

describe("a cluster's ARN", () => {
  it.each([
    [CLUSTER, 'shop', 'eu-west-1'],
    ['arn:aws-cn:rds:cn-north-1:123456789012:cluster:shop-2', 'shop-2', 'cn-north-1'],
    ['arn:aws:rds:::cluster:shop', 'shop', undefined],
  ])('names the cluster and its region: %s', (arn, identifier, region) => {
    expect(clusterIdentifier(arn)).toBe(identifier);
    expect(clusterRegion(arn)).toBe(region);
  });

  it.each([
    'arn:aws-cn:rds:cn-north-1:210987654321:cluster:laden',
    'arn:aws-us-gov:rds:us-gov-west-1:210987654321:cluster:shop',
    'arn:aws-iso-b:rds:us-isob-east-1:210987654321:cluster:shop',
    'arn:aws-eusc:rds:eusc-de-east-1:210987654321:cluster:shop',
  ])('may be of any partition: %s', (arn) => {
    expect(isClusterArn.holds(arn)).toBe(true);
  });
});

describe("a secret's ARN", () => {
  it.each(['shop-AbCdEf', 'rds!cluster-0a1b-AbCdEf', 'prod/shop_db+x=y.z@w-AbCdEf'])(
    'may have the name %s',
    (name) => {
      const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;

      expect(isSecretArn.holds(arn)).toBe(true);
    },
  );
});

describe('the parts of an ARN', () => {
  it('are those between its colons, with all after the account as the resource', () => {
    expect(arnParts(CLUSTER)).toEqual({
      partition: 'aws',
      service: 'rds',
      region: 'eu-west-1',
      account: '123456789012',
      resource: 'cluster:shop',
    });
  });

  it('are empty where there are none', () => {
    expect(new Set(Object.values(arnParts('shop')))).toEqual(new Set(['']));
  });
});

describe('otherPlace', () => {
  const arn = (region: string, account: string) =>
    arnParts(`arn:aws:sns:${region}:${account}:on-call`);

  it.each([
    [
      arn('us-east-1', '123456789012'),
      'must be in the cluster\'s region eu-west-1, got "us-east-1"',
    ],
    [
      arn('eu-west-1', '210987654321'),
      'must be in the cluster\'s account 123456789012, got "210987654321"',
    ],
    [arn('eu-west-1', '123456789012'), undefined],
    [arnParts('shop'), undefined],
    [{ account: '123456789012' }, undefined],
  ])('of %j', (place, mistake) => {
    expect(otherPlace(place, clusterPlace(CLUSTER))).toBe(mistake);
    expect(otherPlace(place, clusterPlace('arn:aws:rds:Europe:1:cluster:shop'))).toBeUndefined();
  });
});
