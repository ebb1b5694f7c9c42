/** The name by which CloudWatch knows a cluster: the last part of its ARN. */
export function clusterIdentifier(clusterArn: string): string {
  return clusterArn.slice(clusterArn.lastIndexOf(':') + 1);
}

/** The region that a cluster is in; `undefined` where its ARN leaves it out. */
export function clusterRegion(clusterArn: string): string | undefined {
  return clusterArn.split(':')[3] || undefined;
}
