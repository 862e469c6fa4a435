// Where a server may listen: on the loopback as it is, anywhere else with TLS only.
import { BlockList, isIP } from 'node:net';
import { KnownError } from '../../shared/errors/errors.ts';

/** The whole address with its brackets where it needs some; what stands for all addresses becomes the loopback. */
export function reachableUrl(
  { host, port }: { readonly host: string; readonly port: number },
  isSecure: boolean,
): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${isSecure ? 'wss' : 'ws'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Throws KnownError `tlsNeeded`. */
export function refuseOpenDoor(host: string, isSecure: boolean): void {
  if (!isSecure && !isLoopback(host)) throw new KnownError('tlsNeeded', { host });
}

/** Whether only programs of this machine can connect there. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
