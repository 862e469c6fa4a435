// The version of this build, as the package names it.
import manifest from '../../package.json' with { type: 'json' };

export const runnerVersion = manifest.version;
