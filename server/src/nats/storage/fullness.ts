/** What has no room left: nothing is added to buffers while the disk is full, nor while all together fill the store. */
export interface Fullness {
  readonly disk: boolean;
  readonly store: boolean;
}
