import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that listens. */
export interface Loopback {
  /** `http://127.0.0.1:port` */
  readonly endpoint: string;
  /** Takes no new connection, ends its work, and closes all connections; resolves when they are closed. */
  close(): Promise<void>;
}

/**
 * Lets a server listen on a free loopback port. `endWork`: ends the work for the requests that are not answered yet, while
 * their connections are still open.
 */
export async function listenOnLoopback(
  server: Server,
  endWork?: () => Promise<void>,
): Promise<Loopback> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shutDown = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await endWork?.();
    server.closeAllConnections();
    await closed;
  };
  let closed: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}
