import 'reflect-metadata';
import { AskingFailed } from './asking/asking-failed.ts';
import { CommandFailed, parseGiven } from './commands/command.ts';
import { commands } from './commands/commands.ts';
import { SettingsError } from './config/settings-error.ts';
import { about } from './config/about.ts';
import { leave } from './machine/leave.ts';

const usage = `semstreams [--config FILE]              run the server
semstreams config [--config FILE]       show the settings in force, and where each comes from
semstreams config --check FILE          say whether a settings file can be used
semstreams health [--config FILE]       ask the running server how it is; 0 when it works
semstreams backup [--output FILE] [--passphrase-file FILE] [--with-buffers] [--keep N] [--config FILE]
                                        write a backup of the running server, - for standard output; all but
                                        the newest N go
semstreams restore FILE [--preview] [--passphrase-file FILE] [--config FILE]
                                        make what is kept equal a backup, - for standard input, or say what
                                        that would change
semstreams doctor [--json] [--config FILE]
                                        go through the production checklist; 0 when nothing failed
semstreams apply -f FOLDER [--dry-run] [--prune] [--no-deploy] [--wait 30s]
                                        make the flows of files what should run, all or none
semstreams flow list|get|put|delete|apply|diff|deploy|start|stop|status|logs|tap|export|import ...
                                        flows of a running server; diff answers 3 where something differs
                                        both take [--server URL] [--output json|table], and show the token in
                                        SEMSTREAMS_TOKEN
semstreams users list | add NAME --role ROLE | password NAME | remove NAME [--password-file FILE] [--config FILE]
                                        who may log in; a password is read from the file or standard input
semstreams take-over [--config FILE]    take the NATS account of "nats.url" over from the server that uses it
semstreams completion bash|zsh|fish     what a shell needs to complete these words
semstreams --version`;

const run = async ([first, ...rest]: readonly string[]): Promise<number> => {
  if (first === '--version') {
    console.log(`${about.version}${about.commit ? ` (${about.commit})` : ''}`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    console.log(usage);
    return 0;
  }
  const isNamed = first !== undefined && !first.startsWith('-');
  const load = commands[isNamed ? first : 'serve'];
  if (!load) throw new SettingsError(`there is no command "${first}"\n${usage}`);
  const command = await load();
  return command.run(parseGiven(command, isNamed ? rest : [first, ...rest].filter((word) => word !== undefined)));
};

run(process.argv.slice(2)).then(
  (code) => leave(code),
  (thrown: unknown) => {
    const isExpected = [SettingsError, CommandFailed, AskingFailed].some((kind) => thrown instanceof kind);
    console.error(isExpected ? (thrown as Error).message : thrown);
    leave(thrown instanceof SettingsError ? 2 : 1);
  },
);
