import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A fresh user of VS Code: every folder the server and the extension host may write to. */
export interface Profile {
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  readonly home: string;
}

/** Quiet start: no welcome pages, no network, no prompts. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'files.hotExit': 'off',
  'window.confirmBeforeClose': 'never',
  'workbench.reduceMotion': 'on',
  'window.commandCenter': false,
  'window.autoDetectColorScheme': true,
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
};

/** A new profile in the system's temporary folder (short paths: VS Code puts sockets there). */
export async function createProfile(settings: Readonly<Record<string, unknown>> = {}): Promise<Profile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-test-'));
  const profile: Profile = {
    folder,
    userData: path.join(folder, 'data'),
    extensions: path.join(folder, 'extensions'),
    home: path.join(folder, 'home'),
  };
  for (const each of [path.join(profile.userData, 'User'), profile.extensions, profile.home]) {
    await mkdir(each, { recursive: true });
  }
  await writeFile(path.join(folder, 'server.yaml'), '');
  const file = path.join(profile.userData, 'User/settings.json');
  await writeFile(file, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 1));
  return profile;
}

/** Deletes a profile with all it holds. */
export async function removeProfile(profile: Profile): Promise<void> {
  await rm(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
