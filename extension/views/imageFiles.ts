// Images that checks made, as read-only files whose bytes come from the runner: no copy of one is left on this machine.
import * as vscode from 'vscode';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { ReadOnlyFiles } from '../host/readOnlyFiles.ts';
import { readingOf, type ImageReading } from '../model/criterionImages.ts';

const scheme = 'nightjar-image';

export class ImageFiles extends ReadOnlyFiles {
  readonly #connected: (signal: AbortSignal) => Promise<RunnerConnection>;
  readonly #closing = new AbortController();
  /** The editor asks for a file's size right before it reads it. */
  #newest: { readonly key: string; readonly content: Promise<Uint8Array> } | undefined;

  constructor(connected: (signal: AbortSignal) => Promise<RunnerConnection>) {
    super(scheme, 'An image that a check of a background task made; it can’t be edited here.');
    this.#connected = connected;
  }

  static folderOf(taskId: string): vscode.Uri {
    return vscode.Uri.from({ scheme, path: `/${taskId}` });
  }

  static uriOf(taskId: string, image: string): vscode.Uri {
    return vscode.Uri.joinPath(ImageFiles.folderOf(taskId), image);
  }

  /** Opens it in the editor's own viewer. */
  async open(taskId: string, image: string): Promise<void> {
    await vscode.commands.executeCommand('vscode.open', ImageFiles.uriOf(taskId, image));
  }

  /** Whether the image can be drawn. Rejects where the runner can't be reached. */
  async examine(taskId: string, image: string, signal: AbortSignal): Promise<ImageReading> {
    const { readImageHead } = await import('../../shared/client/readImage.ts');
    const connection = await this.#connected(signal);
    const { head, sizeBytes } = await readImageHead(connection, { taskId, image }, signal);
    return readingOf(head, sizeBytes);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = uri.toString();
    const content = this.#newest?.key === key ? this.#newest.content : this.#read(uri);
    this.#newest = { key, content };
    content.catch(() => (this.#newest = undefined));
    return content;
  }

  override dispose(): void {
    this.#closing.abort();
    super.dispose();
  }

  async #read(uri: vscode.Uri): Promise<Uint8Array> {
    const { signal } = this.#closing;
    const [, taskId = '', image = '', ...more] = uri.path.split('/');
    if (more.length > 0) throw vscode.FileSystemError.FileNotFound(uri);
    const { readImage } = await import('../../shared/client/readImage.ts');
    const content = await readImage(await this.#connected(signal), { taskId, image }, signal);
    if (content === null) throw vscode.FileSystemError.FileNotFound(uri);
    return content;
  }
}
