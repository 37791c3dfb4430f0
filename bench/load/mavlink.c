/*
 * Decodes the GLOBAL_POSITION_INT frames of a file of MAVLink 2, the plain way, as a measure for others.
 *
 *   mavlink FILE ROUNDS
 *
 * Prints one line of JSON: how many messages it decoded, in how many seconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { magic = 0xfd, header = 10, message = 33, extra = 104, size = 28 };

struct position {
  uint32_t time_boot_ms;
  int32_t lat, lon, alt, relative_alt;
  int16_t vx, vy, vz;
  uint16_t hdg;
};

static uint16_t table[256];

static uint16_t checksum(const uint8_t *bytes, size_t length) {
  uint16_t sum = 0xffff;
  for (size_t at = 0; at < length; at += 1) sum = (uint16_t)(sum >> 8 ^ table[(sum ^ bytes[at]) & 0xff]);
  return (uint16_t)(sum >> 8 ^ table[(sum ^ extra) & 0xff]);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  for (int byte = 0; byte < 256; byte += 1) {
    uint8_t mixed = (uint8_t)(byte ^ byte << 4);
    table[byte] = (uint16_t)(mixed << 8 ^ mixed << 3 ^ mixed >> 4);
  }
  FILE *file = fopen(arguments[1], "rb");
  if (!file) return 1;
  static uint8_t bytes[64 << 20];
  size_t length = fread(bytes, 1, sizeof bytes, file);
  uint64_t messages = 0;
  volatile int64_t sum = 0;
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int round = 0; round < atoi(arguments[2]); round += 1) {
    for (size_t at = 0; at + header + 2 <= length;) {
      size_t payload = bytes[at + 1], whole = payload + header + 2;
      uint32_t id = bytes[at + 7] | (uint32_t)bytes[at + 8] << 8 | (uint32_t)bytes[at + 9] << 16;
      uint16_t told = (uint16_t)(bytes[at + header + payload] | bytes[at + header + payload + 1] << 8);
      if (bytes[at] != magic || at + whole > length || id != message || checksum(bytes + at + 1, header - 1 + payload) != told) {
        at += 1;
        continue;
      }
      struct position position = {0};
      memcpy(&position, bytes + at + header, payload < size ? payload : size);
      sum += position.lat + position.lon + position.relative_alt + position.hdg;
      messages += 1;
      at += whole;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double took = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("{\"messages\":%llu,\"seconds\":%.6f}\n", (unsigned long long)messages, took);
  return 0;
}
