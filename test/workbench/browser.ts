// Starts Chromium so that it reaches this machine only, and notes every request that tries to leave it.
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { ensureChromium } from './systemPackages.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Starts a headless browser; the caller closes it. */
export async function startBrowser(signal: AbortSignal): Promise<Browser> {
  const executablePath = await ensureChromium(signal);
  signal.throwIfAborted();
  return chromium.launch({ executablePath, args: flags, headless: true });
}

/** Collects the addresses off this machine that pages ask for; a test demands that there are none. */
export function watchForeignRequests(context: BrowserContext): readonly string[] {
  const foreign: string[] = [];
  context.on('request', (request) => {
    if (isForeign(new URL(request.url()))) foreign.push(request.url());
  });
  return foreign;
}

/** True for an address that is not of this machine. */
function isForeign(address: URL): boolean {
  if (!/^(?:https?|wss?):$/.test(address.protocol)) return false;
  // A service worker of the workbench answers these itself: they never reach the network.
  if (address.hostname.endsWith('.vscode-resource.vscode-cdn.net')) return false;
  return address.hostname !== '127.0.0.1';
}
