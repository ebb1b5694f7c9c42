/** The function that many would write: it sends one DELETE. The benchmark bundles it as the stack bundles ours. */
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';

/** What the function is invoked with. */
export interface OneDelete {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly sql: string;
}

const client = new RDSDataClient({});

export const handler = async (event: OneDelete): Promise<void> => {
  await client.send(new ExecuteStatementCommand(event));
};
