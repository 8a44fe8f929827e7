/** What the page of a recording refers to; all URIs are ready for the webview. */
export interface RecordingPage {
  readonly nonce: string;
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/**
 * The page of the recording editor with its content security policy: scripts by nonce only and no evaluation of text,
 * styles from the bundle's file only (sizes are set through the CSSOM), nothing from anywhere else.
 */
export function recordingHtml({ nonce, cspSource, scriptUri, styleUri }: RecordingPage): string {
  const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${cspSource}`].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Event Recording</title>
  <link rel="stylesheet" href="${styleUri}">
</head>
<body>
  <main id="recording"></main>
  <script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>
`;
}
