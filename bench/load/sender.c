/*
 * Sends numbered telemetry records of 307 bytes at a steady rate, by the clock.
 *
 *   sender udp|tcp HOST PORT RATE SECONDS FIRST
 *
 * RATE is in records a second; 0 with tcp is as fast as the far side takes them. FIRST is the number of the first record.
 * Prints one line of JSON at its end: how many were sent, in what time, and by how much it fell behind its own clock.
 * Four of five records have a battery of 20 or more. Each carries the time of its sending in microseconds since 1970.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { record_length = 307, most_at_once = 64, tcp_at_once = 200 };

static const char template[] =
    "{\"sequence\":1000000000,\"sent\":1700000000000000,\"vehicle\":\"kite-07\",\"mode\":\"AUTO\",\"armed\":true,"
    "\"battery\":50,\"voltage\":22.41,\"position\":{\"lat\":47.397742,\"lon\":8.545594,\"alt\":488.6},"
    "\"attitude\":{\"roll\":0.012,\"pitch\":-0.034,\"yaw\":1.571},\"speed\":12.4,\"heading\":270,"
    "\"link\":{\"rssi\":-67,\"loss\":0.2},\"text\":\"";

static size_t sequence_at, sent_at, battery_at;

static uint64_t microseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void write_digits(char *at, uint64_t value, int digits) {
  for (int index = digits - 1; index >= 0; index -= 1, value /= 10) at[index] = (char)('0' + value % 10);
}

static void make_record(char *record) {
  size_t length = strlen(template);
  memcpy(record, template, length);
  memset(record + length, '.', record_length - 2 - length);
  memcpy(record + record_length - 2, "\"}", 2);
}

static void number(char *record, uint64_t sequence, uint64_t now) {
  write_digits(record + sequence_at, sequence, 10);
  write_digits(record + sent_at, now, 16);
  write_digits(record + battery_at, 10 + sequence % 5 * 20, 2);
}

static int open_socket(int is_tcp, const char *host, int port) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, host, &place.sin_addr);
  int descriptor = socket(AF_INET, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  int size = 4 << 20;
  setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (connect(descriptor, (struct sockaddr *)&place, sizeof place) != 0) {
    perror("connect");
    exit(1);
  }
  return descriptor;
}

static void send_datagrams(int descriptor, uint64_t first, int count) {
  static char records[most_at_once][record_length];
  static struct iovec parts[most_at_once];
  static struct mmsghdr messages[most_at_once];
  uint64_t now = microseconds(CLOCK_REALTIME);
  for (int index = 0; index < count; index += 1) {
    if (records[index][0] == 0) make_record(records[index]);
    number(records[index], first + (uint64_t)index, now);
    parts[index] = (struct iovec){.iov_base = records[index], .iov_len = record_length};
    messages[index].msg_hdr = (struct msghdr){.msg_iov = &parts[index], .msg_iovlen = 1};
  }
  for (int done = 0; done < count;) {
    int went = sendmmsg(descriptor, messages + done, (unsigned)(count - done), 0);
    if (went > 0) done += went;
    else if (errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
      perror("sendmmsg");
      exit(1);
    }
  }
}

static void send_lines(int descriptor, uint64_t first, int count) {
  static char lines[tcp_at_once * (record_length + 1)];
  uint64_t now = microseconds(CLOCK_REALTIME);
  for (int index = 0; index < count; index += 1) {
    char *line = lines + index * (record_length + 1);
    if (line[0] == 0) make_record(line);
    number(line, first + (uint64_t)index, now);
    line[record_length] = '\n';
  }
  size_t length = (size_t)count * (record_length + 1);
  for (size_t done = 0; done < length;) {
    ssize_t went = write(descriptor, lines + done, length - done);
    if (went > 0) done += (size_t)went;
    else if (errno != EINTR) {
      perror("write");
      exit(1);
    }
  }
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "sender udp|tcp HOST PORT RATE SECONDS FIRST\n");
    return 2;
  }
  int is_tcp = strcmp(arguments[1], "tcp") == 0;
  double rate = atof(arguments[4]), seconds = atof(arguments[5]);
  uint64_t first = strtoull(arguments[6], NULL, 10), sent = 0, most_behind = 0;
  sequence_at = (size_t)(strstr(template, "1000000000") - template);
  sent_at = (size_t)(strstr(template, "1700000000000000") - template);
  battery_at = (size_t)(strstr(template, "\"battery\":50") - template) + strlen("\"battery\":");
  int descriptor = open_socket(is_tcp, arguments[2], atoi(arguments[3]));
  prctl(PR_SET_TIMERSLACK, 1);
  const int at_once = is_tcp ? tcp_at_once : most_at_once;
  const uint64_t begin = microseconds(CLOCK_MONOTONIC), length = (uint64_t)(seconds * 1e6);
  for (;;) {
    uint64_t elapsed = microseconds(CLOCK_MONOTONIC) - begin;
    int is_over = elapsed >= length;
    if (is_over) elapsed = length;
    if (rate == 0 && is_over) break;
    uint64_t due = rate == 0 ? sent + (uint64_t)at_once : (uint64_t)((double)elapsed * rate / 1e6);
    if (rate != 0 && due - sent > most_behind) most_behind = due - sent;
    while (sent < due) {
      int now = due - sent > (uint64_t)at_once ? at_once : (int)(due - sent);
      if (is_tcp) send_lines(descriptor, first + sent, now);
      else send_datagrams(descriptor, first + sent, now);
      sent += (uint64_t)now;
    }
    if (is_over) break;
    if (rate != 0) clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 50000}, NULL);
  }
  double took = (double)(microseconds(CLOCK_MONOTONIC) - begin) / 1e6;
  printf("{\"sent\":%llu,\"seconds\":%.4f,\"behind\":%.4f}\n", (unsigned long long)sent, took,
         rate == 0 ? 0 : (double)most_behind / rate);
  return 0;
}
