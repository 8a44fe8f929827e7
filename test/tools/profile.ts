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

export const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;
export type ThemeName = keyof typeof THEMES;

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
  'window.commandCenter': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
};

/** Rewrites the user settings; a running VS Code follows. */
export async function writeSettings(
  profile: Profile,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const file = path.join(profile.userData, 'User/settings.json');
  await writeFile(file, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 1));
}

/** A new profile in the system's temporary folder (short paths: VS Code puts sockets there), in the dark theme. */
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
  await writeSettings(profile, { 'workbench.colorTheme': THEMES.dark, ...settings });
  return profile;
}

/** Deletes a profile with all it holds. */
export async function removeProfile(profile: Profile): Promise<void> {
  await rm(profile.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
