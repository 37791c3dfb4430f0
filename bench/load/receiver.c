/*
 * WebSocket clients that count what arrives.
 *
 *   receiver HOST PORT PATH [CLIENTS [SILENT]]
 *
 * CLIENTS connect (1), and SILENT more that never read (0). It prints "ready" when all are connected and then does what stdin says:
 *
 *   begin FIRST   forget what was counted; FIRST is the number of the first record to come
 *   report        print one line of JSON: of the first client the records, those that came twice, came late and came at all, latencies
 *                 in microseconds, and milliseconds from `begin` to the last one; of all reading clients the least and the most records
 *
 * It ends with stdin. Text frames hold one record each, with "sequence" and "sent" as numbers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_numbers = 1 << 27, bucket_us = 10, buckets = 300000, chunk = 1 << 20, events_at_once = 256 };

struct client {
  int descriptor;
  uint64_t records;
  size_t held;
  uint8_t *rest; /* a frame that is not whole yet */
};

static struct client *clients;
static int client_count = 1, silent_count = 0;
static uint8_t *seen;
static uint32_t *histogram;
static uint64_t first, distinct, doubles, late, highest, latencies, worst, began, last_at;

static uint64_t microseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static uint64_t number_after(const uint8_t *text, size_t length, const char *key) {
  const uint8_t *found = memmem(text, length, key, strlen(key));
  if (!found) return UINT64_MAX;
  uint64_t value = 0;
  for (const uint8_t *at = found + strlen(key); at < text + length && *at >= '0' && *at <= '9'; at += 1)
    value = value * 10 + (uint64_t)(*at - '0');
  return value;
}

static void take(const uint8_t *text, size_t length, uint64_t now) {
  uint64_t sequence = number_after(text, length, "\"sequence\":");
  if (sequence == UINT64_MAX || sequence < first || sequence - first >= most_numbers) return;
  uint64_t at = sequence - first;
  if (seen[at >> 3] & (1 << (at & 7))) {
    doubles += 1;
    return;
  }
  seen[at >> 3] |= (uint8_t)(1 << (at & 7));
  distinct += 1;
  if (sequence < highest) late += 1;
  else highest = sequence;
  uint64_t sent = number_after(text, length, "\"sent\":");
  uint64_t latency = now > sent ? now - sent : 0;
  uint64_t bucket = latency / bucket_us;
  histogram[bucket < buckets ? bucket : buckets - 1] += 1;
  latencies += 1;
  if (latency > worst) worst = latency;
  last_at = now;
}

/* A pong under a mask of zeros, which leaves the payload as it is. */
static void answer_ping(struct client *client, const uint8_t *payload, uint64_t size) {
  uint8_t pong[6 + 125] = {0x8a, (uint8_t)(0x80 | size)};
  if (size > 125) return;
  memcpy(pong + 6, payload, size);
  if (write(client->descriptor, pong, 6 + size) < 0 && errno != EAGAIN) fprintf(stderr, "a ping could not be answered\n");
}

/* Takes the whole frames at the start of `bytes`; returns how many bytes those are. Of all clients but the first only the number counts. */
static size_t frames(struct client *client, const uint8_t *bytes, size_t length, uint64_t now) {
  size_t at = 0;
  while (at + 2 <= length) {
    uint64_t size = bytes[at + 1] & 0x7f;
    size_t header = 2;
    if (size == 126) {
      header = 4;
      if (at + header > length) break;
      size = (uint64_t)bytes[at + 2] << 8 | bytes[at + 3];
    } else if (size == 127) {
      header = 10;
      if (at + header > length) break;
      size = 0;
      for (int index = 0; index < 8; index += 1) size = size << 8 | bytes[at + 2 + (size_t)index];
    }
    if (at + header + size > length) break;
    int kind = bytes[at] & 0x0f;
    if (kind == 1) {
      client->records += 1;
      if (client == clients) take(bytes + at + header, size, now);
    } else if (kind == 9) answer_ping(client, bytes + at + header, size);
    at += header + size;
  }
  return at;
}

static void read_from(struct client *client) {
  static uint8_t buffer[2 * chunk];
  memcpy(buffer, client->rest, client->held);
  ssize_t came = read(client->descriptor, buffer + client->held, chunk);
  if (came == 0 || (came < 0 && errno != EAGAIN && errno != EINTR)) {
    fprintf(stderr, "a client was cut off\n");
    exit(1);
  }
  if (came < 0) return;
  size_t length = client->held + (size_t)came;
  size_t used = frames(client, buffer, length, microseconds(CLOCK_REALTIME));
  client->held = length - used;
  client->rest = realloc(client->rest, client->held ? client->held : 1);
  memcpy(client->rest, buffer + used, client->held);
}

static int connect_client(const char *host, int port, const char *path, int is_silent) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, host, &place.sin_addr);
  for (int tries = 0; tries < 200; tries += 1) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int size = is_silent ? 4096 : client_count > 16 ? 65536 : 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    char request[512], answer[2048];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          path, host, port);
    if (connect(descriptor, (struct sockaddr *)&place, sizeof place) == 0 && write(descriptor, request, (size_t)length) == length) {
      /* byte by byte, so that no frame is taken for the answer's end */
      size_t held = 0;
      while (held < sizeof answer - 1 && read(descriptor, answer + held, 1) == 1) {
        held += 1;
        if (held >= 4 && memcmp(answer + held - 4, "\r\n\r\n", 4) == 0) break;
      }
      if (held > 12 && memcmp(answer, "HTTP/1.1 101", 12) == 0) return descriptor;
    }
    close(descriptor);
    usleep(50000);
  }
  fprintf(stderr, "no WebSocket at %s:%d%s\n", host, port, path);
  exit(1);
}

static double percentile(double share) {
  uint64_t wanted = (uint64_t)((double)latencies * share), sum = 0;
  for (int index = 0; index < buckets; index += 1) {
    sum += histogram[index];
    if (sum > wanted) return (index + 0.5) * bucket_us;
  }
  return (double)worst;
}

static void report(void) {
  uint64_t least = UINT64_MAX, most = 0;
  for (int index = 0; index < client_count; index += 1) {
    if (clients[index].records < least) least = clients[index].records;
    if (clients[index].records > most) most = clients[index].records;
  }
  printf("{\"records\":%llu,\"distinct\":%llu,\"doubles\":%llu,\"late\":%llu,\"p50\":%.0f,\"p99\":%.0f,\"p999\":%.0f,\"worst\":%llu,"
         "\"last_ms\":%.1f,\"least\":%llu,\"most\":%llu}\n",
         (unsigned long long)clients[0].records, (unsigned long long)distinct, (unsigned long long)doubles,
         (unsigned long long)late, percentile(0.5), percentile(0.99), percentile(0.999), (unsigned long long)worst,
         last_at > began ? (double)(last_at - began) / 1e3 : 0, (unsigned long long)least, (unsigned long long)most);
  fflush(stdout);
}

static void begin(uint64_t number) {
  first = number;
  distinct = doubles = late = highest = latencies = worst = last_at = 0;
  began = microseconds(CLOCK_REALTIME);
  memset(seen, 0, most_numbers / 8);
  memset(histogram, 0, buckets * sizeof *histogram);
  for (int index = 0; index < client_count; index += 1) clients[index].records = 0;
  printf("{\"begun\":true}\n");
  fflush(stdout);
}

static void obey(void) {
  static char line[256];
  static size_t held;
  ssize_t came = read(0, line + held, sizeof line - 1 - held);
  if (came <= 0) exit(0);
  held += (size_t)came;
  for (char *end; (end = memchr(line, '\n', held));) {
    *end = 0;
    if (strncmp(line, "begin ", 6) == 0) begin(strtoull(line + 6, NULL, 10));
    else report();
    held -= (size_t)(end + 1 - line);
    memmove(line, end + 1, held);
  }
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "receiver HOST PORT PATH [CLIENTS [SILENT]]\n");
    return 2;
  }
  if (count > 4) client_count = atoi(arguments[4]);
  if (count > 5) silent_count = atoi(arguments[5]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  seen = calloc(1, most_numbers / 8);
  histogram = calloc(buckets, sizeof *histogram);
  clients = calloc((size_t)client_count, sizeof *clients);
  int poll = epoll_create1(0);
  epoll_ctl(poll, EPOLL_CTL_ADD, 0, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
  for (int index = 0; index < client_count; index += 1) {
    struct client *client = clients + index;
    client->descriptor = connect_client(arguments[1], atoi(arguments[2]), arguments[3], 0);
    client->rest = malloc(1);
    fcntl(client->descriptor, F_SETFL, O_NONBLOCK);
    epoll_ctl(poll, EPOLL_CTL_ADD, client->descriptor, &(struct epoll_event){.events = EPOLLIN, .data.ptr = client});
  }
  for (int index = 0; index < silent_count; index += 1) connect_client(arguments[1], atoi(arguments[2]), arguments[3], 1);
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[events_at_once];
    int happened = epoll_wait(poll, events, events_at_once, -1);
    for (int index = 0; index < happened; index += 1) {
      if (events[index].data.ptr) read_from(events[index].data.ptr);
      else obey();
    }
  }
}
