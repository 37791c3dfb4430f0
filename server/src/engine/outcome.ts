import { InvalidMessage } from './fault.ts';
import { type Batch, Message } from './message.ts';

/** What a handler gives back that made something: messages by port. */
export type Returned = Readonly<Record<string, Message | Batch | undefined>>;

/**
 * Throws an InvalidMessage where a handler returned something else than messages for these ports, which nobody would get
 * and nobody would count. Types forbid that, but components need not be checked by them.
 */
export const checkOutcome = (outcome: Returned, ports: readonly { readonly name: string }[]): void => {
  let unknown = 0;
  for (const name in outcome) if (outcome[name] !== undefined) unknown += 1;
  for (let index = 0; index < ports.length; index += 1) {
    const { name } = ports[index]!;
    const made = outcome[name];
    if (made === undefined) continue;
    unknown -= 1;
    if (!(made instanceof Message) && !areMessages(made))
      throw new InvalidMessage(`the component returned something for the port "${name}" that is no message`);
  }
  if (unknown !== 0 || typeof outcome !== 'object' || outcome instanceof Message) throw noOutcome(outcome, ports);
};

const areMessages = (made: unknown): boolean => {
  if (!Array.isArray(made)) return false;
  for (let at = 0; at < made.length; at += 1) if (!(made[at] instanceof Message)) return false;
  return true;
};

const noOutcome = (outcome: Returned, ports: readonly { readonly name: string }[]): InvalidMessage => {
  const names = ports.map(({ name }) => name);
  if (typeof outcome !== 'object' || outcome instanceof Message || Array.isArray(outcome))
    return new InvalidMessage(`the component returned no ports: return { ${names[0] ?? 'port'}: message }`);
  const unknown = Object.keys(outcome).find((name) => !names.includes(name)) ?? '';
  return new InvalidMessage(
    `the component returned something for the port "${unknown.slice(0, 100)}", which it does not have`,
  );
};
