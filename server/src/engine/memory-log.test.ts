import { describe } from 'vitest';
import { blockLogContract } from './block-log.contract.ts';
import { MemoryLog } from './memory-log.ts';

describe('a block log in memory', () => {
  blockLogContract(async (limits) => new MemoryLog(limits));
});
