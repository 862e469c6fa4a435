// A TCP proxy that cuts its connections after a random number of bytes: in a handshake, a frame, an answer.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;
  #bytesLeft = Infinity;
  #isStill = false;
  cuts = 0;

  private constructor(targetPort: number, random: () => number) {
    this.#random = random;
    this.#server = createServer((client) => this.#join(client, connect(targetPort, '127.0.0.1')));
  }

  static async start(targetPort: number, random: () => number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(targetPort, random);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether a cut is under way. */
  get isCutting(): boolean {
    return this.#bytesLeft !== Infinity;
  }

  /** Lets some bytes through, then cuts. */
  cutSoon(): void {
    this.#bytesLeft = Math.floor(this.#random() ** 2 * 60_000);
  }

  /** Cuts no more. */
  holdStill(): void {
    this.#isStill = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, runner: Socket): void {
    for (const [from, to] of [
      [client, runner],
      [runner, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => this.#pass(data, from, to));
      from.on('error', () => undefined);
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  #pass(data: Buffer, from: Socket, to: Socket): void {
    this.#bytesLeft -= data.length;
    if (this.#isStill || this.#bytesLeft > 0) {
      to.write(data);
      return;
    }
    // The first part still arrives, so that frames are cut in their middle.
    to.write(data.subarray(0, Math.floor(data.length / 2)), () => from.destroy());
    this.#bytesLeft = Infinity;
    this.cuts += 1;
  }
}
