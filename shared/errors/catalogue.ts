// Every error that a person or a caller can meet, as data: what happened, what to do, whether trying again may help.

/** One row of the catalogue. `{name}` places in the texts are filled from the error's details. */
export interface ErrorRow {
  /** What happened, one plain sentence. */
  readonly message: string;
  /** What the reader can do about it, one plain sentence. */
  readonly remedy: string;
  /** True where the same call may succeed later without a change. */
  readonly mayRetry: boolean;
}

export const errorCatalogue = {
  // The user's repository
  gitMissing: {
    message: 'git was not found on this machine.',
    remedy: 'Install git 2.30 or newer and make sure it is on the PATH, then try again.',
    mayRetry: false,
  },
  notARepository: {
    message: '{path} is not inside a git repository.',
    remedy: 'Open a folder that is a git repository, or run "git init" and make a first commit.',
    mayRetry: false,
  },
  repositoryElsewhere: {
    message:
      'The repository {name}, from which this task was handed off, is not at {folder} on this machine.',
    remedy: 'Open the clone that the task was handed off from, then try again.',
    mayRetry: false,
  },
  noCommits: {
    message: 'The repository {path} has no commits yet, so there is nothing to start from.',
    remedy: 'Make a first commit, then hand off again.',
    mayRetry: false,
  },
  repositoryRefused: {
    message: 'git refuses to work with {path}: {detail}',
    remedy: 'Mend what git reports, then try again.',
    mayRetry: false,
  },
  firstCommitFailed: {
    message: 'The first commit could not be made: {detail}',
    remedy: 'Mend what git reports, or commit by hand, then hand off again.',
    mayRetry: true,
  },
  bareRepository: {
    message: '{path} is a bare repository without a working tree.',
    remedy: 'Open a clone or a worktree of it instead.',
    mayRetry: false,
  },
  snapshotFailed: {
    message: 'The working tree could not be recorded: {detail}',
    remedy: 'Nothing was changed. Mend what git reports and hand off again.',
    mayRetry: true,
  },
  changedWhileShipping: {
    message: 'These files changed while they were being recorded: {files}',
    remedy: 'Nothing was shipped. Wait until the files are at rest, then hand off again.',
    mayRetry: true,
  },
  untrackedTooLarge: {
    message: 'Untracked files over the limit of {limit} would be shipped: {files}',
    remedy: 'Leave them out of this hand-off, add them to .gitignore, or commit them.',
    mayRetry: false,
  },
  branchExists: {
    message: 'The branch {branch} already exists and points somewhere else.',
    remedy: 'Choose another branch name, or delete the old branch.',
    mayRetry: false,
  },
  branchInUse: {
    message: 'The branch {branch} is checked out in another folder, {folder}.',
    remedy: 'Work there, or choose another branch name.',
    mayRetry: false,
  },
  changesInTheWay: {
    message: 'The branch would overwrite files of yours that are not committed: {files}',
    remedy:
      'Commit, stash or move them first, or check the branch out into a folder of its own (nightjar checkout ID --worktree FOLDER).',
    mayRetry: true,
  },
  mergeUnfinished: {
    message: 'There are conflicts of an unfinished merge in {files}',
    remedy:
      'Finish or abort it first, or check the branch out into a folder of its own (nightjar checkout ID --worktree FOLDER).',
    mayRetry: true,
  },
  folderExists: {
    message: 'The folder {path} is already there, and not empty.',
    remedy: 'Choose another folder, or move this one away.',
    mayRetry: true,
  },
  pathsUnsafe: {
    message: 'The branch has names that would become something else on this file system: {files}',
    remedy:
      'Look at it with nightjar diff ID, and hand the task back with the wish for other names; or check it out on a system that takes them.',
    mayRetry: false,
  },
  checkoutUnseen: {
    message:
      'These files of the branch have something run when its folder is opened, or lead out of it: {files}',
    remedy: 'Look at them first (nightjar diff ID), then check it out with --yes.',
    mayRetry: true,
  },
  checkoutBlocked: {
    message: 'The branch could not be checked out: {detail}',
    remedy:
      'Check it out into a folder of its own (nightjar checkout ID --worktree FOLDER), or commit or stash your changes first.',
    mayRetry: true,
  },
  sandboxUnavailable: {
    message: 'No command may run on this runner, because its sandbox does not work: {detail}',
    remedy: '{remedy}',
    mayRetry: true,
  },
  secretNotGranted: {
    message: 'The runner cannot give the variable {name} to a task: {detail}',
    remedy: 'Leave it out, or set it where the runner starts.',
    mayRetry: false,
  },
  revisionUnknown: {
    message: '{name} is no branch or commit of this repository, and no task whose result is in it.',
    remedy: 'Check the name; the result of a task comes here with "nightjar checkout ID".',
    mayRetry: false,
  },
  resultMissing: {
    message: 'Task {task} has delivered no branch yet.',
    remedy: 'Wait until it is ready to review.',
    mayRetry: true,
  },
  evidenceMissing: {
    message: 'There is no evidence for the result of {task} that could be read.',
    remedy: 'Ask the runner for another round: it gives evidence with each delivery.',
    mayRetry: false,
  },
  // Spec
  specWithoutGoal: {
    message: 'The task spec {path} has no goal.',
    remedy: 'Write what the task must achieve under a "# Title" or a "## Goal" heading.',
    mayRetry: false,
  },
  specUnreadable: {
    message: 'The task spec {path} could not be read: {detail}',
    remedy: 'Mend the named line or the path, then hand off again.',
    mayRetry: false,
  },
  configUnreadable: {
    message: 'The file {path} could not be read: {detail}',
    remedy: 'Mend the named line, then try again.',
    mayRetry: false,
  },
  configExists: {
    message: 'There is a file {path} already.',
    remedy: 'Look at what would be written with --dry-run, or have it overwritten with --force.',
    mayRetry: false,
  },
  nothingToCheck: {
    message: 'Nothing was found in {path} that says how the project is checked.',
    remedy:
      'Write the commands into .nightjar/config.yaml yourself: "checks:" and beneath it a line "- COMMAND" each.',
    mayRetry: false,
  },
  // Connection
  runnerUnreachable: {
    message: 'No runner answers at {address}: {detail}',
    remedy:
      'Start it with "nightjar runner", or check the address and the network. A runner with TLS is at wss://, not at ws://.',
    mayRetry: true,
  },
  runnerDidNotStart: {
    message: 'The local runner did not start: {detail}',
    remedy: 'Read its log at {log}, mend the cause and try again.',
    mayRetry: true,
  },
  tokenMissing: {
    message: 'The runner at {address} wants a token and none was given.',
    remedy:
      'Set NIGHTJAR_TOKEN, or run "Nightjar: Connect to Runner…". The token is in runner.json in the runner’s data folder.',
    mayRetry: false,
  },
  tokenWrong: {
    message: 'The runner at {address} refused the token.',
    remedy:
      'Copy the token from runner.json in the runner’s data folder, or get one of your own by "nightjar token create" there, and connect again.',
    mayRetry: false,
  },
  tokenRevoked: {
    message: 'The runner no longer accepts this token: it was revoked.',
    remedy: 'Ask whoever runs the runner for another token, then connect again with that.',
    mayRetry: false,
  },
  certificateUnknown: {
    message:
      'The runner at {address} shows a certificate that this machine does not trust ({detail}). Its SHA-256 fingerprint is {theirs}.',
    remedy:
      'Compare it with the one that "nightjar runner" printed. If it is the same, connect to {address}#fingerprint={theirs}. The token was not sent.',
    mayRetry: false,
  },
  certificateChanged: {
    message:
      'The runner at {address} shows another certificate than the trusted one: its fingerprint is {theirs}, not {ours}.',
    remedy:
      'Find out why before you connect again: somebody may be listening. The token was not sent. If the runner has a new certificate, connect anew with its new fingerprint.',
    mayRetry: false,
  },
  tooManyAttempts: {
    message: 'The runner refuses logins from this address for a while: too many failed attempts.',
    remedy: 'Wait a minute, then connect again with the right token.',
    mayRetry: true,
  },
  protocolMismatch: {
    message: 'The runner speaks protocol {theirs}, this client speaks {ours}.',
    remedy: 'Update the older of the two, then connect again.',
    mayRetry: false,
  },
  connectionLost: {
    message: 'The connection to the runner was lost.',
    remedy: 'It is being made again; running tasks go on meanwhile.',
    mayRetry: true,
  },
  // Requests
  requestInvalid: {
    message: 'The request {method} is not valid: {detail}',
    remedy: 'Update the client, or mend the named field.',
    mayRetry: false,
  },
  methodUnknown: {
    message: 'The runner does not know the request {method}.',
    remedy: 'Update the older of client and runner.',
    mayRetry: false,
  },
  turnUnknown: {
    message: 'The task {task} has no finished turn {turn}.',
    remedy: 'Choose one of the turns that the task shows; the running one counts once it has ended.',
    mayRetry: false,
  },
  imageUnknown: {
    message: 'The runner has no image {image} of the task {task}.',
    remedy: 'Choose one of the images that the criteria of the task name.',
    mayRetry: false,
  },
  scopeTooSmall: {
    message: 'The token has the scope {has}; what you ask for ({method}) needs the scope {needed}.',
    remedy: 'Ask whoever runs the runner for a token that allows more.',
    mayRetry: false,
  },
  notYourTask: {
    message: 'Task {task} is shared with you, but belongs to {owner}.',
    remedy: 'Ask its owner, or whoever runs the runner, to do this.',
    mayRetry: false,
  },
  tokenExists: {
    message: 'There is a token {name} already.',
    remedy: 'Choose another name, or revoke that one first with "nightjar token revoke {name}".',
    mayRetry: false,
  },
  tokenUnknown: {
    message: 'There is no token {name}.',
    remedy: 'List the tokens with "nightjar token list".',
    mayRetry: false,
  },
  taskUnknown: {
    message: 'There is no task {task}.',
    remedy: 'List the tasks with "nightjar list".',
    mayRetry: false,
  },
  taskAmbiguous: {
    message: '{task} stands for several tasks: {matches}',
    remedy: 'Give more letters of the id.',
    mayRetry: false,
  },
  taskNotInState: {
    message: 'Task {task} is {status}, so it cannot be {action}.',
    remedy: '{hint}',
    mayRetry: false,
  },
  // Bundles
  bundleCutShort: {
    message: 'The shipment arrived incomplete: {received} of {expected} bytes.',
    remedy: 'Nothing was started. Hand off again.',
    mayRetry: true,
  },
  bundleCorrupted: {
    message: 'The shipment arrived damaged: {detail}',
    remedy: 'Nothing was started. Hand off again; if it happens again, check the network and the disk.',
    mayRetry: true,
  },
  objectsRefused: {
    message: 'What arrived was not taken in, because git finds it unsafe: {detail}',
    remedy: 'Nothing was changed. Have the named file or commit mended where it comes from, then try again.',
    mayRetry: false,
  },
  bundleTooLarge: {
    message: 'The shipment is larger than the runner takes: {size} of at most {limit}.',
    remedy: 'Leave large files out, or raise the limit in the runner’s configuration.',
    mayRetry: false,
  },
  diskFull: {
    message: 'The disk of the runner is full (at {path}).',
    remedy:
      'Free some space in the data folder, then run the task again. Nothing that was delivered is lost.',
    mayRetry: true,
  },
  // Models
  modelNotConfigured: {
    message: 'The runner has no model to work with.',
    remedy:
      'Set OPENAI_API_KEY (and OPENAI_BASE_URL, NIGHTJAR_MODEL for another endpoint) where the runner starts.',
    mayRetry: false,
  },
  modelKeyRefused: {
    message: 'The model endpoint {endpoint} refused the key.',
    remedy:
      'Check OPENAI_API_KEY, or give another key with "Nightjar: Connect to Runner…", then run the task again.',
    mayRetry: false,
  },
  modelUnknown: {
    message: 'The endpoint {endpoint} has no model {model}.',
    remedy: 'Set NIGHTJAR_MODEL, or choose another model with --model, then run the task again.',
    mayRetry: false,
  },
  modelUnreachable: {
    message: 'The model endpoint {endpoint} could not be reached: {detail}',
    remedy: 'Check OPENAI_BASE_URL and the network, then run the task again.',
    mayRetry: true,
  },
  modelRefused: {
    message: 'The model endpoint {endpoint} refused the request: {detail}',
    remedy: 'Read the message, mend the cause, then run the task again.',
    mayRetry: true,
  },
  // Work
  setUpFailed: {
    message: 'The set-up command failed with exit code {exitCode}: {command}',
    remedy:
      'Read its log, mend the command in the spec or in .nightjar/config.yaml, then run the task again.',
    mayRetry: false,
  },
  workspaceFailed: {
    message: 'The workspace could not be prepared: {detail}',
    remedy: 'Run "nightjar doctor" on the runner, then run the task again.',
    mayRetry: true,
  },
  runnerEndedAgain: {
    message: 'The runner ended {count} times while {step}.',
    remedy:
      'What was done until then is kept. Look into the runner’s log, and whether the step takes more memory than there is; then run the task again.',
    mayRetry: true,
  },
  commandNotFound: {
    message: 'The command was not found: {command}',
    remedy: 'Install it on the runner, or mend the check, then run the task again.',
    mayRetry: false,
  },
  runnerBusy: {
    message: 'Another runner already uses the data folder {path} (process {pid}).',
    remedy: 'Use that one, stop it first, or choose another folder with --data.',
    mayRetry: false,
  },
  dataFolderNewer: {
    message:
      'The data folder {path} was written by a newer Nightjar (version {theirs}, this one knows {ours}).',
    remedy: 'Update Nightjar, or choose another folder with --data. Nothing was changed.',
    mayRetry: false,
  },
  storeDamaged: {
    message: 'The runner could not read its records: {detail}',
    remedy:
      'Keep the data folder as it is and report this; start with another folder through --data meanwhile.',
    mayRetry: false,
  },
  configurationInvalid: {
    message: 'The setting {name} is not valid: {detail}',
    remedy: 'Mend the setting and start again.',
    mayRetry: false,
  },
  tlsNeeded: {
    message:
      'The runner does not listen at {host} without TLS: tokens and code would travel for all to read.',
    remedy:
      'Add --tls for a certificate that the runner makes itself, or --cert and --key for one of yours. Or stay at 127.0.0.1 and come through an SSH tunnel.',
    mayRetry: false,
  },
  internal: {
    message: 'Something went wrong inside Nightjar: {detail}',
    remedy:
      'Nothing of the task’s work is lost. Look into the runner’s log and please report this; then run the task again.',
    mayRetry: true,
  },
  usage: {
    message: '{detail}',
    remedy: 'See "nightjar --help".',
    mayRetry: false,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Values for the `{name}` places of a row. */
export type ErrorDetails = Readonly<Record<string, string | number>>;
