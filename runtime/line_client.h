/* line_client.h - a client's end of a connection: lines out, lines in, and a wait for either.
 *
 * The socket does not block; the client waits in poll. What goes out is kept until it has left,
 * what comes in until it is a line. */
#ifndef LINE_CLIENT_H
#define LINE_CLIENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/treaty.h"
#include "runtime/address.h"
#include "runtime/buffer.h"

/* The service is not there: sysexits' EX_TEMPFAIL, try again later. */
#define EXIT_UNREACHABLE 75

/* Between two attempts to connect: the pauses double from the one to the other. */
#define LINE_CLIENT_PAUSE_MIN_MS 100
#define LINE_CLIENT_PAUSE_MAX_MS 5000

typedef struct line_client {
  int file;   /* -1: not connected */
  buffer out; /* out.bytes[sent, length) has not left */
  size_t sent;
  buffer in; /* in.bytes[taken, length) has not been taken as lines */
  size_t taken;
  bool ended; /* the service sends no more */
} line_client;

/* The monotonic clock. */
int64_t line_client_now_ms(void);

/* Tries again, with growing pauses, until it is connected or `deadline_ms` of the monotonic clock
 * has passed; once at least. False: `why` is the last attempt's reason. */
bool line_client_connect(line_client *client, const address *address, int64_t deadline_ms,
                         buffer *why);
void line_client_close(line_client *client);

/* Room for what goes out next is in client->out: add to it. */
size_t line_client_unsent(const line_client *client);

/* Sends and receives what can be without waiting for more than wait_ms (-1: forever) for something
 * to happen, be it to `other`, a file besides that poll looks at; NULL: none. A client that is not
 * connected waits for the other alone. False: the connection is lost. */
bool line_client_turn(line_client *client, int wait_ms, struct pollfd *other);

/* The next line that has come, without its end; borrowed until the next turn. False: none yet. */
bool line_client_line(line_client *client, treaty_text *line);

/* The same, but waits for it, wait_ms at most. False: none came. */
bool line_client_wait_line(line_client *client, int wait_ms, treaty_text *line);

#endif
