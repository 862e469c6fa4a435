// Which language a file is written in, by its name, and which grammar reads it.

export type Language = 'javascript' | 'typescript' | 'tsx' | 'python' | 'go' | 'rust' | 'java';

const byExtension: Readonly<Record<string, Language>> = {
  ...{ js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript' },
  ...{ ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'tsx' },
  ...{ py: 'python', pyi: 'python', go: 'go', rs: 'rust', java: 'java' },
};

/** Null where no grammar is at hand: such files are read as text. */
export function languageOf(path: string): Language | null {
  return byExtension[extensionOf(path)] ?? null;
}

export function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isJavaScript(language: Language): boolean {
  return language === 'javascript' || language === 'typescript' || language === 'tsx';
}
