import { clusterIdentifier, clusterRegion } from '../../../contract/arn';

describe("a cluster's ARN", () => {
  it.each([
    ['arn:aws:rds:eu-west-1:123456789012:cluster:shop', 'shop', 'eu-west-1'],
    ['arn:aws-cn:rds:cn-north-1:123456789012:cluster:shop-2', 'shop-2', 'cn-north-1'],
    ['arn:aws:rds:::cluster:shop', 'shop', undefined],
  ])('names the cluster and its region: %s', (arn, identifier, region) => {
    expect(clusterIdentifier(arn)).toBe(identifier);
    expect(clusterRegion(arn)).toBe(region);
  });
});
