// A TCP proxy in front of a runner that does something when so many bytes of a bundle's socket have passed.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The first bytes of a bundle's socket. */
const bundleRequest = 'GET /bundles/';

export interface Ambush {
  /** Bytes of the shipment that still pass; 'answer' waits for all of it and for the runner's word on it. */
  readonly at: number | 'answer';
  /** What happens then; the socket is cut in any case. */
  readonly strike: () => void;
}

export class ShippingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #targetPort: () => Promise<number>;
  /** Taken once. */
  ambush: Ambush | null = null;

  private constructor(targetPort: () => Promise<number>) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => {
      this.#join(client).catch(() => client.destroy());
    });
  }

  /** `targetPort` is asked for each connection: a runner that was started again listens elsewhere. */
  static async start(targetPort: () => Promise<number>): Promise<ShippingProxy> {
    const proxy = new ShippingProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #join(client: Socket): Promise<void> {
    this.#keep(client);
    const runner = connect(await this.#targetPort(), '127.0.0.1');
    this.#keep(runner);
    client.once('close', () => runner.destroy());
    runner.once('close', () => client.destroy());
    const wire = new Wire(client, runner, () => this.#takeAmbush());
    client.on('data', (data) => wire.toRunner(data));
    runner.on('data', (data) => wire.toClient(data));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #takeAmbush(): Ambush | null {
    const { ambush } = this;
    this.ambush = null;
    return ambush;
  }
}

/** One connection through the proxy. */
class Wire {
  readonly #client: Socket;
  readonly #runner: Socket;
  readonly #takeAmbush: () => Ambush | null;
  #ambush: Ambush | null = null;
  #isNew = true;
  #passed = 0;
  #answers = 0;

  constructor(client: Socket, runner: Socket, takeAmbush: () => Ambush | null) {
    this.#client = client;
    this.#runner = runner;
    this.#takeAmbush = takeAmbush;
  }

  toRunner(data: Buffer): void {
    if (this.#isNew && data.toString('latin1').startsWith(bundleRequest)) this.#ambush = this.#takeAmbush();
    this.#isNew = false;
    const left =
      this.#ambush === null || this.#ambush.at === 'answer' ? Infinity : this.#ambush.at - this.#passed;
    this.#passed += data.length;
    this.#runner.write(data.subarray(0, left));
    if (data.length >= left) this.#strike();
  }

  toClient(data: Buffer): void {
    this.#answers += 1;
    // The first answer only opens the socket.
    if (this.#ambush?.at === 'answer' && this.#answers > 1) this.#strike();
    else this.#client.write(data);
  }

  #strike(): void {
    this.#ambush?.strike();
    this.#ambush = null;
    this.#client.destroy();
    this.#runner.destroySoon();
  }
}
