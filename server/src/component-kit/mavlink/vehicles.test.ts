import { expect, it } from 'vitest';
import { Vehicles } from './vehicles.ts';

const heard = (vehicles: Vehicles) =>
  Object.fromEntries(Object.entries(vehicles.report()).map(([name, { frames, lost }]) => [name, [frames, lost]]));

it('tells vehicles apart that have the same number and speak from different addresses', () => {
  const vehicles = new Vehicles();
  const [one, other] = ['10.0.0.1:1', '10.0.0.2:1'].map((address) => vehicles.line(address));
  for (let n = 0; n < 3; n += 1) {
    one!.note(1, 1, n, n);
    other!.note(1, 1, 100 + 2 * n, n);
  }
  expect(heard(vehicles)).toEqual({ '1:1 at 10.0.0.1:1': [3, 0], '1:1 at 10.0.0.2:1': [3, 2] });
  expect(vehicles.quietSince(2)).toEqual([]);
  one!.note(1, 1, 3, 5000);
  expect(vehicles.quietSince(5000)).toMatchObject([{ line: { address: '10.0.0.2:1' } }]);
});

it('knows one again that speaks from another address after a while, or after its line has ended', () => {
  const vehicles = new Vehicles();
  const [first, second, third] = ['a', 'b', 'c'].map((address) => vehicles.line(address));
  first!.note(1, 1, 0, 0);
  second!.note(1, 1, 1, 5000);
  expect(heard(vehicles)).toEqual({ '1:1': [2, 0] });
  second!.end();
  third!.note(1, 1, 2, 5001);
  expect(heard(vehicles)).toEqual({ '1:1': [3, 0] });
  expect([first!.has(1, 1), second!.has(1), third!.has(1, 1), third!.has(1, 2)]).toEqual([false, false, true, false]);
});

it('calls nobody quiet of whom one component still speaks', () => {
  const vehicles = new Vehicles();
  const line = vehicles.line('a');
  line.note(1, 1, 0, 0);
  line.note(1, 154, 0, 9000);
  expect(vehicles.quietSince(8000)).toEqual([]);
});
