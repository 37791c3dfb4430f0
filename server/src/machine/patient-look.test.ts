import { expect, it } from 'vitest';
import { patientLooks } from './patient-look.ts';

it('ends a look that hangs, begins no other one meanwhile, and goes on when it has come back', async () => {
  const look = patientLooks('/mnt/far', 20);
  let comeBack = (_: string): void => undefined;
  let looks = 0;
  const hangs = async (): Promise<string> => {
    looks += 1;
    return new Promise((resolve) => (comeBack = resolve));
  };
  await expect(look(hangs)).rejects.toThrow('"/mnt/far" does not answer');
  for (let turn = 0; turn < 5; turn += 1) await expect(look(hangs)).rejects.toThrow('does not answer');
  expect(looks).toBe(1);
  comeBack('late');
  await expect.poll(async () => look(async () => 'here').catch(() => undefined)).toBe('here');
});

it('gives what was found, and what went wrong', async () => {
  const look = patientLooks('/mnt/near');
  expect(await look(async () => 7)).toBe(7);
  await expect(look(async () => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
});
