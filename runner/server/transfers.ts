// Announced uploads and prepared downloads: who may send or fetch which bytes, and the files in between.
import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { KnownError } from '../../shared/errors/errors.ts';
import type { CheckedParams, RequestResult } from '../../shared/protocol/requests.ts';
import { namingDiskFull } from '../host/diskFull.ts';
import type { Caller } from '../tasks/access.ts';
import type { Transfers } from './ports.ts';
import { hashFile, receiveFile, sendFile, type TransferTimes } from './transferSocket.ts';

type Upload = CheckedParams<'bundles/upload'>;

type Claimable = { readonly caller: Caller; readonly expiry: NodeJS.Timeout } & (
  { readonly kind: 'upload'; readonly upload: Upload } | { readonly kind: 'download'; readonly file: string }
);

/** Transfers that may wait for their socket; the oldest gives way. */
const maxWaiting = 64;
/** Milliseconds that a transfer waits for its socket. */
const waitingMs = 60_000;

export interface TransferDeskOptions {
  readonly transfers: Transfers;
  /** Absolute folder of the desk's own, emptied at start. */
  readonly folder: string;
  /** The largest upload taken. */
  readonly quotaBytes: number;
  readonly times: TransferTimes;
  readonly logBug: (error: unknown) => void;
}

export class TransferDesk implements AsyncDisposable {
  readonly #options: TransferDeskOptions;
  readonly #waiting = new Map<string, Claimable>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #ended = new AbortController();

  constructor(options: TransferDeskOptions) {
    this.#options = options;
  }

  /** Throws KnownError bundleTooLarge. */
  announceUpload(upload: Upload, caller: Caller): RequestResult<'bundles/upload'> {
    const { quotaBytes } = this.#options;
    if (upload.sizeBytes > quotaBytes) {
      throw new KnownError('bundleTooLarge', {
        size: `${upload.sizeBytes} bytes`,
        limit: `${quotaBytes} bytes`,
      });
    }
    return { transferId: this.#keep((expiry) => ({ kind: 'upload', upload, caller, expiry })) };
  }

  /** Has the bundle made; it waits for its socket a minute. Throws what the making throws, and diskFull. */
  async prepareDownload(
    { taskId, have }: CheckedParams<'bundles/download'>,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RequestResult<'bundles/download'>> {
    const { folder, transfers } = this.#options;
    const file = join(folder, `download-${randomUUID()}`);
    try {
      return await namingDiskFull(folder, async () => {
        const { ref, commit } = await transfers.makeResultBundle(taskId, have, file, signal);
        const [{ size }, sha256] = await Promise.all([stat(file), hashFile(file, signal)]);
        // Nobody is left to fetch it.
        signal.throwIfAborted();
        const transferId = this.#keep((expiry) => ({ kind: 'download', file, caller, expiry }));
        return { transferId, ref, commit, sizeBytes: size, sha256 };
      });
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Whether the caller has announced this transfer. */
  isWaiting(transferId: string, caller: Caller): boolean {
    return this.#waiting.get(transferId)?.caller.name === caller.name;
  }

  /** Carries the transfer out on its socket; each can be claimed once. */
  serve(transferId: string, socket: WebSocket): void {
    const claimed = this.#waiting.get(transferId);
    if (claimed === undefined) {
      socket.terminate();
      return;
    }
    this.#waiting.delete(transferId);
    clearTimeout(claimed.expiry);
    const work = this.#carryOut(transferId, claimed, socket)
      .catch((error: unknown) => this.#options.logBug(error))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Ends all transfers and waits until their files are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#waiting.keys()].map(async (transferId) => this.#discard(transferId)));
    await Promise.all(this.#underWay);
  }

  async #carryOut(transferId: string, claimed: Claimable, socket: WebSocket): Promise<void> {
    const { folder, transfers, times, logBug } = this.#options;
    const file = claimed.kind === 'upload' ? join(folder, `upload-${transferId}`) : claimed.file;
    const run = { socket, file, signal: this.#ended.signal, times, logBug };
    try {
      if (claimed.kind === 'download') {
        await sendFile(run);
        return;
      }
      const { upload } = claimed;
      const { repositoryId, snapshot, ref, shallow } = upload;
      await receiveFile({ ...run, sizeBytes: upload.sizeBytes, sha256: upload.sha256 }, async (signal) =>
        transfers.receiveBundle({ repositoryId, snapshot, ref, shallow, file }, signal),
      );
    } finally {
      await rm(file, { force: true });
    }
  }

  #keep(make: (expiry: NodeJS.Timeout) => Claimable): string {
    const transferId = randomUUID();
    const discard = (id: string): void => {
      this.#discard(id).catch(this.#options.logBug);
    };
    this.#waiting.set(transferId, make(setTimeout(discard, waitingMs, transferId)));
    const oldest = this.#waiting.keys().next();
    if (this.#waiting.size > maxWaiting && oldest.done !== true) discard(oldest.value);
    return transferId;
  }

  async #discard(transferId: string): Promise<void> {
    const transfer = this.#waiting.get(transferId);
    this.#waiting.delete(transferId);
    clearTimeout(transfer?.expiry);
    if (transfer?.kind === 'download') await rm(transfer.file, { force: true });
  }
}
