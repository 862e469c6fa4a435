// `nightjar token create | list | revoke`: tokens by name, for others than the owner of the runner.
import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { scopeSchema, tokenNameSchema, type Scope } from '../../../shared/protocol/scopes.ts';
import { onRunner, printJson, printLines, type ClientOptions, type CommandHost } from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { exitCodes } from '../exitCodes.ts';

const scopesHelp = `
Scopes: view looks at tasks, work also hands off and steers them, admin sees and does everything.
Each holder sees the own tasks, and those that others share. A token of scope admin is needed for these commands,
such as the runner’s own, which they use on the machine of the runner.`;

interface CreateOptions extends ClientOptions {
  readonly scope: Scope;
}

export function addTokenCommand(program: Command, host: CommandHost): void {
  const group = program
    .command('token')
    .description('give tokens of the runner to others, and take them back')
    .addHelpText('after', scopesHelp);
  addCreate(group, host);
  addList(group, host);
  addRevoke(group, host);
}

function addCreate(group: Command, host: CommandHost): void {
  const command = group
    .command('create')
    .description('make a token and print it, this once only')
    .argument('<name>', 'whose it is: small letters, digits and hyphens', parseName)
    .addOption(new Option('--scope <scope>', 'what it allows').choices(scopeSchema.options).default('work'));
  onRunner<CreateOptions>(
    host,
    command,
    async ({ connection, options, surroundings, signal, isJson }, [name]) => {
      const params = { name: name ?? '', scope: options.scope };
      const { token } = await connection.request('tokens/create', params, signal);
      if (isJson) printJson(surroundings, { ...params, token });
      // Alone on its output, for TOKEN=$(nightjar token create …).
      else surroundings.stdout.write(`${token}\n`);
      return exitCodes.ok;
    },
  );
}

function addList(group: Command, host: CommandHost): void {
  const command = group.command('list').alias('ls').description('list the tokens that are good');
  onRunner(host, command, async ({ connection, surroundings, signal, isJson }) => {
    const { tokens } = await connection.request('tokens/list', {}, signal);
    if (isJson) printJson(surroundings, tokens);
    else if (tokens.length === 0)
      printLines(surroundings, [
        line('No tokens besides the runner’s own. Make one with: nightjar token create NAME'),
      ]);
    else {
      const width = Math.max(...tokens.map(({ name }) => name.length));
      const rows = tokens.map(({ name, scope, createdAt }) =>
        line(`${name.padEnd(width)}  ${scope}`, { aside: `since ${createdAt.slice(0, 10)}` }),
      );
      printLines(surroundings, rows);
    }
    return exitCodes.ok;
  });
}

function addRevoke(group: Command, host: CommandHost): void {
  const command = group
    .command('revoke')
    .description('take a token back; all that is connected with it is cut off at once')
    .addArgument(new Argument('<name>', 'as in the list').argParser(parseName));
  onRunner(host, command, async ({ connection, surroundings, signal, isJson }, [name = '']) => {
    await connection.request('tokens/revoke', { name }, signal);
    if (isJson) printJson(surroundings, { name });
    else printLines(surroundings, [line(`Revoked ${name}`, { mark: '✔', tone: 'good' })]);
    return exitCodes.ok;
  });
}

function parseName(text: string): string {
  if (tokenNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('It has at most 32 small letters, digits and hyphens.');
}
