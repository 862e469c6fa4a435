// The task panel's page before its script runs: no inline script, no style of its own, nothing from elsewhere.

export interface PageAddresses {
  /** What the webview's own resources come from, as a source of the content security policy. */
  readonly cspSource: string;
  /** Random for each page; only the script that bears it runs. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly iconsUri: string;
}

export function taskPanelHtml({ cspSource, nonce, scriptUri, styleUri, iconsUri }: PageAddresses): string {
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; img-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${iconsUri}">
    <link rel="stylesheet" href="${styleUri}">
    <title>Background Task</title>
  </head>
  <body>
    <main id="page"></main>
    <script nonce="${nonce}" src="${scriptUri}"></script>
  </body>
</html>
`;
}
