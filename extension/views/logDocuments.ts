// Shows logs of a task as read-only documents; their bytes come from the runner when they are opened.
import * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { formatSize } from '../model/formatting.ts';

const scheme = 'nightjar-log';
/** Bytes of one request. */
const pieceBytes = 512 * 1024;
/** Bytes at the end of a log that are shown; nobody reads more in an editor. */
const shownBytes = 4 * 1024 * 1024;

export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connected: (signal: AbortSignal) => Promise<RunnerConnection>;
  readonly #closing = new AbortController();
  readonly #registration: vscode.Disposable;

  constructor(connected: (signal: AbortSignal) => Promise<RunnerConnection>) {
    this.#connected = connected;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Rejects where the runner can't be reached or has no such log. */
  async open(taskId: string, log: string): Promise<void> {
    const uri = vscode.Uri.from({
      scheme,
      path: `/${taskId}/${log.endsWith('.log') ? log : `${log}.log`}`,
      query: log,
    });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { signal } = this.#closing;
    const connection = await this.#connected(signal);
    const params = { taskId: uri.path.split('/')[1] ?? '', log: uri.query };
    const { sizeBytes } = await connection.request(
      'logs/read',
      { ...params, offset: 0, limitBytes: 1 },
      signal,
    );
    const start = Math.max(0, sizeBytes - shownBytes);
    const texts = start === 0 ? [] : [`(the first ${formatSize(start)} are not shown)\n`];
    for (let offset = start; offset < sizeBytes;) {
      const piece = await connection.request(
        'logs/read',
        { ...params, offset, limitBytes: pieceBytes },
        signal,
      );
      texts.push(piece.text);
      if (piece.nextOffset <= offset) break;
      offset = piece.nextOffset;
    }
    return texts.join('');
  }

  dispose(): void {
    this.#closing.abort();
    this.#registration.dispose();
  }
}
