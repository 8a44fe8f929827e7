import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

interface Manifest {
  readonly icon: string;
  readonly activationEvents: string[];
  readonly contributes: {
    readonly commands: { command: string }[];
    readonly menus: Record<string, { command: string; when?: string }[]>;
    readonly configuration: { properties: Record<string, { default: unknown }> };
    readonly snippets: { path: string }[];
    readonly walkthroughs: {
      steps: {
        description: string;
        media: { markdown?: string; svg?: string };
        completionEvents: string[];
      }[];
    }[];
  };
}

describe('manifest', () => {
  let manifest: Manifest;
  let contributed: string[];
  before(async () => {
    manifest = JSON.parse(await read('package.json'));
    contributed = manifest.contributes.commands.map(({ command }) => command);
  });

  it('contributes only commands that are registered', async () => {
    const source = await read('extension/commands.ts');
    assert.deepEqual(
      contributed.filter((command) => !source.includes(`'${command}'`)),
      [],
    );
  });

  it('refers only to contributed commands', () => {
    const menus = Object.values(manifest.contributes.menus)
      .flat()
      .map(({ command }) => command);
    const links = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ description, completionEvents }) => [
        ...[...description.matchAll(/\(command:([^)]+)\)/g)].map(([, command]) => command!),
        ...completionEvents.map((event) => event.replace('onCommand:', '')),
      ]),
    );
    assert.deepEqual(
      [...menus, ...links].filter((command) => !contributed.includes(command)),
      [],
    );
  });

  it('refers only to files that exist', async () => {
    const media = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.map(({ media }) => media.markdown ?? media.svg!),
    );
    for (const file of [
      manifest.icon,
      ...media,
      ...manifest.contributes.snippets.map((snippet) => snippet.path),
    ]) {
      await access(path.join(ROOT, file));
    }
  });

  it('declares every setting that the code reads', async () => {
    const declared = Object.keys(manifest.contributes.configuration.properties);
    assert.deepEqual(declared.sort(), [
      'spikebridge.backend',
      'spikebridge.engine.nodePath',
      'spikebridge.notifications.progress',
      'spikebridge.notifications.runEnd',
    ]);
  });
});
