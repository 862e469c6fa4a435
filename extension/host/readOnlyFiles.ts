// Files that only Nightjar makes: they can be read, and whoever tries to change one is refused.
import * as vscode from 'vscode';

/** What they hold never changes under one address, so they need no time. */
const unchanging = 0;

export abstract class ReadOnlyFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  readonly #registration: vscode.Disposable;

  /** `why` is shown above a file that somebody tries to edit. */
  constructor(scheme: string, why: string) {
    this.#registration = vscode.workspace.registerFileSystemProvider(scheme, this, {
      isReadonly: new vscode.MarkdownString(why),
      isCaseSensitive: true,
    });
  }

  /** Throws FileSystemError FileNotFound where there is none. */
  abstract readFile(uri: vscode.Uri): Promise<Uint8Array>;

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const content = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: unchanging, mtime: unchanging, size: content.length };
  }

  dispose(): void {
    this.#registration.dispose();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
