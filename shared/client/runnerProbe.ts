// Asks whether the runner that a record names is really there.
import { get } from 'node:http';
import { get as getSecurely, type RequestOptions } from 'node:https';
import { healthPath, healthSchema } from '../protocol/handshake.ts';
import { doorUrl, type RunnerAddress } from './runnerAddress.ts';
import { trustIn } from './runnerCertificate.ts';
import { readRunnerRecord, type RunnerRecord } from './runnerRecord.ts';

const probeTimeoutMs = 2_000;
const maxAnswerBytes = 4_096;

/** The runner that uses `dataFolder`; null where none is recorded, or something else answers at its address. */
export async function findRunner(dataFolder: string, signal: AbortSignal): Promise<RunnerAddress | null> {
  const record = await readRunnerRecord(dataFolder);
  if (record === null) return null;
  const isThere = await isRunner(record, AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]));
  signal.throwIfAborted();
  return isThere ? addressIn(record) : null;
}

function addressIn({ url, token, fingerprint }: RunnerRecord): RunnerAddress {
  return { url, token, fingerprint: fingerprint ?? null };
}

/** A port may have been taken over by another program since; only the recorded process counts. */
async function isRunner(record: RunnerRecord, signal: AbortSignal): Promise<boolean> {
  try {
    const address = addressIn(record);
    const trust = await trustIn(address, signal);
    const answer = await fetchText(doorUrl(address, healthPath, 'http'), trust, signal);
    return healthSchema.parse(JSON.parse(answer)).pid === record.pid;
  } catch {
    // Whatever the reason, nobody is there to work with.
    return false;
  }
}

async function fetchText(url: URL, trust: RequestOptions, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // A socket of its own: none may stay open behind a probe.
    const ask = url.protocol === 'https:' ? getSecurely : get;
    const request = ask(url, { ...trust, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerBytes) request.destroy(new Error('The answer is too long for a runner.'));
      });
      response.once('error', reject).once('end', () => resolve(text));
    });
    request.once('error', reject);
  });
}
