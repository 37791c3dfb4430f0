import { expect, it } from 'vitest';
import { rootMountIn } from './root-mount.ts';

it.each([
  ['a disk', '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard', { isReadOnly: false, isDisk: true }],
  [
    'a disk as a hardened unit sees it',
    '27 1 254:0 / / rw - ext4 /dev/vda rw\n99 27 254:0 / / ro,relatime - ext4 /dev/vda rw',
    { isReadOnly: true, isDisk: true },
  ],
  [
    'a container of Docker',
    '711 590 0:54 / / ro,relatime master:12 - overlay overlay ro,lowerdir=/var/lib/docker\n712 711 0:60 / /proc rw - proc proc rw',
    { isReadOnly: true, isDisk: false },
  ],
  [
    'a container on btrfs',
    '711 590 0:54 /@docker/subvolumes/abc / rw - btrfs /dev/sda2 rw',
    { isReadOnly: false, isDisk: false },
  ],
  ['nothing', '', undefined],
])('knows %s', (_, mounts, root) => expect(rootMountIn(mounts)).toEqual(root));
