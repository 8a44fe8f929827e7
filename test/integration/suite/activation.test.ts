import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const EXTENSION_ID = 'spikebridge.spikebridge';

/** Commands that the README names, by their titles. */
const COMMAND_TITLES = [
  'Start Transfer Run…',
  'Stop Run',
  'Resume Run…',
  'Open Dashboard',
  'Create Sample Data',
];

interface CommandContribution {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}

function contributedCommands(): readonly CommandContribution[] {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  return extension?.packageJSON.contributes?.commands ?? [];
}

describe('the extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert.ok(extension, `${EXTENSION_ID} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  for (const title of COMMAND_TITLES) {
    it(`contributes and registers "SpikeBridge: ${title}"`, async () => {
      const contribution = contributedCommands().find((command) => command.title.endsWith(title));
      assert.ok(contribution, `no command is titled "${title}"`);
      assert.match(`${contribution.category ?? ''}: ${contribution.title}`, /SpikeBridge: /);
      const registered = await vscode.commands.getCommands(true);
      assert.ok(registered.includes(contribution.command), `${contribution.command} has no handler`);
    });
  }
});
