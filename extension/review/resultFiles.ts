// Files of a task's snapshot and result as read-only documents, straight from the user's repository.
import * as vscode from 'vscode';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { ReadOnlyFiles } from '../host/readOnlyFiles.ts';
import { resultFileOf, resultScheme, resultUriParts, type ResultFile } from './resultUri.ts';

/** Contents that are kept: the editor asks for a file's size right before it reads it. */
const keptContents = 20;

export class ResultFiles extends ReadOnlyFiles {
  readonly #closing = new AbortController();
  readonly #contents = new Map<string, Promise<Uint8Array>>();
  readonly #repositories = new Map<string, Promise<Repository>>();

  constructor() {
    super(resultScheme, 'A background task’s version of this file; it can’t be edited here.');
  }

  static uriOf(file: ResultFile): vscode.Uri {
    return vscode.Uri.from(resultUriParts(file, vscode.Uri.file(file.repository).path));
  }

  /** Throws FileSystemError FileNotFound where the commit has no such file. */
  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = uri.toString();
    const content = this.#contents.get(key) ?? this.#read(uri);
    this.#keep(key, content);
    return content;
  }

  override dispose(): void {
    this.#closing.abort();
    super.dispose();
  }

  async #read(uri: vscode.Uri): Promise<Uint8Array> {
    const file = resultFileOf(uri, (folder) => vscode.Uri.file(folder).path);
    if (file === null) throw vscode.FileSystemError.FileNotFound(uri);
    const { readBlob } = await import('../../shared/repository/changedFiles.ts');
    const repository = await this.#open(file.repository);
    const content = await readBlob(repository, file.commit, file.path, this.#closing.signal);
    if (content === null) throw vscode.FileSystemError.FileNotFound(uri);
    return content;
  }

  async #open(folder: string): Promise<Repository> {
    const known = this.#repositories.get(folder);
    if (known !== undefined) return known;
    const { openRepository } = await import('../../shared/repository/openRepository.ts');
    const opened = openRepository(folder, this.#closing.signal);
    this.#repositories.set(folder, opened);
    // A repository that was not there may be there the next time.
    opened.catch(() => this.#repositories.delete(folder));
    return opened;
  }

  /** The newest reads stay, a failed one does not. */
  #keep(key: string, content: Promise<Uint8Array>): void {
    this.#contents.delete(key);
    this.#contents.set(key, content);
    content.catch(() => this.#contents.delete(key));
    const [oldest] = this.#contents.keys();
    if (this.#contents.size > keptContents && oldest !== undefined) this.#contents.delete(oldest);
  }
}
