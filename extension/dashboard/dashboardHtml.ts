/** What the dashboard's page refers to; all URIs are ready for the webview. */
export interface DashboardPage {
  readonly nonce: string;
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/**
 * The page of the dashboard webview with its content security policy. Scripts run by nonce only and cannot evaluate
 * text (Plotly's strict bundle). Styles come from the bundle's file only, nothing inline: Lit's elements use
 * constructed style sheets, Plotly sets styles through the CSSOM, and the class `no-inline-styles` on the element
 * `plotly.js-style-global` keeps it from inserting a style element (webviews/plotting/plotly.css has the rules).
 * Pictures are the heatmap's data: URL and what an export draws.
 */
export function dashboardHtml({ nonce, cspSource, scriptUri, styleUri }: DashboardPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>SpikeBridge Dashboard</title>
  <link rel="stylesheet" id="plotly.js-style-global" class="no-inline-styles" href="${styleUri}">
</head>
<body>
  <main id="dashboard"></main>
  <script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>
`;
}
