/** A TCP proxy that can stop forwarding without closing anything, as a network or a host that hangs. */
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Accepts, but forwards nothing any more, in both directions. */
  freeze(): void;
  /** Forwards what is new; what was open or was accepted meanwhile stays silent for ever. */
  replace(): void;
  /** Forwards everything again, also what was held back. */
  thaw(): void;
  /** Connections accepted so far. */
  readonly accepted: number;
  close(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<{ from: Socket; to: Socket | undefined }>();
  let frozen = false;
  let accepted = 0;

  const forward = (pair: { from: Socket; to: Socket | undefined }) => {
    const to = connect(targetPort, '127.0.0.1');
    pair.to = to;
    for (const [one, other] of [
      [pair.from, to],
      [to, pair.from],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  };
  const hold = (socket: Socket | undefined) => {
    socket?.unpipe();
    socket?.pause();
  };

  const server = createServer((from) => {
    accepted += 1;
    from.on('error', () => undefined);
    const pair = { from, to: undefined as Socket | undefined };
    pairs.add(pair);
    from.on('close', () => pairs.delete(pair));
    if (!frozen) forward(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as { port: number }).port,
    get accepted() {
      return accepted;
    },
    freeze() {
      frozen = true;
      for (const { from, to } of pairs) {
        hold(from);
        hold(to);
      }
    },
    replace() {
      frozen = false;
    },
    thaw() {
      frozen = false;
      for (const pair of pairs) {
        if (!pair.to) forward(pair);
        else {
          pair.from.pipe(pair.to);
          pair.to.pipe(pair.from);
        }
      }
    },
    async close() {
      for (const { from, to } of pairs) {
        from.destroy();
        to?.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
