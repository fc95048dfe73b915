/* line_client.c - see line_client.h. */
#include "runtime/line_client.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HELPING_BYTES ((size_t)64 * 1024)

int64_t line_client_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void line_client_close(line_client *client) {
  if (client->file >= 0) close(client->file);
  buffer_free(&client->out);
  buffer_free(&client->in);
  *client = (line_client){.file = -1};
}

/* One attempt, which may take as long as the system lets it. */
static bool connect_once(line_client *client, const address *address) {
  int on = 1;
  *client =
      (line_client){.file = socket(address->socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (client->file < 0) return false;
  if (connect(client->file, &address->socket.any, address->length) < 0) {
    int error = errno;
    line_client_close(client);
    errno = error;
    return false;
  }
  if (!address_is_unix(address)) setsockopt(client->file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(client->file, F_SETFL, fcntl(client->file, F_GETFL) | O_NONBLOCK);
  return true;
}

bool line_client_connect(line_client *client, const address *address, int64_t deadline_ms,
                         buffer *why) {
  for (int pause_ms = LINE_CLIENT_PAUSE_MIN_MS;; pause_ms *= 2) {
    if (connect_once(client, address)) return true;
    buffer_clear(why);
    buffer_print(why, "%s", strerror(errno));
    int64_t left_ms = deadline_ms - line_client_now_ms();
    if (left_ms <= 0) return false;
    if (pause_ms > LINE_CLIENT_PAUSE_MAX_MS) pause_ms = LINE_CLIENT_PAUSE_MAX_MS;
    poll(NULL, 0, left_ms < pause_ms ? (int)left_ms : pause_ms);
  }
}

size_t line_client_unsent(const line_client *client) { return client->out.length - client->sent; }

static bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

static bool send_some(line_client *client) {
  while (line_client_unsent(client) > 0) {
    ssize_t count = send(client->file, client->out.bytes + client->sent, line_client_unsent(client),
                         MSG_NOSIGNAL);
    if (count < 0) return would_block();
    client->sent += (size_t)count;
  }
  client->sent = 0;
  buffer_clear(&client->out);
  return true;
}

static bool receive_some(line_client *client) {
  char helping[HELPING_BYTES];
  if (client->taken > 0) { /* what was taken makes room */
    memmove(client->in.bytes, client->in.bytes + client->taken, client->in.length - client->taken);
    client->in.length -= client->taken;
    client->taken = 0;
  }
  ssize_t count = recv(client->file, helping, sizeof helping, 0);
  if (count < 0) return would_block();
  if (count == 0) client->ended = true;
  buffer_put(&client->in, helping, (size_t)count);
  return true;
}

bool line_client_turn(line_client *client, int wait_ms, struct pollfd *other) {
  struct pollfd waits[2] = {{.fd = client->file, .events = client->ended ? 0 : POLLIN}};
  if (!send_some(client)) return false;
  if (line_client_unsent(client) > 0) waits[0].events |= POLLOUT;
  if (other) waits[1] = *other;
  if (poll(waits, other ? 2 : 1, wait_ms) < 0) return errno == EINTR;
  if (other) *other = waits[1];
  short happened = waits[0].revents;
  if ((happened & (POLLIN | POLLHUP | POLLERR)) && !client->ended && !receive_some(client))
    return false;
  return !(happened & POLLOUT) || send_some(client);
}

bool line_client_line(line_client *client, treaty_text *line) {
  const char *begin = client->in.bytes + client->taken;
  size_t length = client->in.length - client->taken;
  const char *end = length > 0 ? memchr(begin, '\n', length) : NULL;
  if (!end) return false;
  *line = (treaty_text){begin, (size_t)(end - begin)};
  client->taken += line->length + 1;
  return true;
}

bool line_client_wait_line(line_client *client, int wait_ms, treaty_text *line) {
  int64_t deadline_ms = line_client_now_ms() + wait_ms;
  while (!line_client_line(client, line)) {
    int64_t left_ms = deadline_ms - line_client_now_ms();
    if (left_ms <= 0 || client->ended || !line_client_turn(client, (int)left_ms, NULL))
      return false;
  }
  return true;
}
